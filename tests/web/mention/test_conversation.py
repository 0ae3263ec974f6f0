"""The conversation on a mention's page: asked for by the page, shown when it has been read."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.models import Feed, Mention, ThreadPost
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention
from tests.web.forms import send


@pytest.fixture
def mention_id(store: Store, settings: Settings) -> int:
    """A mention of a feed whose platform has threads."""
    brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [{"name": "x", "source": "x", "query": "aurora"}]}
    with store.write() as session:
        sync_settings(session, Settings.model_validate({"brand": [brand]}), utcnow())
        feed_id = session.scalars(select(Feed.id)).one()
        return make_mention(session, "the bag is still lost", feed_id=feed_id, posted_at=utcnow()).id


def set_read(store: Store, mention_id: int, error: str = "") -> None:
    """What the clockwork leaves behind."""
    with store.write() as session:
        mention = session.get_one(Mention, mention_id)
        mention.thread_wanted_at, mention.thread_read_at, mention.thread_error = None, utcnow(), error


def test_the_page_asks_waits_and_shows_what_was_read(ana: FlaskClient, store: Store, mention_id: int) -> None:
    address = f"/mentions/{mention_id}/conversation"
    assert f'hx-post="{address}"' in ana.get(f"/mentions/{mention_id}").text
    assert "Reading the conversation" in send(ana, address).text
    with store.write() as session:
        assert session.get_one(Mention, mention_id).thread_wanted_at is not None
        hostile = "<script>window.hit=1</script> where is it?"
        earlier = utcnow() - timedelta(hours=1)
        session.add(ThreadPost(mention_id=mention_id, post_id="7", handle="dana", text=hostile, posted_at=earlier))
    set_read(store, mention_id)
    shown = ana.get(address).text
    assert "Conversation read" in shown
    assert "where is it?" in shown
    assert "<script>" not in shown
    assert "where is it?" in ana.get(f"/mentions/{mention_id}").text  # and without any script
    assert "Reading the conversation" not in send(ana, address).text  # it is fresh


def test_a_platform_that_failed_is_named(ana: FlaskClient, store: Store, mention_id: int) -> None:
    set_read(store, mention_id, "X does not answer.")
    assert "could not be read: X does not answer." in ana.get(f"/mentions/{mention_id}/conversation").text


def test_a_conversation_of_nothing_is_not_found(ana: FlaskClient) -> None:
    assert ana.get("/mentions/999/conversation").status_code == 404


def test_strangers_are_sent_to_sign_in(client: FlaskClient, mention_id: int) -> None:
    assert client.get(f"/mentions/{mention_id}/conversation").status_code == 303
