"""The abusive lane on both databases: the cap holds however somebody comes to a mention, and nobody is left alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from monitor import desk
from monitor.abusive import seconds, sparing
from monitor.abusive.cap import Share, lift_cap, share_of
from monitor.judging import correcting
from monitor.models import Activity, Mention, SecondPerson, User
from monitor.settings import Settings
from monitor.store import Store
from monitor.teamwork import assigning
from monitor.teamwork.memos import unread
from monitor.teamwork.team import ClaimSettings
from tests.factories import make_mention, make_user

HOUR = timedelta(hours=1)


@dataclass
class Lane:
    """Ana, Ben and the lead Lea; two abusive mentions a day are enough for anybody."""

    session: Session
    settings: Settings
    now: datetime
    ana: User
    ben: User
    lea: User
    vile: list[Mention] = field(default_factory=list)

    def claim(self, mention: Mention, user: User | None = None) -> Mention:
        return sparing.claim(self.session, mention.id, user or self.ana, self.settings, self.now)

    def share(self, user: User | None = None, after: timedelta = timedelta()) -> Share:
        return share_of(self.session, (user or self.ana).id, self.settings, self.now + after)


@pytest.fixture
def lane(any_store: Store, settings: Settings, now: datetime) -> Iterator[Lane]:
    capped = settings.model_copy(update={"claims": ClaimSettings(most_abusive=2, assign="round-robin")})
    with any_store.write() as session:
        people = make_user(session), make_user(session, "Ben"), make_user(session, "Lea", "lead")
        lane = Lane(session, capped, now, *people)
        lane.vile = [make_mention(session, "vile", abuse=True, urgency="urgent") for _ in range(4)]
        yield lane


def spend(lane: Lane) -> None:
    for mention in lane.vile[:2]:
        lane.claim(mention)


def test_a_claim_beyond_the_cap_is_refused_in_words_that_help(lane: Lane) -> None:
    spend(lane)
    assert lane.share() == Share(2, 2)
    with pytest.raises(desk.Refused, match="your share of abusive mentions today"):
        lane.claim(lane.vile[2])
    assert lane.claim(lane.vile[0]).assignee_id == lane.ana.id  # their own again is no new one
    assert lane.claim(make_mention(lane.session)).assignee_id == lane.ana.id  # upset is not abusive
    assert lane.claim(lane.vile[2], lane.ben).assignee_id == lane.ben.id


def test_whoever_was_first_reads_who_holds_it_rather_than_of_the_cap(lane: Lane) -> None:
    spend(lane)
    lane.claim(lane.vile[2], lane.ben)
    with pytest.raises(desk.AlreadyClaimed):
        lane.claim(lane.vile[2])


def test_giving_and_taking_over_respect_it_too(lane: Lane) -> None:
    spend(lane)
    with pytest.raises(desk.Refused, match="Ana had their share"):
        sparing.assign(lane.session, lane.vile[2].id, lane.lea, lane.ana, "", lane.settings, lane.now)
    lane.claim(lane.vile[2], lane.ben)
    with pytest.raises(desk.Refused, match="your share of abusive mentions today"):
        sparing.take_over(lane.session, lane.vile[2].id, lane.ana, "help", lane.settings, lane.now)


def test_next_passes_over_what_is_too_much_and_says_why_nothing_is_left(lane: Lane) -> None:
    late = make_mention(lane.session, "late", urgency="low")
    taken = [assigning.take_next(lane.session, lane.ana, lane.settings, lane.now) for _ in range(4)]
    assert [one and one.id for one in taken] == [lane.vile[0].id, lane.vile[1].id, late.id, None]
    assert "enough for one person" in assigning.why_nothing(lane.session, lane.ana, lane.settings, lane.now)
    for mention in lane.vile[2:]:
        mention.status = "resolved"
    lane.session.flush()
    assert assigning.why_nothing(lane.session, lane.ana, lane.settings, lane.now) == "Nothing waits unclaimed."


def test_by_turns_each_is_given_their_share_and_the_rest_waits(lane: Lane) -> None:
    people = [lane.ana.id, lane.ben.id]
    lane.vile.append(make_mention(lane.session, "vile", abuse=True, urgency="urgent"))
    assert assigning.assign_waiting(lane.session, lane.settings, people, lane.now) == 4
    assert (lane.share().taken, lane.share(lane.ben).taken) == (2, 2)
    assert assigning.assign_waiting(lane.session, lane.settings, people, lane.now) == 0


def test_handing_back_counts_as_having_had_it_and_a_new_day_begins_at_midnight(lane: Lane) -> None:
    spend(lane)
    desk.release(lane.session, lane.vile[0].id, lane.ana, lane.now)
    lane.session.flush()
    assert lane.share().spent
    assert lane.share(after=11 * HOUR).spent  # noon and eleven hours, in London's winter
    assert lane.share(after=12 * HOUR) == Share(0, 2)


def test_what_was_found_not_to_be_abusive_no_longer_counts(lane: Lane) -> None:
    spend(lane)
    correcting.relabel(lane.session, lane.vile[0].id, lane.ana, {"abuse": 0}, lane.settings.brand, lane.now)
    lane.session.flush()
    assert lane.share().taken == 1


def test_a_lead_lifts_it_for_today_with_a_reason(lane: Lane) -> None:
    spend(lane)
    with pytest.raises(desk.Refused, match="Only a lead"):
        lift_cap(lane.session, lane.ana, lane.ben, "please", lane.settings, lane.now)
    with pytest.raises(desk.Invalid, match="a reason"):
        lift_cap(lane.session, lane.ana, lane.lea, "", lane.settings, lane.now)
    for reason in ("she offered", "twice is no error"):
        lift_cap(lane.session, lane.ana, lane.lea, reason, lane.settings, lane.now)
    assert lane.claim(lane.vile[2]).assignee_id == lane.ana.id
    assert lane.share() == Share(3, 2, lifted=True)
    assert not lane.share(after=13 * HOUR).lifted
    assert lane.session.query(Activity).filter_by(happened="cap_lifted").count() == 2


def test_without_a_cap_anybody_takes_any_number(lane: Lane) -> None:
    lane.settings = lane.settings.model_copy(update={"claims": ClaimSettings(most_abusive="any")})
    for mention in lane.vile:
        lane.claim(mention)
    assert lane.share() == Share(4, None)


def test_many_claims_at_once_do_not_pass_the_cap(any_store: Store, settings: Settings, now: datetime) -> None:
    capped = settings.model_copy(update={"claims": ClaimSettings(most_abusive=2)})
    with any_store.write() as session:
        ana = make_user(session).id
        vile = [make_mention(session, "vile", abuse=True).id for _ in range(8)]

    def claim(mention_id: int) -> bool:
        try:
            with any_store.write() as session:
                sparing.claim(session, mention_id, session.get_one(User, ana), capped, now)
        except desk.Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as hands:
        assert sum(hands.map(claim, vile)) == 2
    with any_store.read() as session:
        assert share_of(session, ana, capped, now).taken == 2


def ask(lane: Lane, to: User | None = None) -> SecondPerson:
    return seconds.ask(lane.session, lane.vile[0].id, lane.ana, to, "", lane.now)


def told(lane: Lane, user: User) -> list[str]:
    lane.session.flush()
    return [memo.activity.happened for memo, _ in unread(lane.session, user.id)]


def test_everybody_is_asked_and_the_first_stands_by(lane: Lane) -> None:
    asked = ask(lane)
    assert (told(lane, lane.ben), told(lane, lane.lea)) == (["second_asked"], ["second_asked"])
    with pytest.raises(desk.Refused, match="asked for on this mention already"):
        ask(lane, lane.ben)
    with pytest.raises(desk.Refused, match="Somebody else"):
        seconds.accept(lane.session, asked.id, lane.ana, lane.now)
    seconds.accept(lane.session, asked.id, lane.ben, lane.now)
    with pytest.raises(desk.Refused, match="stands by them already"):
        seconds.accept(lane.session, asked.id, lane.lea, lane.now)
    assert told(lane, lane.ana) == ["second_accepted"]
    seconds.end(lane.session, asked.id, lane.ben, lane.now)
    assert told(lane, lane.ana) == ["second_ended", "second_accepted"]
    assert ask(lane, lane.ben).asked_id == lane.ben.id


def test_one_colleague_can_be_asked_and_it_ends_with_the_mention(lane: Lane) -> None:
    with pytest.raises(desk.Invalid, match="Choose a colleague"):
        ask(lane, lane.ana)
    asked = ask(lane, lane.ben)
    assert (told(lane, lane.ben), told(lane, lane.lea)) == (["second_asked"], [])
    assert seconds.end_with_mentions(lane.session, lane.now) == 0
    lane.vile[0].status = "resolved"
    lane.session.flush()
    assert seconds.end_with_mentions(lane.session, lane.now) == 1
    assert seconds.find(lane.session, asked.id).closed_at == lane.now
