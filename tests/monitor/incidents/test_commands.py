"""Opening, describing and closing an incident; a mention belongs to one at most, and closing can be taken back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor import desk
from monitor.desk import Invalid, NotFound, Refused
from monitor.digest.tally import Stretch
from monitor.incidents import commands
from monitor.incidents.closing import close_incident, reopen_incident
from monitor.models import Brand, IncidentMention, Mention, Outcome, User
from monitor.queries import mention_detail
from monitor.queries.incidents import incident_detail, incidents, tally_incidents
from monitor.store import Store
from monitor.words import Ended
from tests.factories import make_mention, make_user

pytestmark = pytest.mark.postgresql


@pytest.fixture
def opened(any_store: Store, now: datetime) -> Store:
    """Incident 1 with the mentions 1 to 3, opened by Ana, user 1; Ben is user 2."""
    with any_store.write() as session:
        ana = make_user(session)
        make_user(session, "Ben")
        ids = [make_mention(session).id for _ in range(3)]
        commands.open_new(session, ana, " Belt in\nOslo ", ids, now)
    return any_store


def members(store: Store, incident_id: int = 1) -> list[int]:
    with store.read() as session:
        return sorted(one.id for one in incident_detail(session, incident_id).joined)


def status(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(Mention.status).order_by(Mention.id)))


def test_an_incident_is_opened_with_what_tells_of_it(opened: Store) -> None:
    with opened.read() as session:
        ((incident, sizes),) = incidents(session, "live")
        assert (incident.title, incident.state, sizes.joined, sizes.waiting) == ("Belt in Oslo", "open", 3, 3)
        assert [one.happened for one in incident_detail(session, 1).timeline] == ["incident_opened"]
        assert incidents(session, "over") == []


@pytest.mark.parametrize(("title", "ids"), [("", [1]), ("x" * 121, [1]), ("Belt", [])])
def test_it_needs_a_name_and_a_mention(opened: Store, now: datetime, title: str, ids: list[int]) -> None:
    with opened.write() as session, pytest.raises(Invalid):
        commands.open_new(session, session.get_one(User, 1), title, ids, now)


def test_mentions_of_another_brand_or_none_stay_out(opened: Store, now: datetime) -> None:
    with opened.write() as session:
        other = make_mention(session, brand="Borealis").id
        ana = session.get_one(User, 1)
        with pytest.raises(Invalid, match="another brand"):
            commands.join(session, 1, [other], ana, now)
        with pytest.raises(NotFound):
            commands.join(session, 1, [999], ana, now)
        with pytest.raises(NotFound):
            commands.find(session, 999)


def test_a_mention_belongs_to_one_incident_at_most(opened: Store, now: datetime) -> None:
    with opened.write() as session:
        commands.open_new(session, session.get_one(User, 1), "Refunds", [3], now)
    assert (members(opened), members(opened, 2)) == ([1, 2], [3])
    with opened.read() as session:
        detail = mention_detail(session, 3)
        assert detail
        assert [incident.title for incident, _ in detail.incidents] == ["Refunds", "Belt in Oslo"]
        (joined,) = session.scalars(
            select(IncidentMention).where(IncidentMention.mention_id == 3, IncidentMention.state == "joined")
        )
        assert joined.incident_id == 2


def test_joining_twice_changes_nothing_and_what_left_can_come_back(opened: Store, now: datetime) -> None:
    with opened.write() as session:
        ana = session.get_one(User, 1)
        assert commands.join(session, 1, [1, 1, 2], ana, now) == 0
        assert commands.leave(session, 1, [1, 7], ana, now) == 1
        assert commands.leave(session, 1, [1], ana, now) == 0
    assert members(opened) == [2, 3]
    with opened.write() as session:
        assert commands.join(session, 1, [1], session.get_one(User, 1), now) == 1
    assert members(opened) == [1, 2, 3]


def test_what_it_says_is_kept_with_what_it_said_before(opened: Store, now: datetime) -> None:
    with opened.write() as session:
        ana = session.get_one(User, 1)
        commands.describe(
            session, 1, ana, now, status_text="The belt is being mended.", answers=["Hi", " ", "Hi", "Hey"]
        )
        commands.describe(session, 1, ana, now, title="Belt 3")
        commands.describe(session, 1, ana, now, title="Belt 3")  # says nothing new
    with opened.read() as session:
        detail = incident_detail(session, 1)
        assert detail.incident.answers == ["Hi", "Hey"]
        assert [line.data.get("was") for line in detail.timeline] == [
            {"title": "Belt in Oslo"},
            {"status_text": "", "answers": []},
            None,
        ]


def test_closing_resolves_all_but_what_a_colleague_holds(opened: Store, now: datetime) -> None:
    with opened.write() as session:
        desk.claim(session, 2, session.get_one(User, 2), now)
        closed = close_incident(session, 1, session.get_one(User, 1), now, Ended.SOLVED, "Belt mended")
    assert (closed.resolved, closed.left) == ([1, 3], [2])
    assert status(opened) == ["resolved", "open", "resolved"]
    with opened.read() as session:
        assert {(one.outcome, one.reason) for one in session.scalars(select(Outcome))} == {("solved", "Belt mended")}
    with opened.write() as session, pytest.raises(Refused, match="over"):
        close_incident(session, 1, session.get_one(User, 1), now)


def test_closing_is_taken_back_but_for_what_was_touched_since(opened: Store, now: datetime) -> None:
    later = now + timedelta(minutes=5)
    with opened.write() as session:
        ana = session.get_one(User, 1)
        desk.resolve(session, 1, ana, now - timedelta(hours=1))  # before, by itself
        close_incident(session, 1, ana, now)
        desk.reopen(session, 2, ana, now)
        desk.resolve(session, 2, ana, later)
    with opened.write() as session:
        assert reopen_incident(session, 1, session.get_one(User, 2), later) == 1
    assert status(opened) == ["resolved", "resolved", "open"]
    with opened.read() as session:
        detail = incident_detail(session, 1)
        assert (detail.incident.state, detail.incident.ended_at) == ("open", None)
        assert [line.happened for line in detail.timeline][:2] == ["incident_reopened", "incident_closed"]


def test_an_outcome_that_does_not_fit_closes_nothing(opened: Store, now: datetime) -> None:
    with pytest.raises(Invalid), opened.write() as session:
        close_incident(session, 1, session.get_one(User, 1), now, Ended.DECLINED)
    assert status(opened) == ["open"] * 3


def test_the_weekly_account_counts_them(opened: Store, now: datetime) -> None:
    with opened.write() as session:
        ana = session.get_one(User, 1)
        commands.open_new(session, ana, "Refunds", [3], now - timedelta(days=9))
        close_incident(session, 2, ana, now)
    with opened.read() as session:
        brand_id = session.query(Brand).one().id
        week = tally_incidents(session, Stretch(brand_id, now - timedelta(days=2), now + timedelta(days=5)))
        assert week.as_json() == {"opened": 1, "closed": 1, "mentions": 3, "titles": ["Refunds", "Belt in Oslo"]}
        before = tally_incidents(session, Stretch(brand_id, now - timedelta(days=9), now - timedelta(days=2)))
        assert (before.opened, before.closed, before.mentions) == (1, 0, 1)
