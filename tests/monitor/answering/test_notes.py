"""Notes that reach somebody: a colleague who is named, and everybody who meets the author again."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from monitor import desk
from monitor.care import notes
from monitor.care.naming import names_in
from monitor.collecting.recheck import purge
from monitor.models import Mention, Note
from monitor.queries import mention_detail
from monitor.store import Store
from monitor.teamwork.memos import unread
from tests.factories import make_mention, make_user

TEAM = ["Ana", "Ana Lind", "Ben", "O'Neill (night)"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@ben please", {"Ben"}),
        ("ask @Ana Lind, not me", {"Ana Lind"}),
        ("@ANA!", {"Ana"}),
        ("@o'neill (night) and @Ben.", {"O'Neill (night)", "Ben"}),
        ("ben@ben.example", set()),
        ("@benedict", set()),
        ("", set()),
    ],
)
def test_names_are_read_from_a_text(text: str, named: set[str]) -> None:
    assert names_in(text, TEAM) == named


def test_whom_a_note_names_is_told(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, ben, cleo = (make_user(session, name) for name in ("Ana", "Ben", "Cleo"))
        mention = make_mention(session)
        desk.add_note(session, mention.id, ana, "@ana @ben the gate waits", now)
        desk.add_note(session, mention.id, ana, "nobody in particular", now)
        ((memo, about),) = unread(session, ben.id)
        assert (memo.activity.happened, memo.activity.data["told"], about.id) == ("noted", ["Ben"], mention.id)
        assert list(unread(session, ana.id)) == list(unread(session, cleo.id)) == []


def pinned_on(session: Session, mention: Mention) -> list[str]:
    detail = mention_detail(session, mention.id)
    assert detail is not None
    return [note.text for note in detail.pinned]


def test_a_pinned_note_stands_on_everything_its_author_writes(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, mention = make_user(session), make_mention(session)
        later = make_mention(session, author_id=mention.author_id)
        note = notes.add_note(session, mention.id, ana, "Deaf: never offer a call.", now, pinned=True)
        notes.pin(session, mention.id, note.id, ana, now)
        assert pinned_on(session, later) == ["Deaf: never offer a call."]
        notes.unpin(session, later.id, note.id, ana, now)
        assert pinned_on(session, later) == []
        with pytest.raises(desk.NotFound):
            notes.pin(session, make_mention(session).id, note.id, ana, now)


def test_a_note_outlives_its_author_unpinned(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, mention = make_user(session), make_mention(session)
        note_id = notes.add_note(session, mention.id, ana, "Speaks Welsh.", now, pinned=True).id
        session.flush()
        purge(session, mention.id, now)
        assert session.get_one(Note, note_id, populate_existing=True).author_id is None
        with pytest.raises(desk.Refused, match="no author"):
            notes.pin(session, mention.id, note_id, ana, now)
