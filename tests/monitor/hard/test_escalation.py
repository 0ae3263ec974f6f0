"""Escalation on both databases: one at a time, one winner, each group called once for each step, killed or not."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.alerting.alerts import Moot
from monitor.alerting.outbox import deliver_due
from monitor.cli.doctor import describe_group
from monitor.configuration import ConfigError
from monitor.escalation import commands
from monitor.escalation.settings import GroupSettings, find_trouble
from monitor.escalation.telling import escalation_message
from monitor.escalation.watching import watch_escalations
from monitor.models import Activity, Escalation, Memo, Mention, Notification, User
from monitor.settings import Settings
from monitor.store import Store
from monitor.teamwork.memos import unread
from tests.factories import make_mention, make_user
from tests.platforms import Platforms

MINUTE = timedelta(minutes=1)
TEN = timedelta(minutes=10)


@pytest.fixture
def called(settings: Settings) -> Settings:
    """Legal, after whom the leads come; their channel, and the one where alerts go."""
    given = Settings(
        channel=[{"name": "duty", "kind": "slack"}, {"name": "law", "kind": "slack"}],
        group=[{"name": "legal", "members": ["Lou Legal"], "channel": "law", "within": "10m"}],
    )
    return settings.model_copy(update={"channels": given.channels, "groups": given.groups})


@dataclass
class Team:
    """Ana asks, Lou is legal, Lea leads."""

    store: Store
    settings: Settings
    now: datetime
    ids: dict[str, int] = field(default_factory=dict)

    def user(self, session: Session, name: str) -> User:
        return session.get_one(User, self.ids[name])

    def escalate(self, to: str = "legal", by: str = "Ana") -> int:
        with self.store.write() as session:
            given = (self.ids["mention"], self.user(session, by), to, "they name a judge", self.settings, self.now)
            return commands.escalate(session, *given).id

    def take_on(self, name: str) -> None:
        with self.store.write() as session:
            commands.take_on(session, self.ids["escalation"], self.user(session, name), self.settings, self.now)

    def watch(self, after: timedelta) -> int:
        with self.store.write() as session:
            return watch_escalations(session, self.settings, self.now + after)

    def told(self) -> list[tuple[str, str]]:
        """Which channels were called, for which step."""
        with self.store.read() as session:
            rows = session.scalars(select(Notification).order_by(Notification.id)).all()
            return [(row.channel, str(row.payload["step"])) for row in rows]

    def happened(self) -> list[str]:
        with self.store.read() as session:
            return list(session.scalars(select(Activity.happened).where(Activity.mention_id.is_not(None))))

    def memos(self, name: str) -> list[str]:
        with self.store.read() as session:
            return [memo.activity.happened for memo, _ in unread(session, self.ids[name])]

    def found(self) -> Escalation:
        with self.store.read() as session:
            return commands.find(session, self.ids["escalation"])


@pytest.fixture
def team(any_store: Store, called: Settings, now: datetime) -> Team:
    team = Team(any_store, called, now)
    with any_store.write() as session:
        for name, role in (("Ana", "agent"), ("Lou Legal", "agent"), ("Lea", "lead"), ("Ben", "agent")):
            team.ids[name] = make_user(session, name, role).id
        team.ids["mention"] = make_mention(session, "my solicitor <!channel>", name="Dana <b>").id
    team.ids["escalation"] = team.escalate()
    return team


def test_the_group_is_called_on_its_channel_and_on_its_members_boards(team: Team) -> None:
    assert team.told() == [("law", "0")]
    assert (team.memos("Lou Legal"), team.memos("Lea"), team.memos("Ana")) == (["escalated"], [], [])
    assert team.happened() == ["escalated"]
    assert team.found().further_at == team.now + TEN


def test_a_mention_is_before_one_group_at_a_time(team: Team) -> None:
    with pytest.raises(desk.Refused, match="before legal already"):
        team.escalate("lead")
    assert team.told() == [("law", "0")]


def test_what_nobody_takes_on_goes_further_once_and_then_no_further(team: Team) -> None:
    assert [team.watch(after) for after in (TEN - MINUTE, TEN, TEN + MINUTE, timedelta(days=9))] == [0, 1, 0, 0]
    found = team.found()
    assert (found.group, found.step, found.further_at) == ("lead", 1, None)
    assert team.told() == [("law", "0"), ("duty", "1"), ("law", "1")]  # leads are told wherever alerts go
    assert (team.memos("Lea"), team.memos("Lou Legal")) == (["escalated_further"], ["escalated"])
    with team.store.read() as session:
        line = session.scalars(select(Activity).where(Activity.happened == "escalated_further")).one()
        assert (line.data["from"], line.data["to"], line.user_id) == ("legal", "lead", None)


def test_two_clocks_pass_it_on_once(team: Team) -> None:
    with ThreadPoolExecutor(4) as clocks:
        passed = list(clocks.map(lambda _: team.watch(TEN), range(8)))
    assert sum(passed) == 1
    assert len(team.told()) == 3
    assert team.happened().count("escalated_further") == 1


def test_of_many_who_take_it_on_at_once_one_does(team: Team) -> None:
    def attempt(name: str) -> str:
        try:
            team.take_on(name)
        except desk.Refused as refusal:
            return str(refusal)
        return "taken"

    with ThreadPoolExecutor(2) as people:
        said = list(people.map(attempt, ["Lou Legal", "Lea"]))
    assert sorted(said)[1] == "taken"
    assert sorted(said)[0].endswith("has this already.")
    assert team.watch(TEN) == 0
    assert team.memos("Ana") == ["escalation_taken"]


def test_only_who_is_called_takes_it_on_and_never_who_asked(team: Team) -> None:
    with pytest.raises(desk.Refused, match="Somebody else"):
        team.take_on("Ana")
    with pytest.raises(desk.Refused, match="a member of a group"):
        team.take_on("Ben")
    team.take_on("Lou Legal")
    team.take_on("Lou Legal")  # a second time says no more
    assert team.happened() == ["escalated", "escalation_taken"]


def test_it_is_settled_with_what_was_decided_and_both_know(team: Team) -> None:
    team.take_on("Lou Legal")
    with team.store.write() as session:
        with pytest.raises(desk.Invalid, match="what was decided"):
            commands.settle(session, team.ids["escalation"], team.user(session, "Lea"), " ", team.now)
        with pytest.raises(desk.Refused, match="can settle this"):
            commands.settle(session, team.ids["escalation"], team.user(session, "Ben"), "no", team.now)
        commands.settle(session, team.ids["escalation"], team.user(session, "Lea"), "We refund.", team.now)
        with pytest.raises(desk.Refused, match="settled already"):
            commands.settle(session, team.ids["escalation"], team.user(session, "Lea"), "Again.", team.now)
    assert (team.memos("Ana")[0], team.memos("Lou Legal")[0]) == ("escalation_settled", "escalation_settled")
    assert team.escalate("lead") != team.ids["escalation"]  # and it can be escalated anew


@pytest.mark.parametrize(("status", "why"), [("resolved", "resolved"), ("gone", "deleted")])
def test_it_ends_with_its_mention(team: Team, status: str, why: str) -> None:
    with team.store.write() as session:
        session.get_one(Mention, team.ids["mention"]).status = status
    assert [team.watch(TEN), team.watch(TEN)] == [1, 0]
    found = team.found()
    assert why in found.answer
    assert (found.group, found.closed_by_id) == ("legal", None)


def test_what_is_not_stored_called_nobody(team: Team) -> None:
    """Killed in the middle of a step, the next look does all of it; killed after it, nothing again."""

    def watch_and_die() -> None:
        with team.store.write() as session:
            assert watch_escalations(session, team.settings, team.now + TEN) == 1
            raise RuntimeError("the process ends here")

    with pytest.raises(RuntimeError):
        watch_and_die()
    assert (team.told(), team.found().step) == ([("law", "0")], 0)
    assert [team.watch(TEN), team.watch(TEN)] == [1, 0]
    assert len(team.told()) == 3


def test_a_group_that_left_the_configuration_is_followed_by_the_leads(team: Team) -> None:
    team.settings = team.settings.model_copy(update={"groups": ()})
    assert team.watch(TEN) == 1
    assert team.found().group == "lead"


def test_the_message_says_who_asks_and_why_and_is_moot_once_somebody_has_it(team: Team, platforms: Platforms) -> None:
    with team.store.read() as session:
        message = escalation_message(
            session, {"escalation": team.ids["escalation"], "step": 0}, team.settings, team.now + MINUTE
        )
    assert message.title == "Escalated to legal: Dana <b> (@" + message.title.split("(@")[1]
    assert message.lines[0] == "Ana: they name a judge"
    assert message.quote == "my solicitor <!channel>"
    team.take_on("Lou Legal")
    with team.store.read() as session, pytest.raises(Moot, match="took it on"):
        escalation_message(session, {"escalation": team.ids["escalation"], "step": 0}, team.settings, team.now)


def test_slack_is_called_through_the_outbox_and_what_attacks_people_stays_folded(
    team: Team, platforms: Platforms
) -> None:
    with team.store.write() as session:
        session.get_one(Mention, team.ids["mention"]).abuse = True
    environment = {"MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url}
    assert deliver_due(team.store, team.settings, team.now, environment) == 1
    (message,) = platforms.slack.messages
    assert message.text.startswith("Escalated to legal: Dana &lt;b&gt;")
    assert "solicitor" not in str(message.blocks)
    assert "they name a judge" in str(message.blocks)


def test_it_is_not_folded_into_a_storm_of_alerts(team: Team, platforms: Platforms) -> None:
    with team.store.write() as session:
        for number in range(30):
            other = make_mention(session, urgency="urgent", posted_at=team.now)
            kept = {"channel": "law", "kind": "urgent", "payload": {}, "next_attempt_at": team.now}
            session.add(Notification(key=f"k{number}", mention_id=other.id, created_at=team.now, **kept))
    environment = {"MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url}
    for second in range(120):
        deliver_due(team.store, team.settings, team.now + timedelta(seconds=second), environment)
    titles = [message.text for message in platforms.slack.messages]
    assert sum(title.startswith("Escalated to legal") for title in titles) == 1
    assert any("more urgent mentions" in title for title in titles)


def test_a_reason_and_a_group_are_needed(team: Team) -> None:
    with team.store.write() as session:
        ana = team.user(session, "Ana")
        with pytest.raises(desk.Invalid, match="a reason for escalating"):
            commands.escalate(session, team.ids["mention"], ana, "legal", " ", team.settings, team.now)
        with pytest.raises(desk.Invalid, match="no group 'law'; choose from lead, legal"):
            commands.escalate(session, team.ids["mention"], ana, "law", "x", team.settings, team.now)


def test_a_name_that_nobody_has_calls_nobody_and_the_channel_is_still_told(team: Team) -> None:
    group = GroupSettings(name="legal", members=("Nobody Here",), channel="law")
    team.settings = team.settings.model_copy(update={"groups": (group,)})
    with team.store.write() as session:
        lea = team.user(session, "Lea")
        commands.settle(session, team.ids["escalation"], lea, "no", team.now)
        before = session.query(Memo).count()
    team.escalate("legal")
    with team.store.read() as session:
        assert session.query(Memo).count() == before
    assert team.told()[-1] == ("law", "0")


@pytest.mark.parametrize(
    ("groups", "wrong"),
    [
        ([{"name": "legal"}], "needs `members`"),
        ([{"name": "nobody", "members": ["A"]}], "cannot be named"),
        ([{"name": "legal", "members": ["A"], "channel": "gone"}], "that is not there"),
        ([{"name": "legal", "members": ["A"], "then": "press"}], "which is no group"),
        ([{"name": "a", "members": ["A"], "then": "b"}, {"name": "b", "members": ["B"], "then": "a"}], "after itself"),
        ([{"name": "legal", "members": ["A"], "then": "nobody"}], ""),
        ([{"name": "lead", "within": "5m"}, {"name": "legal", "members": ["A"]}], ""),
    ],
)
def test_a_group_that_cannot_be_is_refused_in_one_sentence(groups: list[dict[str, object]], wrong: str) -> None:
    found = find_trouble([GroupSettings.model_validate(group) for group in groups], {"duty"})
    assert wrong in found
    assert bool(wrong) == bool(found)


def test_doctor_says_whom_a_group_calls_and_which_name_nobody_has(team: Team) -> None:
    def describe(*members: str) -> str:
        return describe_group(team.store, GroupSettings(name="legal", members=members))

    assert describe("lou legal") == "calls Lou Legal, and lead after 15 min"
    with pytest.raises(ConfigError, match="nobody who works here is called Lou Lawyer"):
        describe("Lou Legal", "Lou Lawyer")
