"""A store with as many mentions as one likes, made by the database itself within minutes, as a year leaves them.

One in ten is open, most of those answered and waiting for the customer; most of the rest is resolved. One in fifty is
by the same author, and one in five hundred stands in the same conversation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, insert, text

from monitor.models import Embedding
from monitor.search.schema import create_triggers, drop_triggers, fill_search
from monitor.store import Store

PEOPLE, BRANDS = 20, 3
HEAVY_AUTHOR = 1  # who wrote one mention in fifty
LONG_THREAD = "p1"  # in which one mention in five hundred stands
EMBEDDED, WIDTH, CENTRES = 200_000, 384, 300  # of the newest by their ids; how long; around how many points they lie
PHRASES = (
    "my card was charged twice", "the app logs me out", "flight cancelled again", "still waiting for my refund",
    "great crew today", "where is my bag", "nobody answers the phone", "thank you so much", "two hours on hold",
    "is the lounge open on Sundays", "wifi does not work", "seat 12A is broken", "you changed my booking",
    "third time this month", "please help me", "unbelievable service", "the website shows an error",
    "cannot check in online", "my daughter is stuck at the gate", "how do I add a bag", "never again",
    "price went up overnight", "voucher expired", "what a lovely team", "gate closed early", "meal was cold",
    "password reset never arrives", "charged for a seat I did not pick", "delayed without a word", "so disappointed",
    "any news on this", "love the new planes",
)  # fmt: skip
SCORES = '{"urgency": {"low": 0.11, "normal": 0.62, "high": 0.2, "urgent": 0.07}, "sentiment": {"negative": 0.8}}'
REASONS = '{"words": [{"start": 3, "end": 7, "word": "card", "weight": 0.4}], "doubts": []}'


def drawn(salt: int, of: int) -> str:
    """A number below `of` that depends on the row and looks like chance."""
    return f"((n * {7919 + 2 * salt} + {104_729 * salt}) % 100003 % {of})"


def one_of(salt: int, *shares: tuple[str, int]) -> str:
    """A word, each by its share in a hundred; the last takes what is left."""
    whens, below = [], 0
    for word, share in shares[:-1]:
        below += share
        whens.append(f"WHEN {drawn(salt, 100)} < {below} THEN '{word}'")
    return f"CASE {' '.join(whens)} ELSE '{shares[-1][0]}' END"


URGENCY = one_of(1, ("low", 45), ("normal", 38), ("high", 13), ("urgent", 4))
STATUS = one_of(2, ("open", 10), ("snoozed", 1), ("gone", 2), ("resolved", 87))
SENTIMENT = one_of(3, ("negative", 45), ("neutral", 35), ("positive", 20))
NEED = one_of(
    4, ("none", 30), ("question", 18), ("praise", 12), ("fault", 12), ("delivery", 10), ("billing", 9), ("booking", 9)
)
SOURCE = "CASE a % 4 WHEN 0 THEN 'reddit' WHEN 1 THEN 'bluesky' ELSE 'x' END"
AUTHOR = "CASE WHEN n % 50 = 2 THEN {heavy} ELSE n % {authors} + 1 END"
# Of each 64 in a row those of one source are a conversation, each in answer to the one before.
THREAD = f"CASE WHEN n % 500 = 1 THEN '{LONG_THREAD}' ELSE 'p' || (n - n % 64 + n % 4) END"
PARENT = f"CASE WHEN n % 500 = 1 THEN '{LONG_THREAD}' WHEN n % 64 >= 4 THEN 'p' || (n - 4) END"
RANK = "CASE urgency WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'low' THEN 3 ELSE 2 END"
# A word in each, in one of 50, in one of 5,000 and in one alone; the phrases hold those in one of ten.
SAID = " || '. ' || ".join(f"(SELECT said FROM phrase WHERE id = {drawn(salt, len(PHRASES))})" for salt in (5, 6, 7))
SAID += " || ', case ' || n || ' flight AB' || (n % 50) || ' row R' || (n % 5000)"


@dataclass(frozen=True)
class Spelling:
    """How a database spells what the statements need."""

    sqlite: bool
    now: int  # seconds since 1970

    def moment(self, seconds: str) -> str:
        """So long ago."""
        stamp = f"{self.now} - ({seconds})"
        written = f"strftime('%Y-%m-%d %H:%M:%S', {stamp}, 'unixepoch') || '.000000'"
        return written if self.sqlite else f"to_timestamp({stamp})"

    def truth(self, value: bool) -> str:
        return str(int(value)) if self.sqlite else str(value).lower()

    def numbers(self, last: int) -> str:
        first = "1" if self.sqlite else "1::bigint"
        return f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"


def fill(store: Store, mentions: int, now: datetime) -> None:
    """Fill an empty store."""
    spelling = Spelling(store.engine.dialect.name == "sqlite", int(now.timestamp()))
    with store.engine.begin() as connection:
        drop_triggers(connection)
        for statement in statements(spelling, mentions):
            connection.execute(text(statement.replace(":", "\\:")))
        embed(connection, mentions)
        fill_search(connection)
        create_triggers(connection)
    if not spelling.sqlite:  # it would do so by itself, a little later
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def statements(spelling: Spelling, mentions: int) -> Iterator[str]:
    authors = max(1, mentions // 5)
    yield "CREATE TEMPORARY TABLE phrase (id integer PRIMARY KEY, said text)"
    listed = ", ".join(f"({number}, '{phrase}')" for number, phrase in enumerate(PHRASES))
    yield f"INSERT INTO phrase VALUES {listed}"
    yield from insert_names(spelling, authors)
    yield insert_mentions(spelling, mentions, authors)
    yield from insert_care()
    for table in () if spelling.sqlite else ("brand", "user", "author", "mention"):
        yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"


def insert_names(spelling: Spelling, authors: int) -> Iterator[str]:
    """Brands, colleagues and authors."""
    yield f"""{spelling.numbers(BRANDS)} INSERT INTO brand (id, name, created_at)
        SELECT n, 'Brand ' || n, {spelling.moment("0")} FROM numbers"""
    yield f"""{spelling.numbers(PEOPLE)} INSERT INTO "user" (id, name, role, active, created_at)
        SELECT n, 'Colleague ' || n, 'agent', {spelling.truth(True)}, {spelling.moment("0")} FROM numbers"""
    yield f"""{spelling.numbers(authors)}, drawn AS (SELECT n, n AS a FROM numbers)
        INSERT INTO author (id, source, platform_id, handle, name, followers, mute_reason)
        SELECT n, {SOURCE}, n, 'person' || n, 'Person ' || n, {drawn(8, 5000)}, '' FROM drawn"""


def insert_mentions(spelling: Spelling, mentions: int, authors: int) -> str:
    columns = {**posted(spelling), **judged(spelling), **cared_for(spelling)}
    author = AUTHOR.format(heavy=HEAVY_AUTHOR, authors=authors)
    return f"""{spelling.numbers(mentions)},
        drawn AS (SELECT n, n * 31 AS age, {author} AS a, {URGENCY} AS urgency, {STATUS} AS status,
            {drawn(9, 10)} < 7 AS answered, {drawn(10, 100)} AS chance, {drawn(11, 100)} AS other FROM numbers)
        INSERT INTO mention ({", ".join(columns)}) SELECT {", ".join(columns.values())} FROM drawn"""


def posted(spelling: Spelling) -> dict[str, str]:
    """What the platform says, by the columns' names."""
    return {
        "id": "n",
        "brand_id": f"n % {BRANDS} + 1",
        "author_id": "CASE WHEN status <> 'gone' THEN a END",
        "source": SOURCE,
        "post_id": "'p' || n",
        "root_post_id": "'p' || n",
        "thread_id": THREAD,
        "in_reply_to": PARENT,
        "text": f"CASE WHEN status = 'gone' THEN '' ELSE {SAID} END",
        "url": "'https://posts.example/' || n",
        "extra": "'{}'",
        "posted_at": spelling.moment("age"),
        "collected_at": spelling.moment("age - 30"),
        "thread_error": "''",
    }


def judged(spelling: Spelling) -> dict[str, str]:
    return {
        "lang": "'en'",
        "sentiment": SENTIMENT,
        "urgency": "urgency",
        "need": NEED,
        "abuse": f"CASE WHEN chance = 0 THEN {spelling.truth(True)} ELSE {spelling.truth(False)} END",
        "scores": f"'{SCORES}'",
        "reasons": f"'{REASONS}'",
        "model": "'benchmark'",
        "judged_at": spelling.moment("age - 31"),
        "signals": "'[]'",
    }


def cared_for(spelling: Spelling) -> dict[str, str]:
    held = "status = 'resolved' OR other > 70"
    waits = "status <> 'open' OR answered OR urgency = 'low'"
    posted_at, due_at = spelling.moment("age"), spelling.moment("age - 28800")
    return {
        "status": "status",
        "hidden": "CASE WHEN other < 2 AND status = 'open' THEN 'spam' END",
        "assignee_id": f"CASE WHEN {held} THEN n % {PEOPLE} + 1 END",
        "claimed_at": f"CASE WHEN {held} THEN {spelling.moment('age - 600')} END",
        "due_at": f"CASE WHEN urgency <> 'low' AND status <> 'gone' THEN {due_at} END",
        "press_rank": f"CASE WHEN status <> 'open' THEN 5 WHEN answered THEN 4 ELSE {RANK} END",
        "press_at": f"CASE WHEN {waits} THEN {posted_at} ELSE {due_at} END",
        "first_reply_at": f"CASE WHEN answered OR status = 'resolved' THEN {spelling.moment('age - 3600')} END",
    }


def insert_care() -> Iterator[str]:
    """Replies, notes and the audit trail."""
    yield """INSERT INTO reply (mention_id, user_id, text, url, state, created_at, attempts, error, asked_why)
        SELECT id, assignee_id, 'Sorry about that, we are looking into it', '', 'logged', first_reply_at, 0, '', ''
        FROM mention WHERE first_reply_at IS NOT NULL AND id % 3 = 0"""
    yield """INSERT INTO note (mention_id, user_id, text, created_at)
        SELECT id, 1, 'Called them about the voucher', posted_at FROM mention WHERE id % 20 = 0"""
    yield """INSERT INTO activity (at, happened, mention_id, data)
        SELECT collected_at, 'collected', id, '{}' FROM mention"""


def embed(connection: Connection, mentions: int) -> None:
    """Vectors of the newest mentions, each near one of a few points, so that there are some that are alike."""
    random = np.random.default_rng(1)
    centres = random.standard_normal((CENTRES, WIDTH))
    for start in range(max(1, mentions - EMBEDDED + 1), mentions + 1, 5_000):
        ids = np.arange(start, min(start + 5_000, mentions + 1))
        vectors = centres[ids % CENTRES] + 0.6 * random.standard_normal((len(ids), WIDTH))
        rows = zip(ids.tolist(), vectors.astype(np.float16), strict=True)
        connection.execute(
            insert(Embedding),
            [{"mention_id": number, "model": "benchmark", "vector": vector.tobytes()} for number, vector in rows],
        )
