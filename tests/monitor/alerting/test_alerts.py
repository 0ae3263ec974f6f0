"""Who is alerted of what, and what an alert says."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from monitor.alerting.alerts import Moot, alert_urgent, digest_channels, fold_message, mention_message
from monitor.alerting.outbox import deliver_due
from monitor.models import Mention, Notification
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Status
from tests.factories import make_mention, make_user

MINUTE = timedelta(minutes=1)


def with_channels(settings: Settings, *channels: dict[str, Any]) -> Settings:
    return settings.model_copy(update={"channels": Settings(channel=list(channels)).channels})


def alerted(store: Store, settings: Settings, now: datetime, **fields: Any) -> list[str]:
    """The keys of the notifications that one mention of a minute ago makes."""
    with store.write() as session:
        mention = make_mention(session, **({"urgency": "urgent", "posted_at": now - MINUTE} | fields))
        alert_urgent(session, [mention.id], settings, now)
        keys = session.scalars(select(Notification.key).where(Notification.mention_id == mention.id))
        return sorted(key.replace(f":{mention.id}:", ":ID:") for key in keys)


def test_each_channel_is_told_of_what_it_asked_for(store: Store, settings: Settings, now: datetime) -> None:
    chosen = with_channels(
        settings,
        {"name": "all", "kind": "console"},
        {"name": "high", "kind": "console", "when": {"urgency": ["high", "urgent"]}},
        {"name": "rail", "kind": "console", "when": {"brand": ["Aurora Rail"]}},
        {"name": "none", "kind": "console", "when": {"urgency": []}},
    )
    assert alerted(store, chosen, now) == ["urgent:ID:all", "urgent:ID:high"]
    assert alerted(store, chosen, now, urgency="high") == ["high:ID:high"]
    assert alerted(store, chosen, now, brand="Aurora Rail") == ["urgent:ID:all", "urgent:ID:high", "urgent:ID:rail"]
    assert alerted(store, chosen, now, urgency="normal") == []
    assert alerted(store, chosen, now, urgency=None) == []


def test_without_any_channel_it_goes_to_the_terminal(
    store: Store, settings: Settings, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alerted(store, settings, now, text="Stranded\nat LHR", handle="dana") == ["urgent:ID:console"]
    assert deliver_due(store, settings, now, {}) == 1
    assert capsys.readouterr().err.startswith("Urgent: Dana R. (@dana) on X · Stranded at LHR · Why urgent")


@pytest.mark.parametrize(
    "fields",
    [
        {"posted_at": datetime.fromisoformat("2026-11-17T11:59:59+00:00")},
        {"status": Status.RESOLVED},
        {"status": Status.GONE},
    ],
)
def test_nobody_is_woken_for_what_is_old_or_over(
    store: Store, settings: Settings, now: datetime, fields: dict[str, Any]
) -> None:
    assert alerted(store, settings, now, **fields) == []


def test_a_mention_that_is_judged_again_alerts_once(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        ids = [make_mention(session, urgency="urgent", posted_at=now - MINUTE).id for _ in range(3)]
        told = [alert_urgent(session, chosen, settings, now) for chosen in (ids[:2], ids, ids, [])]
    assert told == [2, 1, 0, 0]


def test_an_alert_says_who_what_why_and_where(store: Store, settings: Settings, now: datetime) -> None:
    settings = settings.model_copy(update={"public_url": "https://desk.example"})
    with store.write() as session:
        mention = make_mention(
            session,
            text="They charged me twice\n\nand nobody answers",
            urgency="urgent",
            posted_at=now - 2 * MINUTE,
            handle="dana",
            source="reddit",
            assignee_id=make_user(session, "Ana").id,
            scores={"urgency": {"urgent": 0.912}},
            reasons={"words": [{"text": "charged me twice", "weight": 0.4}, {"text": "nobody", "weight": 0.1}]},
        )
        message = mention_message(session, mention.id, settings, now)
    assert message.title == "Urgent: Dana R. (@dana) on Reddit"
    assert message.quote == "They charged me twice\n\nand nobody answers"
    assert message.lines == ("Why urgent: 91% sure, because of “charged me twice”, “nobody”.",)
    assert dict(message.fields) == {
        "Brand": "Aurora Air",
        "Posted": "2 min ago",
        "Answer due": "in 13 min (Wed 12:13 GMT)",
        "About": "billing · negative",
        "Followers": "1,200",
        "Claimed by": "Ana",
    }
    assert [(link.label, link.url) for link in message.links] == [
        ("Open in mentiondesk", f"https://desk.example/mentions/{mention.id}"),
        ("See it on Reddit", mention.url),
    ]
    assert message.data["mention"]["link"] == f"https://desk.example/mentions/{mention.id}"


def test_an_alert_needs_neither_author_nor_text_nor_reasons(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        bare = {"author_id": None, "text": " ", "url": "", "need": "none", "sentiment": None, "source": "old-export"}
        mention = make_mention(session, urgency="urgent", posted_at=now, **bare)
        message = mention_message(session, mention.id, settings, now)
    assert (message.title, message.quote) == ("Urgent: somebody on old-export", "(no text)")
    assert message.lines == ("Why urgent: set by hand or by a rule.",)
    assert [link.label for link in message.links] == ["Open in mentiondesk"]


def test_an_edited_post_is_quoted_as_it_stands(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        mention = make_mention(session, text="first", urgency="urgent")
        session.get_one(Mention, mention.id).text = "second"
        session.flush()
        assert mention_message(session, mention.id, settings, now).quote == "second"


def test_a_mention_that_is_no_longer_kept_is_moot(store: Store, settings: Settings, now: datetime) -> None:
    with store.read() as session, pytest.raises(Moot, match="no longer kept"):
        mention_message(session, 99, settings, now)


def test_a_fold_leaves_out_what_is_over(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        kept = make_mention(session, urgency="urgent", text="kept")
        gone = make_mention(session, urgency="urgent", text="gone", status=Status.GONE)
        message = fold_message(session, [kept.id, gone.id], now - MINUTE, settings)
        assert message.title == "1 more urgent mention since 11:59 GMT"
        assert [item.label.endswith("kept") for item in message.items] == [True]
        with pytest.raises(Moot):
            fold_message(session, [gone.id], now, settings)


def test_a_fold_of_mixed_urgency_calls_them_pressing(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        ids = [make_mention(session, urgency=urgency).id for urgency in ("urgent", "high")]
        assert fold_message(session, ids, now, settings).title == "2 more pressing mentions since 12:00 GMT"


def test_accounts_go_to_the_addresses_and_to_channels_that_ask(settings: Settings) -> None:
    assert digest_channels(settings) == ()
    chosen = Settings(
        channel=[{"name": "duty", "kind": "slack"}, {"name": "team", "kind": "slack", "digest": True}],
        digest={"to": ["care@aurora.example"]},
    )
    assert [(each.name, each.kind) for each in digest_channels(chosen)] == [("digest", "email"), ("team", "slack")]
