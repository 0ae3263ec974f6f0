"""What attacks people stays on the desk: every channel is told who, why and where, and none the words."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from monitor.alerting.alerts import fold_message, mention_message
from monitor.channels.base import Message
from monitor.channels.email import compose
from monitor.channels.slack import layout
from monitor.channels.webhook import as_json
from monitor.models import Mention
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention

WORDS = "You retarded cow, I hope your call centre burns"
SENT = {
    "slack": lambda message: json.dumps(layout(message), ensure_ascii=False),
    "mail": lambda message: "".join(str(part.get_content()) for part in letter(message).iter_parts()),
    "webhook": lambda message: json.dumps(as_json(message, "key"), ensure_ascii=False),
    "terminal": lambda message: message.as_text(),
}


def letter(message: Message) -> Any:
    return compose(message, "key", "desk@aurora.example", ["care@aurora.example"])


def attacking(session: Session, **fields: Any) -> Mention:
    reasons = {"words": [{"text": "burns", "weight": 0.4}, {"text": "retarded", "weight": 0.1}]}
    given = {"text": WORDS, "urgency": "urgent", "abuse": True, "name": "Bitch Slayer", "reasons": reasons}
    return make_mention(session, **{**given, **fields})


@pytest.mark.parametrize("channel", SENT)
def test_an_alert_leaves_the_words_on_the_desk(store: Store, settings: Settings, now: datetime, channel: str) -> None:
    with store.write() as session:
        mention = attacking(session, handle="sam")
        sent = SENT[channel](mention_message(session, mention.id, settings, now))
    assert "call centre" not in sent
    assert "etarded" not in sent
    assert "B•••• Slayer (@sam)" in sent
    assert "because of “burns”, “r•••••••”" in sent
    assert "Abusive: open the desk to read the words." in sent
    assert f"/mentions/{mention.id}" in sent


@pytest.mark.parametrize("channel", SENT)
def test_so_does_one_message_for_many(store: Store, settings: Settings, now: datetime, channel: str) -> None:
    with store.write() as session:
        ids = [attacking(session).id, make_mention(session, text="Stranded, you twats", urgency="urgent").id]
        sent = SENT[channel](fold_message(session, ids, now - timedelta(minutes=1), settings))
    assert "call centre" not in sent
    assert "Stranded, you t••••" in sent


def test_a_program_is_told_that_there_is_more_to_read(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        mentions = [attacking(session), make_mention(session, text="Stranded", urgency="urgent")]
        told = [mention_message(session, one.id, settings, now).data["mention"] for one in mentions]
    assert [(one["abuse"], one["text"]) for one in told] == [(True, None), (False, "Stranded")]


def test_what_a_person_finds_not_to_be_abusive_is_quoted(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        mention = attacking(session, abuse=False)
        assert mention_message(session, mention.id, settings, now).quote == WORDS.replace("retarded", "r•••••••")
