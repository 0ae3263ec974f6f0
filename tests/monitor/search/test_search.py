"""Finding mentions by words, on both databases, whatever is written around them."""

from datetime import datetime

import pytest
from alembic import command
from sqlalchemy import select

from monitor import desk, queries
from monitor.models import Author, Mention, Note
from monitor.queries import QueueFilter
from monitor.queries.search import narrow_to_found
from monitor.recheck import purge
from monitor.store import Store
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


def test_rare_and_common_words_are_found_alike(store: Store) -> None:
    """SQLite goes three ways, by how much is found."""
    with store.write() as session:
        wanted = {make_mention(session, f"words number {number}").id for number in range(60)}
        make_mention(session, "other")
    with store.read() as session:
        for few, many in ((100, 1_000), (1, 1_000), (1, 2)):
            for typed in ("words", "word*"):
                found = narrow_to_found(session, select(Mention.id), typed, few, many)
                assert set(session.scalars(found)) == wanted


def test_what_was_stored_before_there_was_an_index_is_found(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        make_mention(session, "from before")
    any_store.migrate(lambda config: command.downgrade(config, "0009"))
    any_store.upgrade()
    with any_store.write() as session:
        make_mention(session, "from after")
    assert {tuple(find(any_store, typed, now)) for typed in ("before", "after")} == {("from before",), ("from after",)}
