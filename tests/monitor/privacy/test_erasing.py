"""Erasing a person: nothing of them is left in any table or file, what is counted stays, and they do not come back."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from monitor.collecting.ingest import ingest_posts
from monitor.desk import NotFound, Refused
from monitor.models import (
    Activity,
    Author,
    Brand,
    Correction,
    Escalation,
    IdempotencyKey,
    Mention,
    Note,
    Promise,
    Reply,
    SavedView,
    ThreadPost,
)
from monitor.privacy.erasing import Erased, erase
from monitor.privacy.exporting import export_person
from monitor.privacy.people import find_person
from monitor.privacy.tidying import tidy
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened
from sources.base import Author as PostAuthor
from tests.factories import make_mention, make_post
from tests.monitor.privacy.planting import (
    HANDLE,
    NAME,
    PLATFORM_ID,
    ROOT,
    SECRET,
    SOURCE,
    TRACES,
    find_traces,
    plant,
)


def erase_her(store: Store, now: datetime) -> Erased:
    with store.read() as session:
        person = find_person(session, SOURCE, f"@{HANDLE.upper()}")
    return erase(store, person, None, now)


@pytest.fixture
def planted(any_store: Store, now: datetime) -> int:
    """The id of her mention."""
    with any_store.write() as session:
        mention, _ = plant(session, now)
    return mention.id


def test_nothing_of_an_erased_person_is_left_in_any_column(any_store: Store, planted: int, now: datetime) -> None:
    assert len(find_traces(any_store)) >= 40
    assert erase_her(any_store, now) == Erased(mentions=1, conversations=1, named_by_us=3, named_by_others=0)
    assert find_traces(any_store) == set()
    with any_store.read() as session:
        words = session.execute(text("SELECT * FROM mention_search")).all()
        assert not any(trace.lower() in str(words).lower() for trace in TRACES)
        assert session.scalar(select(func.count(Author.id)).where(Author.source == SOURCE)) == 1
        with pytest.raises(NotFound, match="holds nothing"):
            find_person(session, SOURCE, HANDLE)


def test_what_is_counted_and_what_others_wrote_stays(any_store: Store, planted: int, now: datetime) -> None:
    erase_her(any_store, now)
    with any_store.read() as session:
        mention = session.get_one(Mention, planted)
        assert (mention.status, mention.urgency, mention.need, mention.assignee_id) == ("gone", "high", "billing", 1)
        reply = session.scalars(select(Reply)).one()
        promise, escalation = session.scalars(select(Promise)).one(), session.scalars(select(Escalation)).one()
        assert (reply.state, reply.text, promise.state, escalation.closed_at) == ("withdrawn", "", "dismissed", now)
        assert session.scalars(select(Correction.new)).all() == ["high"]
        assert session.scalars(select(Note.text)).all() == ["as with [erased], that is [erased]"]
        assert session.scalars(select(SavedView.filters)).one() == {"q": "[erased]", "name": "[erased]"}
        assert session.scalars(select(IdempotencyKey.key)).all() == ["two"]
        assert session.scalars(select(ThreadPost.text)).all() == ["me too"]
        other = session.scalars(select(Mention).where(Mention.id != planted)).one()
        assert other.text == "where is the gate"
        assert other.in_reply_to == other.thread_id == mention.root_post_id
        escalated = session.scalars(select(Activity).where(Activity.happened == Happened.ESCALATED)).one()
        assert escalated.data == {"to": "lead"}
        lines = session.scalars(select(Activity.data).where(Activity.happened == Happened.ERASED)).all()
        counts = {"source": SOURCE, "mentions": 1, "conversations": 1, "named_by_us": 3, "named_by_others": 0}
        assert lines == [{}, counts]


def test_an_erased_post_is_not_collected_again_but_a_new_one_is(
    any_store: Store, planted: int, settings: Settings, now: datetime
) -> None:
    erase_her(any_store, now)
    author = PostAuthor(PLATFORM_ID, HANDLE, NAME)
    with any_store.write() as session:
        brand = session.scalars(select(Brand)).one()
        again = make_post(SECRET, source=SOURCE, id=ROOT, author=author)
        assert ingest_posts(session, [again], brand, settings.brands[0], now).stored == 0
    assert find_traces(any_store) == set()
    with any_store.write() as session:
        anew = make_post("hello again", source=SOURCE, author=author)
        assert ingest_posts(session, [again, anew], brand, settings.brands[0], now).stored == 1
        assert find_person(session, SOURCE, HANDLE).names == {NAME}


def test_what_others_wrote_of_them_in_public_is_named_and_left(any_store: Store, planted: int, now: datetime) -> None:
    said = f"ask @{HANDLE} about it"
    with any_store.write() as session:
        other = make_mention(session, said, source=SOURCE)
    assert erase_her(any_store, now).named_by_others == 1
    assert find_traces(any_store) == {("mention", "text")}
    with any_store.read() as session:
        assert session.get_one(Mention, other.id).text == said


def test_nobody_is_erased_while_an_answer_to_them_is_in_doubt(any_store: Store, planted: int, now: datetime) -> None:
    with any_store.write() as session:
        session.scalars(select(Reply)).one().state = "unknown"
    before = find_traces(any_store)
    with pytest.raises(Refused, match=f"mention {planted} is in public"):
        erase_her(any_store, now)
    assert find_traces(any_store) == before


def test_a_short_handle_is_not_taken_out_of_words_that_look_like_it(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        mention = make_mention(session, handle="bag", name="Bag", source="x")
        kept = make_mention(session, "other", source="x")
        session.add(Note(mention_id=kept.id, user_id=plant(session, now)[1].id, text="the bag of @bag", created_at=now))
    with any_store.read() as session:
        person = find_person(session, "x", "bag")
    erase(any_store, person, None, now)
    with any_store.read() as session:
        assert session.get_one(Mention, mention.id).text == ""
        assert "the bag of [erased]" in session.scalars(select(Note.text)).all()


def test_an_export_holds_every_trace(any_store: Store, planted: int, now: datetime) -> None:
    with any_store.write() as session:
        document = export_person(session, find_person(session, SOURCE, HANDLE), None, now)
    held = {(table, column) for table, rows in document["held"].items() for row in rows for column in row}
    held |= {(place["table"], column) for place in document["named_by_us"] for column in place["words"]}
    # A conversation is muted by its id, whoever wrote in it.
    assert find_traces(any_store) - held <= {("muted_thread", "reason")}
    named = {place["table"] for place in document["named_by_us"]}
    assert named == {"incident", "muted_thread", "note", "saved_view"}
    assert document["person"] == {"source": SOURCE, "handles": [HANDLE], "names": [NAME]}
    assert len(document["held"]["mention"]) == 1
    assert len(document["held"]["thread_post"]) == 2


def test_no_byte_of_it_is_left_in_the_file(store: Store, tmp_path: Path, now: datetime) -> None:
    with store.write() as session:
        plant(session, now)
        for _ in range(50):
            make_mention(session, "so that the index has something to merge")
    with store.write() as session:  # the same words again, as edits and notes write them again and again
        session.add(Note(mention_id=1, user_id=1, text=f"{SECRET} once more", created_at=now))
    erase_her(store, now + timedelta(minutes=1))
    tidy(store)
    files = list((tmp_path / "var").iterdir())
    kept = b"".join(file.read_bytes() for file in files).lower()
    assert files
    for trace in (SECRET, "danarivers", "rivers.example", "ünal"):
        assert trace.encode() not in kept
    with closing(sqlite3.connect(tmp_path / "var" / "desk.db")) as copy:
        assert copy.execute("INSERT INTO mention_search (mention_search) VALUES ('integrity-check')").fetchall() == []
