"""Taking back what one did: exactly as it was, and only where nobody acted since."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from monitor import desk
from monitor.care.closing import close
from monitor.collecting import hiding
from monitor.collecting.muting import mute_thread
from monitor.deeds import UNDO_FOR, Command, Undone, keep, last_deed, undo
from monitor.desk import NotFound, Refused
from monitor.judging import correcting
from monitor.models import Activity, Author, Correction, Memo, Mention, MutedThread, Outcome, User
from monitor.settings import Settings
from monitor.store import Store
from monitor.teamwork import assigning
from monitor.words import Did, Happened
from tests.factories import make_mention, make_user


class Scene:
    """A mention, two people, and a clock."""

    def __init__(self, store: Store, settings: Settings, now: datetime) -> None:
        self.store, self.settings, self.now = store, settings, now
        with store.write() as session:
            self.ana, self.ben = make_user(session, "Ana").id, make_user(session, "Ben").id
            early = now - timedelta(minutes=20)
            mention = make_mention(session, urgency="high", posted_at=early, thread_id="t1", lifted_to="urgent")
            desk.set_press(mention)
            self.mention_id = mention.id

    def act(self, did: Did, command: Command, user_id: int | None = None) -> int | None:
        with self.store.write() as session:
            user = session.get_one(User, user_id or self.ana)
            return keep(session, did, self.mention_id, user, command, self.now)

    def undo(self, deed_id: int | None, user_id: int | None = None, later: timedelta = timedelta()) -> Undone:
        assert deed_id is not None
        return undo(self.store, deed_id, user_id or self.ana, self.now + later)

    def stands(self) -> dict[str, Any]:
        """Every column of the mention, but for when it is weighed again."""
        with self.store.read() as session:
            mention = session.get_one(Mention, self.mention_id)
            columns = Mention.__table__.columns.keys()
            return {name: getattr(mention, name) for name in columns if name != "weigh_at"}

    def happened(self) -> list[str]:
        with self.store.read() as session:
            lines = select(Activity.happened).where(Activity.mention_id == self.mention_id)
            return list(session.scalars(lines.order_by(Activity.id)))


@pytest.fixture
def scene(any_store: Store, settings: Settings, now: datetime) -> Scene:
    return Scene(any_store, settings, now)


def relabel(scene: Scene) -> Command:
    labels = {"urgency": "low", "need": "praise", "abuse": "1"}
    return lambda session, id_, user, now: correcting.relabel(session, id_, user, labels, scene.settings.brand, now)


def assign(scene: Scene) -> Command:
    return lambda session, id_, user, now: assigning.assign(
        session, id_, user, session.get_one(User, scene.ben), "", now
    )


DEEDS: dict[Did, Callable[[Scene], Command]] = {
    Did.CLAIM: lambda scene: desk.claim,
    Did.ASSIGN: assign,
    Did.LABEL: relabel,
    Did.RESOLVE: lambda scene: lambda session, id_, user, now: close(session, id_, user, now, "solved"),
    Did.SNOOZE: lambda scene: (
        lambda session, id_, user, now: desk.snooze(session, id_, user, now + timedelta(hours=1), now)
    ),
}


@pytest.mark.parametrize("did", DEEDS)
def test_it_stands_again_exactly_as_it_did(scene: Scene, did: Did) -> None:
    before = scene.stands()
    deed_id = scene.act(did, DEEDS[did](scene))
    assert scene.stands() != before
    assert scene.undo(deed_id).done == [scene.mention_id]
    assert scene.stands() == before
    assert scene.happened()[-1] == Happened.UNDONE
    with scene.store.read() as session:
        assert session.scalars(select(Correction)).all() == []
        assert session.scalars(select(Outcome)).all() == []


def test_a_reopening_taken_back_leaves_it_resolved_as_it_was(scene: Scene) -> None:
    scene.act(Did.RESOLVE, DEEDS[Did.RESOLVE](scene))
    before = scene.stands()
    assert scene.undo(scene.act(Did.REOPEN, desk.reopen)).done
    assert scene.stands() == before
    with scene.store.read() as session:
        assert session.scalars(select(Outcome.reopened_at)).all() == [None]


def test_what_somebody_did_since_stands_and_is_named(scene: Scene) -> None:
    deed_id = scene.act(Did.LABEL, relabel(scene))
    scene.act(Did.CLAIM, desk.claim, scene.ben)
    before = scene.stands()
    undone = scene.undo(deed_id)
    (left,) = undone.left
    assert undone.done == []
    assert left.line is not None
    assert left.line.user is not None
    assert (left.line.happened, left.line.user.name) == (Happened.CLAIMED, "Ben")
    assert scene.stands() == before


def test_an_alert_on_its_way_does_not_stand_against_it(scene: Scene) -> None:
    deed_id = scene.act(Did.RESOLVE, DEEDS[Did.RESOLVE](scene))
    with scene.store.write() as session:
        session.add(Activity(at=scene.now, happened=Happened.ALERTED, mention_id=scene.mention_id, data={}))
    assert scene.undo(deed_id).done == [scene.mention_id]


def test_it_is_taken_back_once_by_whoever_did_it_and_not_for_ever(scene: Scene) -> None:
    deed_id = scene.act(Did.CLAIM, desk.claim)
    with pytest.raises(NotFound):
        scene.undo(deed_id, scene.ben)
    with pytest.raises(Refused, match="10 minutes"):
        scene.undo(deed_id, later=UNDO_FOR)
    scene.undo(deed_id)
    with pytest.raises(Refused, match="already"):
        scene.undo(deed_id)


def test_the_last_deed_is_the_newest_that_can_still_be_taken_back(scene: Scene) -> None:
    first, second = scene.act(Did.CLAIM, desk.claim), scene.act(Did.RESOLVE, DEEDS[Did.RESOLVE](scene))

    def last(later: timedelta = timedelta()) -> int | None:
        with scene.store.read() as session:
            found = last_deed(session, scene.ana, scene.now + later)
            return found.id if found else None

    assert last() == second
    scene.undo(second)
    assert last() == first
    assert last(UNDO_FOR) is None


def test_a_command_that_changes_nothing_is_no_deed(scene: Scene) -> None:
    scene.act(Did.CLAIM, desk.claim)
    assert scene.act(Did.CLAIM, desk.claim) is None


def test_whoever_was_given_it_is_told_that_it_is_taken_back(scene: Scene) -> None:
    scene.undo(scene.act(Did.ASSIGN, assign(scene)))
    with scene.store.read() as session:
        told = session.execute(select(Memo.user_id, Activity.happened).join(Memo.activity).order_by(Memo.id)).all()
    assert [tuple(row) for row in told] == [(scene.ben, Happened.ASSIGNED), (scene.ben, Happened.UNDONE)]


def mute_author(days: int) -> Command:
    return lambda session, id_, user, now: hiding.mute(
        session, session.get_one(Mention, id_).author_id or 0, user, days, "jokes", now
    )


def mute_conversation(days: int) -> Command:
    return lambda session, id_, user, now: mute_thread(session, id_, user, days, "off topic", now)


@pytest.mark.parametrize(("did", "mute"), [(Did.MUTE_AUTHOR, mute_author), (Did.MUTE_THREAD, mute_conversation)])
def test_a_mute_taken_back_is_as_it_was_before(scene: Scene, did: Did, mute: Callable[[int], Command]) -> None:
    with scene.store.write() as session:
        mention = session.get_one(Mention, scene.mention_id)
        mention.lifted_to = None  # nothing urgent is hidden
        desk.set_press(mention)
    before = scene.stands()
    first = scene.act(did, mute(1))
    muted = scene.stands()
    assert muted["hidden"] is not None
    scene.undo(scene.act(did, mute(7)))
    assert scene.stands() == muted
    scene.undo(first)
    assert scene.stands() == before
    with scene.store.read() as session:
        assert session.scalars(select(MutedThread)).all() == []
        assert session.scalars(select(Author.muted_until)).all() == [None]


def test_a_mute_that_somebody_changed_since_stands(scene: Scene) -> None:
    deed_id = scene.act(Did.MUTE_AUTHOR, mute_author(1))
    scene.act(Did.MUTE_AUTHOR, mute_author(7), scene.ben)
    undone = scene.undo(deed_id)
    assert (undone.done, [left.line for left in undone.left]) == ([], [None])
