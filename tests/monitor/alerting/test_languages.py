"""What leaves the desk is written in the language of its reader: the channel's, or else the brand's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from monitor.alerting.outbox import deliver_due, message_for
from monitor.alerting.spoken import find_brand, language_for
from monitor.channels.email import compose
from monitor.collecting.blindness import FEED
from monitor.models import Brand, Feed, Notification
from monitor.settings import Settings
from monitor.store import Store
from monitor.translating import language_code, speaking
from monitor.translations import language
from tests.factories import make_mention

GERMAN = {"name": "Nordbahn", "language": "de", "timezone": "Europe/Berlin"}
MINUTE = timedelta(minutes=1)


def desk(*channels: dict[str, Any]) -> Settings:
    return Settings.model_validate({"brand": [GERMAN, {"name": "Aurora Air"}], "channel": channels})


def note(store: Store, now: datetime, channel: str = "duty", brand: str = "Nordbahn", **fields: Any) -> None:
    """Queue an alert for one channel."""
    with store.write() as session:
        mention = make_mention(session, brand=brand, urgency="urgent", posted_at=now - 2 * MINUTE, **fields)
        key = f"urgent:{mention.id}:{channel}"
        row = {"key": key, "channel": channel, "kind": "urgent", "mention_id": mention.id, "payload": {}}
        session.add(Notification(**row, next_attempt_at=now, created_at=now))


@pytest.mark.parametrize(
    ("channel", "brand", "spoken"),
    [
        ({}, "Nordbahn", "de"),
        ({}, "Aurora Air", "en"),
        ({}, "Only imported", "en"),
        ({"language": "en"}, "Nordbahn", "en"),
        ({"language": "de"}, "Aurora Air", "de"),
    ],
)
def test_a_channel_hears_its_own_language_or_else_the_brands(
    any_store: Store, now: datetime, channel: dict[str, Any], brand: str, spoken: str
) -> None:
    settings = desk({"name": "duty", "kind": "console", **channel})
    note(any_store, now, brand=brand)
    with any_store.read() as session:
        row = session.scalars(select(Notification)).one()
        assert language_for(session, row, settings.channels[0], settings).code == spoken


def test_every_kind_of_notification_knows_its_brand(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        mention = make_mention(session, brand="Nordbahn", urgency="urgent")
        feed = Feed(brand_id=mention.brand_id, name="x", source="x", next_poll_at=now, state_since=now)
        session.add(feed)
        session.flush()
        about = [{"brand_id": mention.brand_id}, {"feed_id": feed.id, "what": "blind"}, {"mentions": [mention.id]}]
        assert [find_brand(session, Notification(payload=one)) for one in about] == ["Nordbahn"] * 3
        assert find_brand(session, Notification(payload={}, mention_id=mention.id)) == "Nordbahn"
        assert find_brand(session, Notification(payload={"brand_id": 99})) is None


def test_an_alert_is_written_in_german(store: Store, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    note(store, now, text="Der Zug fährt nicht", scores={"urgency": {"urgent": 0.91}}, handle="dana")
    assert deliver_due(store, desk({"name": "duty", "kind": "console"}), now, {}) == 1
    assert capsys.readouterr().err.startswith("Dringend: Dana R. (@dana) auf X · Der Zug fährt nicht · Warum dringend")
    assert language_code() == "en"


def test_numbers_times_and_reasons_are_written_as_germans_write_them(store: Store, now: datetime) -> None:
    lifted = {"lifts": True, "evidence": "3 posts in 36 h, none answered"}
    note(store, now, scores={"urgency": {"high": 0.91}}, lifted_to="urgent", signals=[lifted])
    with store.read() as session, speaking(language("de")):
        row = session.scalars(select(Notification)).one()
        message = message_for(session, row, desk(), now)
    said = dict(message.fields)
    assert (said["Geschrieben"], said["Follower"]) == ("vor 2 Min.", "1.200")
    assert "3 Beiträge in 36 Std., keiner beantwortet" in message.lines[0]
    letter = compose(message, "key", "desk@nordbahn.example", ["team@nordbahn.example"])
    page = letter.get_body(("html",))
    assert letter["Content-Language"] == "de"
    assert page is not None
    assert '<html lang="de">' in page.get_content()


def test_a_blind_feed_is_told_of_with_its_reason_in_german(store: Store, now: datetime) -> None:
    with store.write() as session:
        brand = Brand(name="Nordbahn", created_at=now)
        session.add(brand)
        session.flush()
        since = {"state": "refused", "state_since": now - 20 * MINUTE, "state_reason": "X refused our key."}
        feed = Feed(brand_id=brand.id, name="suche", source="x", next_poll_at=now, **since)
        session.add(feed)
        session.flush()
        row = Notification(kind=FEED, payload={"feed_id": feed.id, "what": "blind"})
        with speaking(language("de")):
            message = message_for(session, row, desk(), now)
    assert message.title == "suche (Nordbahn) kann nicht lesen"
    assert message.lines[0].endswith("Das ist seit 20 Min. so; nichts Gespeichertes geht verloren.")
