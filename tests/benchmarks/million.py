"""A store with as many mentions as one likes, made by the database itself within minutes, as a year leaves them.

One in ten is open, most of those answered and waiting for the customer; most of the rest is resolved.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, text

from monitor.search.schema import create_triggers, drop_triggers, fill_search
from monitor.store import Store

PEOPLE, BRANDS = 20, 3
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
RANK = "CASE urgency WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'low' THEN 3 ELSE 2 END"


def fill(store: Store, mentions: int, now: datetime) -> None:
    """Fill an empty store."""
    with store.engine.begin() as connection:
        drop_triggers(connection)
        for statement in statements(connection, mentions, int(now.timestamp())):
            connection.execute(text(statement.replace(":", "\\:")))
        fill_search(connection)
        create_triggers(connection)
    if store.engine.dialect.name == "postgresql":  # which would do so by itself, a little later
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def statements(connection: Connection, mentions: int, now: int) -> Iterator[str]:
    sqlite = connection.dialect.name == "sqlite"
    authors = max(1, mentions // 5)

    def moment(seconds: str) -> str:
        stamp = f"{now} - ({seconds})"
        written = f"strftime('%Y-%m-%d %H:%M:%S', {stamp}, 'unixepoch') || '.000000'"
        return written if sqlite else f"to_timestamp({stamp})"

    false, true = ("0", "1") if sqlite else ("false", "true")
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT {one} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
    numbers = numbers.replace("{one}", "1" if sqlite else "1::bigint")
    said = [f"(SELECT said FROM phrase WHERE id = {drawn(salt, len(PHRASES))})" for salt in (5, 6, 7)]

    yield "CREATE TEMPORARY TABLE phrase (id integer PRIMARY KEY, said text)"
    listed = ", ".join(f"({number}, '{phrase}')" for number, phrase in enumerate(PHRASES))
    yield f"INSERT INTO phrase VALUES {listed}"
    yield f"""{numbers.format(last=BRANDS)} INSERT INTO brand (id, name, created_at)
        SELECT n, 'Brand ' || n, {moment("0")} FROM numbers"""
    yield f"""{numbers.format(last=PEOPLE)} INSERT INTO "user" (id, name, role, active, created_at)
        SELECT n, 'Colleague ' || n, 'agent', {true}, {moment("0")} FROM numbers"""
    yield f"""{numbers.format(last=authors)}, drawn AS (SELECT n, n AS a FROM numbers)
        INSERT INTO author (id, source, platform_id, handle, name, followers, mute_reason)
        SELECT n, {SOURCE}, n, 'person' || n, 'Person ' || n, {drawn(8, 5000)}, '' FROM drawn"""
    yield f"""{numbers.format(last=mentions)},
        drawn AS (SELECT n, n * 31 AS age, n % {authors} + 1 AS a, {URGENCY} AS urgency, {STATUS} AS status,
            {drawn(9, 10)} < 7 AS answered, {drawn(10, 100)} AS chance, {drawn(11, 100)} AS other FROM numbers)
        INSERT INTO mention (id, brand_id, author_id, source, post_id, root_post_id, text, url, extra, posted_at,
            collected_at, thread_error, lang, sentiment, urgency, need, abuse, scores, reasons, model, judged_at,
            signals, status, hidden, assignee_id, claimed_at, due_at, press_rank, press_at, first_reply_at)
        SELECT n, n % {BRANDS} + 1, CASE WHEN status <> 'gone' THEN a END, {SOURCE}, 'p' || n, 'p' || n,
            CASE WHEN status = 'gone' THEN '' ELSE {" || '. ' || ".join(said)} || ', case ' || n END,
            'https://posts.example/' || n, '{{}}', {moment("age")}, {moment("age - 30")}, '', 'en',
            {SENTIMENT}, urgency, {NEED}, CASE WHEN chance = 0 THEN {true} ELSE {false} END,
            '{SCORES}', '{REASONS}', 'benchmark', {moment("age - 31")}, '[]', status,
            CASE WHEN other < 2 AND status = 'open' THEN 'spam' END,
            CASE WHEN status = 'resolved' OR other > 70 THEN n % {PEOPLE} + 1 END,
            CASE WHEN status = 'resolved' OR other > 70 THEN {moment("age - 600")} END,
            CASE WHEN urgency <> 'low' AND status <> 'gone' THEN {moment("age - 28800")} END,
            CASE WHEN status <> 'open' THEN 5 WHEN answered THEN 4 ELSE {RANK} END,
            CASE WHEN status <> 'open' OR answered OR urgency = 'low' THEN {moment("age")}
                ELSE {moment("age - 28800")} END,
            CASE WHEN answered OR status = 'resolved' THEN {moment("age - 3600")} END
        FROM drawn"""
    yield """INSERT INTO reply (mention_id, user_id, text, url, state, created_at, attempts, error, asked_why)
        SELECT id, assignee_id, 'Sorry about that, we are looking into it', '', 'logged', first_reply_at, 0, '', ''
        FROM mention WHERE first_reply_at IS NOT NULL AND id % 3 = 0"""
    yield """INSERT INTO note (mention_id, user_id, text, created_at)
        SELECT id, 1, 'Called them about the voucher', posted_at FROM mention WHERE id % 20 = 0"""
    yield """INSERT INTO activity (at, happened, mention_id, data)
        SELECT collected_at, 'collected', id, '{}' FROM mention"""
    for table in () if sqlite else ("brand", "user", "author", "mention"):
        yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"
