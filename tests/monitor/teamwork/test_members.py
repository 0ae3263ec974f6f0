"""The team's list, and letting somebody go: leads let agents go, admins anybody but themselves."""

from datetime import datetime

import pytest
from sqlalchemy import select

from monitor import desk
from monitor.desk import NotFound, Refused
from monitor.models import Activity, Mention, User
from monitor.store import Store
from monitor.teamwork.members import let_go, list_members
from monitor.words import Happened
from tests.factories import make_mention, make_user


@pytest.fixture
def team(any_store: Store, now: datetime) -> dict[str, int]:
    """Their ids by name: an admin, two leads and two agents, of whom Ana holds a mention."""
    roles = {"Ada": "admin", "Lea": "lead", "Leo": "lead", "Ana": "agent", "Ben": "agent"}
    with any_store.write() as session:
        people = {name: make_user(session, name, role) for name, role in roles.items()}
        desk.claim(session, make_mention(session).id, people["Ana"], now)
        make_mention(session, status="resolved", assignee_id=people["Ana"].id)
        return {name: user.id for name, user in people.items()}


def test_the_team_is_listed_with_what_each_holds(any_store: Store, team: dict[str, int], now: datetime) -> None:
    with any_store.write() as session:
        session.get_one(User, team["Ben"]).active = False
    with any_store.read() as session:
        found = [(one.user.name, one.held) for one in list_members(session)]
    assert found == [("Ada", 0), ("Ana", 1), ("Lea", 0), ("Leo", 0)]


def test_a_lead_lets_an_agent_go_and_the_trail_says_who(any_store: Store, team: dict[str, int], now: datetime) -> None:
    with any_store.write() as session:
        gone, left = let_go(session, team["Ana"], team["Ben"], session.get_one(User, team["Lea"]), now)
        assert (gone.active, left.mentions) == (False, 1)
    with any_store.read() as session:
        assert session.scalars(select(Mention.assignee_id).where(Mention.status == "open")).one() == team["Ben"]
        assert (
            session.scalars(select(Activity.user_id).where(Activity.happened == Happened.USER_LEFT)).one()
            == team["Lea"]
        )


@pytest.mark.parametrize(
    ("lead", "user", "to", "why"),
    [
        ("Ben", "Ana", None, "Only a lead or an admin lets people go."),
        ("Lea", "Lea", None, "Nobody lets themselves go"),
        ("Ada", "Ada", None, "Nobody lets themselves go"),
        ("Lea", "Leo", None, "Only an admin lets a lead or an admin go."),
        ("Lea", "Ada", None, "Only an admin lets a lead or an admin go."),
        ("Lea", "Ana", "Ana", "Ana leaves or has left; choose somebody who stays."),
    ],
)
def test_who_may_not_is_told_why(
    any_store: Store, team: dict[str, int], now: datetime, lead: str, user: str, to: str | None, why: str
) -> None:
    with any_store.write() as session, pytest.raises(Refused, match=why):
        let_go(session, team[user], team[to] if to else None, session.get_one(User, team[lead]), now)
    with any_store.read() as session:
        assert session.get_one(User, team[user]).active


def test_who_left_is_let_go_once_and_gets_nothing(any_store: Store, team: dict[str, int], now: datetime) -> None:
    with any_store.write() as session:
        ada = session.get_one(User, team["Ada"])
        let_go(session, team["Leo"], None, ada, now)
        with pytest.raises(Refused, match="Leo has left already"):
            let_go(session, team["Leo"], None, ada, now)
        with pytest.raises(Refused, match="choose somebody who stays"):
            let_go(session, team["Ana"], team["Leo"], ada, now)
        with pytest.raises(NotFound):
            let_go(session, 999, None, ada, now)
