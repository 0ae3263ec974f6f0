"""What is kept out of the queue: with a reason, for a time, and never the urgent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.collecting import hiding
from monitor.judging.triage import triage_batch
from monitor.models import Activity, Mention
from monitor.queries import QueueFilter, queue_page
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user
from tests.monitor.judges import PlainJudge

DAY = timedelta(days=1)


@pytest.fixture
def session(any_store: Store) -> Iterator[Session]:
    with any_store.write() as opened:
        yield opened


def shown(store: Store, now: datetime, hidden: bool | None = False) -> set[str]:
    with store.read() as session:
        return {mention.text for mention in queue_page(session, QueueFilter(hidden=hidden), now).mentions}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#a #b #c #d #e #f #g #h cheap flights", "it has 8 hashtags"),
        ("see https://a https://b https://c https://d", "it has 4 links"),
        ("Use my code FLY20 on @auroraair", "it says “Use my code”"),
        ("GIVEAWAY!! win a trip", "it says “GIVEAWAY”"),
        ("my promo code does not work on your site #help", ""),
        ("@auroraair lost my bag https://a.example #fail", ""),
        ("C# and #1 fan", ""),
    ],
)
def test_advertising_is_told_with_its_reason(text: str, reason: str) -> None:
    assert hiding.spam_reason(text) == reason


def test_advertising_is_hidden_and_kept_unless_it_matters(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        for text in ("low: giveaway!", "urgent: giveaway!", "high: giveaway!", "low: hello"):
            make_mention(session, text, urgency=None)
    triage_batch(store, PlainJudge(), settings, now)
    assert shown(store, now) == {"urgent: giveaway!", "high: giveaway!", "low: hello"}
    assert shown(store, now, hidden=True) == {"low: giveaway!"}


def test_a_mute_hides_what_is_there_and_what_comes_but_nothing_urgent(
    any_store: Store, settings: Settings, now: datetime
) -> None:
    with any_store.write() as session:
        ana = make_user(session)
        first = make_mention(session, "again the same joke")
        held = make_mention(session, "somebody is on it", author_id=first.author_id, assignee_id=ana.id)
        make_mention(session, "urgent: but now it burns", urgency="urgent", author_id=first.author_id)
        assert first.author_id is not None
        hiding.mute(session, first.author_id, ana, 7, "jokes every day", now)
        make_mention(session, "low: another joke", urgency=None, author_id=first.author_id)
        make_mention(session, "urgent: help", urgency=None, author_id=first.author_id)
    triage_batch(any_store, PlainJudge(), settings, now)
    assert shown(any_store, now) == {"somebody is on it", "urgent: but now it burns", "urgent: help"}
    assert shown(any_store, now, hidden=True) == {"again the same joke", "low: another joke"}
    with any_store.write() as session:
        assert hiding.end_mutes(session, now + 6 * DAY) == 0
        assert hiding.end_mutes(session, now + 7 * DAY) == 1
        assert session.get_one(Mention, held.id).hidden is None
    assert shown(any_store, now, hidden=True) == set()


def test_a_mute_needs_a_reason_and_an_end(session: Session, now: datetime) -> None:
    ana, author_id = make_user(session), make_mention(session).author_id
    assert author_id is not None
    with pytest.raises(desk.Invalid, match="a reason for muting"):
        hiding.mute(session, author_id, ana, 7, " ", now)
    for days in (0, -1, 91):
        with pytest.raises(desk.Invalid, match="1 to 90 days"):
            hiding.mute(session, author_id, ana, days, "jokes", now)
    with pytest.raises(desk.NotFound):
        hiding.mute(session, 999, ana, 7, "jokes", now)


def test_what_was_hidden_can_be_put_back_and_it_is_written_down(session: Session, now: datetime) -> None:
    ana, mention = make_user(session), make_mention(session, hidden="spam")
    hiding.show_again(session, mention.id, ana, now)
    hiding.show_again(session, mention.id, ana, now)
    session.flush()
    assert mention.hidden is None
    happened = select(Activity.happened).where(Activity.mention_id == mention.id)
    assert session.scalars(happened).all() == ["shown"]
