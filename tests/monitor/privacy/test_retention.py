"""What is past its time is forgotten, what is still to be done never is, and past weeks add up as before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.collecting.ingest import ingest_posts
from monitor.configuration import ConfigError, check
from monitor.digest.account import compute_digests
from monitor.digest.weeks import IsoWeek
from monitor.models import (
    Activity,
    Author,
    Brand,
    Deed,
    Draft,
    Embedding,
    Escalation,
    IdempotencyKey,
    Incident,
    IncidentLine,
    Memo,
    Mention,
    Note,
    Notification,
    Outcome,
    Promise,
    Reply,
    SecondPerson,
    SignInLink,
    ThreadPost,
)
from monitor.privacy.retention import BATCH, forget_due
from monitor.privacy.settings import RetentionSettings
from monitor.settings import Settings
from monitor.similar import Nearest
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention, make_post, make_user

RULES = RetentionSettings()
LONG_AGO = timedelta(days=800)
Row = Callable[[Mention, datetime], Any]


def closed(session: Session, now: datetime, **fields: Any) -> Mention:
    """A mention that was answered and closed long ago."""
    posted = now - LONG_AGO
    given = {"status": "resolved", "resolved_at": posted, "first_reply_at": posted + timedelta(minutes=9)}
    return make_mention(session, "my bag", posted_at=posted, **{**given, **fields})


def test_a_closed_mention_becomes_a_shell_and_is_not_collected_again(
    any_store: Store, settings: Settings, now: datetime
) -> None:
    with any_store.write() as session:
        old = closed(session, now)
        known, handle = old.root_post_id, session.get_one(Author, old.author_id).handle
        session.add(Embedding(mention_id=old.id, model="test", vector=b"12"))
        young = make_mention(session, "young", status="resolved", resolved_at=now - timedelta(days=700))
        waiting = make_mention(session, "open still", posted_at=now - LONG_AGO)
    assert forget_due(any_store, RULES, now) == {"mentions": 1}
    with any_store.read() as session:
        shell = session.get_one(Mention, old.id)
        assert (shell.status, shell.text, shell.author_id, shell.is_shell) == ("gone", "", None, True)
        assert (shell.urgency, shell.first_reply_at, shell.due_at) == (old.urgency, old.first_reply_at, old.due_at)
        assert [session.get_one(Mention, kept.id).text for kept in (young, waiting)] == ["young", "open still"]
        assert session.scalar(select(func.count(Embedding.mention_id))) == 0
        assert session.scalar(select(func.count(Author.id)).where(Author.handle == handle)) == 0
    with any_store.write() as session:
        brand = session.scalars(select(Brand)).one()
        again = make_post("my bag", id=known)
        assert ingest_posts(session, [again], brand, settings.brands[0], now).duplicates == 1
    assert forget_due(any_store, RULES, now) == {}


def test_past_weeks_add_up_as_before(any_store: Store, settings: Settings, now: datetime) -> None:
    week = IsoWeek.of((now - LONG_AGO).date())
    with any_store.write() as session:
        user = make_user(session)
        for number in range(6):
            old = closed(session, now, urgency=("high", "low")[number % 2])
            session.add(Reply(mention_id=old.id, user_id=user.id, text="Hi", created_at=old.posted_at))
            session.add(Outcome(mention_id=old.id, user_id=user.id, outcome="solved", created_at=old.posted_at))

    def account() -> dict[str, Any]:
        with any_store.read() as session:
            (digest,) = compute_digests(session, settings, week, now)
        return {name: value for name, value in digest.as_json().items() if name != "praise"}

    before = account()
    assert before["mentions"] == 6
    assert forget_due(any_store, RULES, now) == {"mentions": 6}
    assert account() == before


PENDING: dict[str, Row] = {
    "promise": lambda mention, now: Promise(
        mention_id=mention.id, promised="call", text="call", due_at=now, rule="", state="open", created_at=now
    ),
    "escalation": lambda mention, now: Escalation(
        mention_id=mention.id, user_id=1, reason="why", group="lead", created_at=now, step_at=now
    ),
    "second": lambda mention, now: SecondPerson(mention_id=mention.id, user_id=1, created_at=now),
    "doubt": lambda mention, now: Reply(mention_id=mention.id, text="Hi", state="unknown", created_at=now),
    "approval": lambda mention, now: Reply(mention_id=mention.id, text="Hi", state="asked", created_at=now),
}


@pytest.mark.parametrize("name", PENDING)
def test_what_is_still_to_be_done_is_never_forgotten(any_store: Store, now: datetime, name: str) -> None:
    with any_store.write() as session:
        make_user(session)
        old = closed(session, now)
        session.add(PENDING[name](old, now - LONG_AGO))
    assert "mentions" not in forget_due(any_store, RULES, now)
    with any_store.read() as session:
        assert session.get_one(Mention, old.id).text == "my bag"


def test_hidden_and_needless_ones_go_sooner_but_nothing_that_is_held(any_store: Store, now: datetime) -> None:
    then = now - timedelta(days=100)
    with any_store.write() as session:
        user = make_user(session)
        hidden = make_mention(session, "spam", hidden="spam", posted_at=then)
        held = make_mention(session, "held", hidden="spam", posted_at=then, assignee_id=user.id)
        lately = make_mention(session, "lately", hidden="spam", posted_at=now - timedelta(days=80))
        over: dict[str, Any] = {"status": "resolved", "resolved_at": then, "posted_at": then}
        needless = make_mention(session, "needless", **over)
        answered = make_mention(session, "answered", first_reply_at=then, **over)
        for one in (needless, answered):
            session.add(Outcome(mention_id=one.id, user_id=user.id, outcome="no_answer_needed", created_at=then))
    assert forget_due(any_store, RULES, now) == {"mentions": 2}
    with any_store.read() as session:
        texts = [session.get_one(Mention, one.id).text for one in (hidden, held, lately, needless, answered)]
    assert texts == ["", "held", "lately", "", "answered"]


def test_other_rows_go_when_their_time_is_over(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        make_user(session), make_user(session, "Ben")
        mention = make_mention(session, status="resolved", resolved_at=now)
        incident = Incident(brand_id=mention.brand_id, title="Belt", state="open", created_at=now)
        session.add(incident)
        for age in (timedelta(days=10), timedelta(days=1_200)):
            session.add_all(rows_of(mention, now - age))
            session.flush()
            line = record(session, Happened.CLAIMED, now - age, mention_id=mention.id)
            session.add(Memo(user_id=1, activity=line, read_at=now - age))
            session.flush()
            session.add(IncidentLine(incident_id=incident.id, activity_id=line.id))
        mention.thread_read_at = now - timedelta(days=31)
        record(session, Happened.CLAIMED, now - LONG_AGO * 2, mention_id=make_mention(session).id)  # of one that waits
    done = forget_due(any_store, RULES, now)
    assert done == {
        **dict.fromkeys(("alerts", "memos", "links", "drafts", "lines"), 1),
        **dict.fromkeys(("deeds", "answers"), 2),
        "conversations": 1,
    }
    with any_store.read() as session:
        for table in (Notification, SignInLink, Draft, Memo):
            assert session.scalar(select(func.count()).select_from(table)) == 1
        lines = session.scalars(select(Activity).where(Activity.happened == Happened.FORGOTTEN)).all()
        assert {line.data["what"]: line.data["number"] for line in lines} == done
        assert session.scalar(select(func.count()).select_from(IncidentLine)) == 1


def rows_of(mention: Mention, then: datetime) -> list[Any]:
    key, due = then.isoformat(), {"next_attempt_at": then, "created_at": then}
    other = {"request_hash": "", "status": 200, "body": {}, "created_at": then}
    return [
        Notification(key=key, channel="duty", kind="urgent", payload={}, state="sent", **due),
        SignInLink(token_hash=key, user_id=1, expires_at=then),
        Draft(user_id=1 if then.year > 2024 else 2, mention_id=mention.id, reply="Hi", saved_at=then),
        Deed(user_id=1, did="claim", at=then),
        IdempotencyKey(user_id=1, key=key, **other),
        ThreadPost(mention_id=mention.id, post_id=key, text="me too", posted_at=then),
    ]


def test_a_note_that_is_pinned_stays_as_long_as_its_author_writes(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        user = make_user(session)
        old = closed(session, now)
        young = make_mention(session, "again", author_id=old.author_id)
        for text, author_id in (("deaf", old.author_id), ("called them", None)):
            session.add(Note(mention_id=old.id, user_id=user.id, text=text, created_at=now, author_id=author_id))
    forget_due(any_store, RULES, now)
    with any_store.write() as session:
        assert session.scalars(select(Note.text)).all() == ["deaf"]
        last = session.get_one(Mention, young.id)
        last.status, last.resolved_at = "resolved", now - LONG_AGO
    forget_due(any_store, RULES, now)
    with any_store.read() as session:
        assert session.scalars(select(Note.text)).all() == []


def test_off_keeps_everything(any_store: Store, now: datetime) -> None:
    off = RetentionSettings.model_validate(dict.fromkeys(RetentionSettings.model_fields, "off"))
    with any_store.write() as session:
        closed(session, now, hidden="spam")
    assert forget_due(any_store, off, now) == {}


def test_a_round_ends_when_it_is_told_to_and_goes_on_later(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        for _ in range(BATCH + 3):
            closed(session, now)
    stopping = Event()
    stopping.set()
    assert forget_due(any_store, RULES, now, stopping) == {"mentions": BATCH}
    assert forget_due(any_store, RULES, now) == {"mentions": 3}


def test_what_was_compared_with_others_is_forgotten_there_too(store: Store, now: datetime) -> None:
    nearest = Nearest()
    with store.write() as session:
        old, young = closed(session, now), make_mention(session)
        session.add_all(Embedding(mention_id=one.id, model="test", vector=b"\x00<" * 4) for one in (old, young))
    with store.read() as session:
        assert [id_ for id_, _ in nearest.find(session, young, now, 5)] == [old.id]
    forget_due(store, RULES, now)
    with store.read() as session:
        assert nearest.find(session, young, now, 5) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"drafts": "5m"}, "for a day at least"),
        ({"drafts": "soon"}, "'soon' is not a duration"),
        ({"draft": "5d"}, "did you mean 'drafts'?"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(given: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        check({"retention": given}, "mentiondesk.toml")
    assert str(error.value).startswith("mentiondesk.toml: retention")
    with pytest.raises(ValidationError):
        RetentionSettings.model_validate(given)
