"""Finding mentions by words, on both databases, whatever is written around them."""

from datetime import datetime

import pytest
from alembic import command
from sqlalchemy import text

from monitor import desk, queries
from monitor.collecting.recheck import purge
from monitor.models import Author, Mention, Note
from monitor.queries import QueueFilter
from monitor.queries.search import MOST_SEARCHED, NEWEST, Searched, on_postgresql, search_newest
from monitor.search.schema import STRETCH
from monitor.store import Store
from monitor.words import URGENCIES
from tests.factories import make_mention, make_user


def find(store: Store, typed: str, now: datetime) -> list[str]:
    with store.read() as session:
        page = queries.queue_page(session, QueueFilter(q=typed, status=""), now)
        return [mention.text for mention in page.mentions]


TEXT = "Charged twice, CRÈME! हिन्दी @auroraair https://aurora.example/x?y=1 at 10:40, I don't see why 🔥"
FOUND = (
    *("charged", "CHARGED twice", '"charged twice"', "char*", '"charged tw"*', "creme", "हिन्दी", "auroraair"),
    *("https://aurora.example/x?y=1", "10:40", "don't"),
    *("dana_r", "@dana_r", "muller", "Müller"),
    *("refund", '"so sorry"'),  # in a note, in a reply
)
NOT_FOUND = ('"twice charged"', "char", "प्लेन", "charged elephant", "refunds")
ODD = (
    *('"', "'", "\\", "%", "*", "( OR", "NEAR(a b)", "a AND", "-x", "x:y", "^", "!!", "&|", "<->", "\0", "'a' & b"),
    *("½", '""', '"*', "\u0300", "\U0010ffff", "a" * 3_000),
)


def test_words_are_found_wherever_they_stand(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        user = make_user(session)
        mention = make_mention(session, TEXT, handle="dana_r", name="Dana Müller")
        make_mention(session, "something else", handle="ben", name="Ben")
        desk.add_note(session, mention.id, user, "They asked for a refund", now)
        desk.claim(session, mention.id, user, now)
        desk.log_reply(session, mention.id, user, "We are so sorry!", "", now)
    assert [typed for typed in FOUND if find(any_store, typed, now) != [TEXT]] == []
    assert [typed for typed in NOT_FOUND if find(any_store, typed, now)] == []


def test_no_query_is_an_error(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        make_mention(session, "plain words", handle="ben", name="Ben")
    assert [typed for typed in ODD if find(any_store, typed, now)] == []


def test_an_edit_and_a_new_name_are_found_and_what_was_there_before_is_not(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        mention = make_mention(session, "first words", name="Old Name")
    with any_store.write() as session:
        session.get_one(Mention, mention.id).text = "second words"
        session.get_one(Author, mention.author_id).name = "New Name"
    assert [find(any_store, typed, now) for typed in ("first", "old")] == [[], []]
    assert [find(any_store, typed, now) for typed in ("second", "new")] == [["second words"], ["second words"]]


def test_a_note_that_is_taken_away_is_no_longer_found(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        mention = make_mention(session, "words")
        note = desk.add_note(session, mention.id, make_user(session), "elephant", now)
    assert find(any_store, "elephant", now) == ["words"]
    with any_store.write() as session:
        session.delete(session.get_one(Note, note.id))
    assert find(any_store, "elephant", now) == []


def test_what_its_author_deleted_is_found_by_nothing(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        user = make_user(session)
        mention = make_mention(session, "secret words", handle="dana")
        desk.add_note(session, mention.id, user, "dana is upset", now)
        purge(session, mention.id, now)
    assert [find(any_store, typed, now) for typed in ("secret", "dana", "upset")] == [[], [], []]


def test_a_write_that_is_taken_back_leaves_nothing_to_find(any_store: Store, now: datetime) -> None:
    def fail() -> None:
        with any_store.write() as session:
            make_mention(session, "never happened")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert find(any_store, "happened", now) == []


@pytest.mark.parametrize("typed", ["words", "word*", '"words number"', "number words"])
def test_of_many_the_newest_are_looked_at(any_store: Store, typed: str) -> None:
    with any_store.write() as session:
        wanted = [make_mention(session, f"words number {number}").id for number in range(20)]
        make_mention(session, "other")
    newest = wanted[::-1]
    with any_store.read() as session:
        assert search_newest(session, typed, most=20) == Searched(newest, more=False)
        assert search_newest(session, typed, most=19) == Searched(newest[:19], more=True)
        assert search_newest(session, typed, until=newest[5], most=10) == Searched(newest[5:15], more=True)


def test_the_newest_are_found_first_however_far_back_the_others_are(any_store: Store) -> None:
    ids = [7, 70_000, STRETCH * NEWEST - 1, 500_000, 500_001, 600_000]
    with any_store.write() as session:
        for id_ in ids:
            make_mention(session, f"charged twice {id_}", id=id_)
        make_mention(session, "an apology ~9", id=600_001)
    newest = ids[::-1]
    with any_store.read() as session:
        assert search_newest(session, '"charged twice"', most=2) == Searched(newest[:2], more=True)
        assert search_newest(session, '"charged twice"', most=5) == Searched(newest[:5], more=True)
        assert search_newest(session, '"charged twice"') == Searched(newest, more=False)
        assert search_newest(session, "charged 70000") == Searched([70_000], more=False)
        assert search_newest(session, "charged", until=500_000, most=3) == Searched(newest[2:5], more=True)
        assert 600_000 // STRETCH == 9  # which is no word of anybody's
        assert search_newest(session, "~9") == search_newest(session, "9") == Searched([600_001], more=False)


def test_an_index_from_before_is_told_the_stretches(any_store: Store) -> None:
    def told() -> list[int]:
        with any_store.read() as session:
            if not on_postgresql(session):
                return []
            found = text("SELECT mention_id FROM mention_search WHERE words @@ CAST('~0 | ~6' AS tsquery)")
            return sorted(session.scalars(found))

    with any_store.write() as session:
        for id_ in (5, 400_000, 500_000):
            make_mention(session, "charged twice", id=id_)
    before = told()
    any_store.migrate(lambda config: command.downgrade(config, "0018"))
    assert told() == []
    any_store.upgrade()
    assert told() == before
    with any_store.read() as session:
        assert before == ([5, 400_000] if on_postgresql(session) else [])
        assert search_newest(session, "charged") == Searched([500_000, 400_000, 5], more=False)


def test_pages_of_many_look_at_the_same_whatever_comes_meanwhile(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        made = [make_mention(session, "words", urgency=URGENCIES[n % 3]).id for n in range(MOST_SEARCHED + 5)]
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        with any_store.read() as session:
            page = queries.queue_page(session, QueueFilter(q="words"), now, cursor, limit=400)
        assert page.bounded_to == MOST_SEARCHED
        seen += [mention.id for mention in page.mentions]
        cursor = page.next
        with any_store.write() as session:
            make_mention(session, "words", urgency="low")
    assert len(seen) == MOST_SEARCHED
    assert set(seen) == set(made[-MOST_SEARCHED:])


def test_filters_choose_among_the_newest(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        old = make_mention(session, "rare words", urgency="urgent").id
        for _ in range(MOST_SEARCHED):
            make_mention(session, "words")
        new = make_mention(session, "words", urgency="urgent").id
    with any_store.read() as session:
        wanted = QueueFilter(q="words", urgency="urgent")
        assert [mention.id for mention in queries.queue_page(session, wanted, now).mentions] == [new]
        rare = queries.queue_page(session, QueueFilter(q="rare words"), now)
        assert ([mention.id for mention in rare.mentions], rare.bounded_to) == ([old], None)
        assert queries.fitting(session, wanted, [old, new], now) == [old, new]


def test_what_was_stored_before_there_was_an_index_is_found(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        make_mention(session, "from before")
    any_store.migrate(lambda config: command.downgrade(config, "0009"))
    any_store.upgrade()
    with any_store.write() as session:
        make_mention(session, "from after")
    assert {tuple(find(any_store, typed, now)) for typed in ("before", "after")} == {("from before",), ("from after",)}
