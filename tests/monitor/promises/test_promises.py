"""What becomes of a promise: proposed with its reply, confirmed, changed, kept, broken, put away; on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk, promises
from monitor.models import Activity, Mention, Promise, Reply, User
from monitor.promises.commands import find
from monitor.queries import count_desk
from monitor.queries import promises as queries
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import PromiseState, ReplyState, Status
from tests.factories import make_mention, make_user

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """Ana, who holds one mention, and the session of a transaction."""

    session: Session
    settings: Settings
    ana: User
    mention: Mention
    now: datetime

    def reply(self, text: str, at: datetime | None = None) -> Reply:
        at = at or self.now
        return promises.log_reply(self.session, self.mention.id, self.ana, text, "", self.settings.brand, at)

    def promised(self) -> list[Promise]:
        return list(self.session.scalars(select(Promise).order_by(Promise.id)))

    def given(self) -> Promise:
        """One that is confirmed: due today at 17:00, in London."""
        self.reply("I'll get back to you by 5pm.")
        return promises.confirm(self.session, self.promised()[-1].id, self.ana, self.now)

    def happened(self) -> list[str]:
        self.session.flush()
        return list(self.session.scalars(select(Activity.happened).order_by(Activity.id)))[2:]


@pytest.fixture
def at_desk(any_store: Store, settings: Settings, now: datetime) -> Iterator[Desk]:
    with any_store.write() as session:
        ana, mention = make_user(session), make_mention(session)
        desk.claim(session, mention.id, ana, now)
        yield Desk(session, settings, ana, mention, now)


def test_what_a_reply_promises_is_stored_with_it(at_desk: Desk) -> None:
    reply = at_desk.reply("So sorry, Dana! We'll DM you. I'll get back to you by Thursday.")
    message, answer = at_desk.promised()
    assert (message.promised, message.due_at) == ("message", at_desk.now + 8 * HOUR)
    assert (answer.promised, answer.due_at) == ("answer", at_desk.now + 32 * HOUR)
    assert {(one.state, one.reply_id, one.user_id) for one in (message, answer)} == {
        ("proposed", reply.id, at_desk.ana.id)
    }
    assert reply.text[answer.begins : answer.ends] == answer.text == "I'll get back to you by Thursday"
    assert answer.rule == "“by Thursday”: when the desk closes that day"
    assert at_desk.happened() == ["replied", "promise_proposed", "promise_proposed"]


def test_a_reply_that_is_not_stored_proposes_nothing(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        ana, mention = make_user(session), make_mention(session)
    with pytest.raises(desk.Refused), store.write() as session:
        promises.log_reply(session, mention.id, ana, "We'll DM you.", "", settings.brand, now)
    with suppress(RuntimeError), store.write() as session:
        desk.claim(session, mention.id, session.get_one(User, ana.id), now)
        promises.log_reply(session, mention.id, session.get_one(User, ana.id), "We'll DM you.", "", settings.brand, now)
        assert session.query(Promise).count() == 1
        raise RuntimeError("the process ends here")
    with store.read() as session:
        assert (session.query(Reply).count(), session.query(Promise).count()) == (0, 0)


def test_an_old_answer_proposes_nothing_that_was_due_already(at_desk: Desk) -> None:
    for days in (9, 0):
        said = {
            "text": "We'll reply by tomorrow.",
            "state": ReplyState.SEEN,
            "created_at": at_desk.now - timedelta(days=days),
        }
        reply = Reply(mention_id=at_desk.mention.id, **said)
        at_desk.session.add(reply)
        at_desk.session.flush()
        promises.propose(at_desk.session, reply, at_desk.settings.brand("Aurora Air"), at_desk.now)
    (one,) = at_desk.promised()
    assert (one.user_id, one.due_at) == (None, at_desk.now + 32 * HOUR)


def test_it_is_confirmed_once_and_may_get_another_time(at_desk: Desk) -> None:
    at_desk.reply("We'll DM you. We'll refund you.")
    first, second = at_desk.promised()
    for _ in range(2):
        assert promises.confirm(at_desk.session, first.id, at_desk.ana, at_desk.now).state == PromiseState.OPEN
    later = at_desk.now + 3 * HOUR
    moved = promises.confirm(at_desk.session, second.id, at_desk.ana, at_desk.now, due_at=later)
    assert (moved.state, moved.due_at, moved.rule) == (PromiseState.OPEN, later, "set by hand")
    assert at_desk.happened()[-2:] == ["promised", "promised"]


def test_it_is_put_right_while_it_is_open(at_desk: Desk) -> None:
    one, later = at_desk.given(), at_desk.now + 30 * HOUR
    one.reminded_at = at_desk.now
    changed = promises.change(at_desk.session, one.id, at_desk.ana, "call Dana", later, at_desk.now)
    assert (changed.text, changed.due_at, changed.reminded_at) == ("call Dana", later, None)
    promises.change(at_desk.session, one.id, at_desk.ana, "call Dana", later, at_desk.now)
    assert at_desk.happened()[-2:] == ["promised", "promise_changed"]
    with pytest.raises(desk.Invalid, match="still to come"):
        promises.change(at_desk.session, one.id, at_desk.ana, "x", at_desk.now, at_desk.now)
    with pytest.raises(desk.Invalid, match="a year at most"):
        promises.change(at_desk.session, one.id, at_desk.ana, "x", at_desk.now + timedelta(days=999), at_desk.now)
    with pytest.raises(desk.Invalid, match="at most 500"):
        promises.change(at_desk.session, one.id, at_desk.ana, "x" * 501, later, at_desk.now)


def test_one_is_added_by_hand_and_its_words_say_when(at_desk: Desk) -> None:
    brand = at_desk.settings.brand("Aurora Air")
    by_words = promises.add(
        at_desk.session, at_desk.mention.id, at_desk.ana, "call her by Friday 9am", None, brand, at_desk.now
    )
    exact = at_desk.now + HOUR
    by_hand = promises.add(at_desk.session, at_desk.mention.id, at_desk.ana, "call her", exact, brand, at_desk.now)
    assert (by_words.due_at, by_words.state, by_words.promised) == (at_desk.now + 45 * HOUR, "open", "other")
    assert (by_hand.due_at, by_hand.rule, by_hand.reply_id) == (exact, "set by hand", None)
    with pytest.raises(desk.Invalid, match="what is promised"):
        promises.add(at_desk.session, at_desk.mention.id, at_desk.ana, " ", None, brand, at_desk.now)


def test_kept_links_the_answer_that_kept_it(at_desk: Desk) -> None:
    one = at_desk.given()
    later = at_desk.reply("As said: it is refunded.", at_desk.now + HOUR)
    kept = promises.keep(at_desk.session, one.id, at_desk.ana, at_desk.now + 2 * HOUR)
    assert (kept.state, kept.kept_by_id, kept.settled_by_id) == (PromiseState.KEPT, later.id, at_desk.ana.id)
    assert promises.keep(at_desk.session, one.id, at_desk.ana, at_desk.now + 3 * HOUR).settled_at == kept.settled_at
    assert at_desk.happened()[-2:] == ["replied", "promise_kept"]


def test_kept_without_a_public_answer_links_none(at_desk: Desk) -> None:
    one = at_desk.given()
    assert promises.keep(at_desk.session, one.id, at_desk.ana, at_desk.now + HOUR).kept_by_id is None
    assert one.state == PromiseState.KEPT


def test_too_late_is_made_good_but_stays_broken(at_desk: Desk) -> None:
    one, late = at_desk.given(), at_desk.now + 24 * HOUR
    at_desk.reply("Sorry that this took so long.", late)
    settled = promises.keep(at_desk.session, one.id, at_desk.ana, late)
    assert (settled.state, settled.settled_at) == (PromiseState.BROKEN, late)
    assert at_desk.happened()[-1] == "promise_made_good"


def test_an_answer_in_time_counts_also_when_it_is_pressed_later(at_desk: Desk) -> None:
    one = at_desk.given()
    in_time = at_desk.reply("It is refunded.", at_desk.now + HOUR)
    at_desk.reply("Anything else?", at_desk.now + 20 * HOUR)
    one.state = PromiseState.BROKEN
    at_desk.session.flush()
    kept = promises.keep(at_desk.session, one.id, at_desk.ana, at_desk.now + 21 * HOUR)
    assert (kept.state, kept.kept_by_id) == (PromiseState.KEPT, in_time.id)


def test_a_proposal_is_put_away_at_once_a_promise_only_with_a_reason(at_desk: Desk) -> None:
    at_desk.reply("We'll DM you.")
    (proposal,) = at_desk.promised()
    assert promises.dismiss(at_desk.session, proposal.id, at_desk.ana, "", at_desk.now).state == PromiseState.DISMISSED
    promises.dismiss(at_desk.session, proposal.id, at_desk.ana, "", at_desk.now)
    given = at_desk.given()
    with pytest.raises(desk.Invalid, match="a reason"):
        promises.dismiss(at_desk.session, given.id, at_desk.ana, " ", at_desk.now)
    given.state = PromiseState.BROKEN
    at_desk.session.flush()
    away = promises.dismiss(at_desk.session, given.id, at_desk.ana, "she wrote that it is solved", at_desk.now)
    assert (away.state, away.settled_at) == (PromiseState.BROKEN, at_desk.now)
    assert at_desk.happened().count("promise_dismissed") == 2


def test_what_is_settled_stays_settled(at_desk: Desk) -> None:
    one = at_desk.given()
    promises.keep(at_desk.session, one.id, at_desk.ana, at_desk.now)
    with pytest.raises(desk.Refused, match="kept already"):
        promises.dismiss(at_desk.session, one.id, at_desk.ana, "no", at_desk.now)
    with pytest.raises(desk.Refused, match="kept already"):
        promises.change(at_desk.session, one.id, at_desk.ana, "x", at_desk.now + HOUR, at_desk.now)
    with pytest.raises(desk.Refused, match="kept already"):
        promises.confirm(at_desk.session, one.id, at_desk.ana, at_desk.now)
    with pytest.raises(desk.NotFound):
        find(at_desk.session, 999)


def test_of_many_who_settle_it_at_once_one_does(any_store: Store, settings: Settings, now: datetime) -> None:
    with any_store.write() as session:
        people = [make_user(session, f"Person {number}").id for number in range(6)]
        mention, first = make_mention(session), session.get_one(User, people[0])
        brand = settings.brand("Aurora Air")
        one = promises.add(session, mention.id, first, "call her", now + HOUR, brand, now).id
    start = Barrier(len(people))

    def settle(user_id: int) -> None:
        start.wait()
        with suppress(desk.Refused), any_store.write() as session:  # to the slower it is "kept already"
            promises.keep(session, one, session.get_one(User, user_id), now)

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(settle, people))
    with any_store.read() as session:
        lines = session.scalars(select(Activity).where(Activity.happened == "promise_kept")).all()
        assert [line.user_id for line in lines] == [session.get_one(Promise, one).settled_by_id]


def test_the_views_show_whose_and_which(at_desk: Desk) -> None:
    session, now, ben = at_desk.session, at_desk.now, make_user(at_desk.session, "Ben")
    brand = at_desk.settings.brand("Aurora Air")
    mine = at_desk.given()
    outside = promises.add(session, at_desk.mention.id, ben, "outside", now + 2 * HOUR, brand, now)
    outside.user_id = None  # said outside the desk, on a mention that Ana holds
    bens = promises.add(session, make_mention(session).id, ben, "in a week", now + timedelta(days=7), brand, now)
    broken = promises.add(session, make_mention(session).id, ben, "broken", now + HOUR, brand, now)
    broken.state = PromiseState.BROKEN
    kept = promises.add(session, make_mention(session).id, ben, "kept", now + HOUR, brand, now)
    promises.keep(session, kept.id, ben, now)
    session.flush()

    def view(name: str) -> list[int]:
        return [one.id for one in queries.promises(session, name, at_desk.ana.id, now)]

    assert view("mine") == [outside.id, mine.id]
    assert view("team") == [broken.id, outside.id, mine.id, bens.id]
    assert view("soon") == [outside.id, mine.id]
    assert view("broken") == [broken.id]
    assert view("settled") == [kept.id]
    assert count_desk(session, ben.id, now).promises == queries.PromiseCounts(mine=2, broken=1)
    assert [one.id for one in queries.promises_by(session, ben.id)] == [broken.id, bens.id]
    assert at_desk.mention.author_id is not None
    to_dana = queries.promises_to_author(session, at_desk.mention.author_id)
    assert {one.id for one in to_dana} == {mine.id, outside.id}


def test_a_promise_outlives_the_resolving_of_its_mention(at_desk: Desk) -> None:
    one = at_desk.given()
    desk.resolve(at_desk.session, at_desk.mention.id, at_desk.ana, at_desk.now)
    assert at_desk.mention.status == Status.RESOLVED
    assert [left.id for left in queries.promises(at_desk.session, "mine", at_desk.ana.id, at_desk.now)] == [one.id]
