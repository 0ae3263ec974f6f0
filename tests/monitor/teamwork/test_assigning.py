"""Who works on what: the next one, by hand, by turns, and claims that nobody works on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.care.drafts import find_draft, forget_draft, save_draft
from monitor.care.meanwhile import Overtaken, refuse_overtaken
from monitor.hours import WorkingHours
from monitor.models import Activity, Mention, Reply, User
from monitor.once import is_spent, spend_key
from monitor.settings import Settings
from monitor.store import Store
from monitor.teamwork import memos
from monitor.teamwork.assigning import assign, assign_waiting, take_next
from monitor.teamwork.idle import mind_idle_claims, next_step
from monitor.teamwork.skills import suiting, suits
from monitor.teamwork.team import PersonSettings
from monitor.words import ReplyState
from tests.factories import make_mention, make_user


def set_claims(settings: Settings, people: list[dict[str, object]] | None = None, **claims: object) -> Settings:
    return Settings(brand=[settings.brands[0]], claims=claims, person=people or [])


def told(session: Session, user: User) -> list[str]:
    session.flush()
    return [memo.activity.happened for memo, _ in memos.unread(session, user.id)]


def test_next_gives_the_most_pressing_to_one_person_each(any_store: Store, settings: Settings, now: datetime) -> None:
    people, each = 6, 4
    with any_store.write() as session:
        users = [make_user(session, f"Person {number}") for number in range(people)]
        urgent = make_mention(session, urgency="urgent").id
        for _ in range(people * each - 2):
            make_mention(session)
        make_mention(session, hidden="spam")
    start = Barrier(people)

    def work(user: User) -> list[int]:
        start.wait()
        return [found for _ in range(each) if (found := take_one(any_store, user, settings, now))]

    with ThreadPoolExecutor(people) as pool:
        given = list(pool.map(work, users))
    everything = [one for found in given for one in found]
    assert len(everything) == len(set(everything)) == people * each - 1  # none twice, none left but what is hidden
    assert urgent in [found[0] for found in given if found]


def take_one(store: Store, user: User, settings: Settings, now: datetime) -> int | None:
    with store.write() as session:
        mention = take_next(session, user, settings, now)
        return mention.id if mention else None


def test_next_prefers_what_suits_but_leaves_nobody_waiting(store: Store, settings: Settings, now: datetime) -> None:
    skilled = set_claims(settings, [{"name": "ana", "needs": ["billing"], "sources": ["reddit"]}])
    with store.write() as session:
        ana = make_user(session, "Ana")
        other = make_mention(session, urgency="high", need="delivery", source="reddit").id
        fitting = make_mention(session, urgency="normal", need="billing", source="reddit").id
        urgent = make_mention(session, urgency="urgent", need="delivery").id
        taken = [take_next(session, ana, skilled, now) for _ in range(4)]
    assert [one.id if one else None for one in taken] == [urgent, fitting, other, None]


def test_the_two_ways_of_asking_whom_a_mention_suits_agree(any_store: Store) -> None:
    skills = PersonSettings(name="Ana", needs=["billing", "account"], languages=["en"])
    with any_store.write() as session:
        for urgency in ("urgent", "normal"):
            for need in ("billing", "praise", None):
                for lang in ("en", "de", None):
                    make_mention(session, urgency=urgency, need=need, lang=lang)
        asked = set(session.scalars(select(Mention.id).where(suiting(skills))))
        assert asked == {one.id for one in session.scalars(select(Mention)) if suits(one, skills)}
        assert len(asked) == 9 + 4


def test_assigning_by_hand_tells_whom_it_concerns(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, ben, lea = make_user(session, "Ana"), make_user(session, "Ben"), make_user(session, "Lea", "lead")
        mention = make_mention(session)
        assert assign(session, mention.id, ana, ben, "", now).assignee_id == ben.id
        with pytest.raises(desk.Refused, match="Ben holds this mention; only they or a lead"):
            assign(session, mention.id, ana, ana, "", now)
        with pytest.raises(desk.Invalid, match="Please give a reason"):
            assign(session, mention.id, lea, ana, " ", now)
        assign(session, mention.id, lea, ana, "Ben is at lunch", now)
        assert (told(session, ben), told(session, ana)) == (["assigned", "assigned"], ["assigned"])
        ben.active = False
        with pytest.raises(desk.Refused, match="Ben no longer works here"):
            assign(session, mention.id, ana, ben, "", now)


def test_taking_over_tells_the_former_holder_until_they_have_read_it(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, ben = make_user(session, "Ana"), make_user(session, "Ben")
        mention = make_mention(session)
        desk.claim(session, mention.id, ana, now)
        desk.take_over(session, mention.id, ben, "Ana is at lunch", now)
        session.flush()
        ((memo, about),) = memos.unread(session, ana.id)
        assert (memo.activity.data["reason"], about.id) == ("Ana is at lunch", mention.id)
        assert memos.is_told(session, ana.id, [memo.activity_id])
        assert not memos.is_told(session, ben.id, [memo.activity_id])
        memos.mark_read(session, memo.id, ben.id, now)
        assert told(session, ana) == ["taken_over"]
        memos.mark_read(session, memo.id, ana.id, now)
        assert told(session, ana) == []


@pytest.mark.parametrize(("way", "given"), [("round-robin", {1: 3, 2: 3}), ("least-loaded", {1: 1, 2: 5})])
def test_by_turns_and_to_whoever_holds_least(
    any_store: Store, settings: Settings, now: datetime, way: str, given: dict[int, int]
) -> None:
    chosen = set_claims(settings, assign=way)
    with any_store.write() as session:
        ana, ben = make_user(session, "Ana"), make_user(session, "Ben")
        for _ in range(4):
            desk.claim(session, make_mention(session).id, ana, now)
        waiting = [make_mention(session).id for _ in range(6)]
        assert assign_waiting(session, set_claims(settings), {ana.id, ben.id}, now) == 0  # by hand
        assert assign_waiting(session, chosen, set(), now) == 0  # nobody is here
        assert assign_waiting(session, chosen, {ana.id, ben.id}, now) == 6
        holders = list(session.scalars(select(Mention.assignee_id).where(Mention.id.in_(waiting))))
    assert {ana.id: holders.count(ana.id), ben.id: holders.count(ben.id)} == {ana.id: given[1], ben.id: given[2]}


def test_nobody_is_given_more_than_they_have_room_for(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        ana = make_user(session, "Ana")
        for _ in range(5):
            make_mention(session)
        assert assign_waiting(session, set_claims(settings, assign="round-robin", most=3), {ana.id}, now) == 3
        assert assign_waiting(session, set_claims(settings, assign="round-robin", most=3), {ana.id}, now) == 0


MINUTE = timedelta(minutes=1)


def test_the_steps_of_an_idle_claim(settings: Settings, now: datetime) -> None:
    hours, span, notice = settings.brands[0].working_hours, 120 * MINUTE, 15 * MINUTE

    def step(worked: datetime, warned: datetime | None, at: datetime) -> str | None:
        return next_step(worked, warned, span, notice, hours, at)

    assert step(now, None, now + 104 * MINUTE) is None
    assert step(now, None, now + 105 * MINUTE) == "warn"
    assert step(now, now + 105 * MINUTE, now + 119 * MINUTE) is None
    assert step(now, now + 105 * MINUTE, now + 120 * MINUTE) == "hand back"
    assert step(now, now + 500 * MINUTE, now + 510 * MINUTE) is None  # warned late: the notice still counts
    assert step(now + 110 * MINUTE, now + 105 * MINUTE, now + 130 * MINUTE) is None  # worked on since the warning
    evening = datetime(2026, 11, 18, 19, 30, tzinfo=UTC)  # the desk closes at 20:00
    assert step(evening, None, datetime(2026, 11, 19, 7, 0, tzinfo=UTC)) is None
    assert step(evening, None, datetime(2026, 11, 19, 9, 15, tzinfo=UTC)) == "warn"
    assert isinstance(hours, WorkingHours)


def test_idle_claims_are_warned_of_then_handed_back(any_store: Store, settings: Settings, now: datetime) -> None:
    with any_store.write() as session:
        ana = make_user(session, "Ana")
        idle, busy, answered, drafted = (make_mention(session) for _ in range(4))
        for mention in (idle, busy, answered, drafted):
            desk.claim(session, mention.id, ana, now)
        desk.log_reply(session, answered.id, ana, "On it.", "", now)

        def mind(minutes: int) -> tuple[int, list[int | None]]:
            session.flush()
            back = mind_idle_claims(session, settings, now + minutes * MINUTE)
            session.flush()
            holders = {
                one.id: one.assignee_id
                for one in session.scalars(select(Mention).execution_options(populate_existing=True))
            }
            return back, [holders[one.id] for one in (idle, busy, answered, drafted)]

        assert mind(60) == (0, [ana.id] * 4)
        desk.add_note(session, busy.id, ana, "Called them.", now + 100 * MINUTE)
        save_draft(session, drafted.id, ana.id, {"reply": "Hi"}, now + 100 * MINUTE)
        assert mind(106) == (0, [ana.id] * 4)
        assert told(session, ana) == ["idle_warned"]
        assert mind(107) == (0, [ana.id] * 4)
        assert told(session, ana) == ["idle_warned"]
        assert mind(122) == (1, [None, ana.id, ana.id, ana.id])
        assert told(session, ana) == ["handed_back", "idle_warned"]
        never = set_claims(settings, idle_after="never")
        assert mind_idle_claims(session, never, now + timedelta(days=9)) == 0


def test_drafts_are_kept_for_each_person_and_mention(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, ben, mention = make_user(session, "Ana"), make_user(session, "Ben"), make_mention(session)
        save_draft(session, mention.id, ana.id, {"reply": "Hi D", "url": "https://x"}, now)
        save_draft(session, mention.id, ana.id, {"reply": "Hi Dana,\x00 ", "unknown": "x"}, now + MINUTE)
        draft = find_draft(session, mention.id, ana.id)
        assert draft is not None
        session.refresh(draft)
        assert (draft.reply, draft.url, draft.note, draft.saved_at) == ("Hi Dana, ", "https://x", "", now + MINUTE)
        assert find_draft(session, mention.id, ben.id) is None
        forget_draft(session, mention.id, ana.id, "reply", "url")
        session.expire_all()
        assert find_draft(session, mention.id, ana.id) is None
        with pytest.raises(desk.Invalid, match="the desk keeps up to 20,000"):
            save_draft(session, mention.id, ana.id, {"note": "a" * 20_001}, now)
        with pytest.raises(desk.NotFound):
            save_draft(session, 999, ana.id, {"note": "a"}, now)


def test_what_was_just_sent_is_no_draft_when_it_comes_in_late(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, ben, mention = make_user(session, "Ana"), make_user(session, "Ben"), make_mention(session)
        for user, state in ((ana, ReplyState.LOGGED), (ben, ReplyState.REFUSED)):
            session.add(Reply(mention_id=mention.id, user_id=user.id, text="Hi Dana", state=state, created_at=now))
        session.flush()
        for user in (ana, ben):
            save_draft(session, mention.id, user.id, {"reply": "Hi Dana ", "note": "gate B"}, now)
        kept = [find_draft(session, mention.id, user.id) for user in (ana, ben)]
        assert [draft and (draft.reply, draft.note) for draft in kept] == [("", "gate B"), ("Hi Dana ", "gate B")]
        save_draft(session, mention.id, ana.id, {"reply": "Hi Dana, one more thing"}, now)
        session.expire_all()
        again = find_draft(session, mention.id, ana.id)
        assert again is not None
        assert again.reply == "Hi Dana, one more thing"


def test_a_key_is_spent_once_by_each_person(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        ana, ben = make_user(session, "Ana"), make_user(session, "Ben")
        assert not is_spent(session, ana.id, "abc")
        assert [spend_key(session, user.id, "abc", now) for user in (ana, ana, ben)] == [True, False, True]
        assert is_spent(session, ana.id, "abc")


def test_an_answer_is_held_up_by_what_it_could_not_know(store: Store, now: datetime) -> None:
    with store.write() as session:
        ana, ben, mention = make_user(session, "Ana"), make_user(session, "Ben"), make_mention(session)
        desk.claim(session, mention.id, ana, now)
        session.flush()
        seen = session.scalars(select(Activity.id).order_by(Activity.id.desc())).first() or 0
        desk.add_note(session, mention.id, ben, "A note holds nobody up.", now)
        desk.log_reply(session, mention.id, ana, "My own answer neither.", "", now)
        session.flush()
        refuse_overtaken(session, mention.id, seen, ana.id)
        desk.release(session, mention.id, ana, now)
        desk.claim(session, mention.id, ben, now)
        desk.log_reply(session, mention.id, ben, "Ben was quicker.", "", now)
        session.flush()
        with pytest.raises(Overtaken) as held:
            refuse_overtaken(session, mention.id, seen, ana.id)
        assert [line.happened for line in held.value.lines] == ["replied"]
