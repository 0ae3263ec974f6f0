"""Rows of the queue are drawn once for all who see the same, and anew for whoever does not."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import joinedload

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Mention
from monitor.search import read_terms
from monitor.store import Store
from monitor.translating import speaking
from monitor.translations import language
from tests.factories import make_mention, make_user
from web.board.rows import queue_row

NOBODY = 0


@pytest.fixture
def mention(store: Store) -> Mention:
    with store.write() as session:
        made = make_mention(session, "my bag is <b>lost</b>", urgency="high", posted_at=utcnow() - timedelta(hours=2))
    return read(store, made.id)


def read(store: Store, mention_id: int) -> Mention:
    loaded = [joinedload(one) for one in (Mention.author, Mention.assignee, Mention.brand, Mention.escalation)]
    with store.read() as session:
        return session.get_one(Mention, mention_id, options=loaded)


def test_readers_who_see_the_same_share_a_row(app: Flask, store: Store, mention: Mention) -> None:
    with app.test_request_context():
        drawn = queue_row(mention, {}, NOBODY)
        assert queue_row(read(store, mention.id), {}, 7) is drawn
        assert "&lt;b&gt;lost&lt;/b&gt;" in drawn
    with app.test_request_context():  # of somebody else, a moment later
        assert queue_row(mention, {}, 8) is drawn


def test_who_holds_it_sees_another_row(app: Flask, store: Store, mention: Mention) -> None:
    with store.write() as session:
        ana = make_user(session, "Ana")
        desk.claim(session, mention.id, ana, utcnow())
    held = read(store, mention.id)
    with app.test_request_context():
        own, others = queue_row(held, {}, ana.id), queue_row(held, {}, NOBODY)
        assert (">you<" in own, "held" in own) == (True, False)
        assert (">Ana<" in others, 'class="row held"' in others) == (True, True)
        assert queue_row(held, {}, ana.id + 1) is others


@pytest.mark.parametrize("change", [{"text": "found again"}, {"urgency": "urgent"}, {"status": "resolved"}])
def test_what_changed_is_drawn_anew(app: Flask, store: Store, mention: Mention, change: dict[str, str]) -> None:
    with app.test_request_context():
        before = queue_row(mention, {}, NOBODY)
        with store.write() as session:
            for name, value in change.items():
                setattr(session.get_one(Mention, mention.id), name, value)
        assert queue_row(read(store, mention.id), {}, NOBODY) != before


def test_links_finds_and_languages_make_other_rows(app: Flask, mention: Mention) -> None:
    with app.test_request_context():
        plain = queue_row(mention, {}, NOBODY)
        assert 'href="/mentions/' in plain
        assert "?q=bag" in queue_row(mention, {"q": "bag"}, NOBODY)
        assert "<mark>bag</mark>" in queue_row(mention, {}, NOBODY, read_terms("bag"))
        assert 'aria-current="true"' in queue_row(mention, {}, NOBODY, current=True)
        assert 'hx-swap-oob="true"' in queue_row(mention, {}, NOBODY, swapped=True)
        with speaking(language("de")):
            assert ">frei<" in queue_row(mention, {}, NOBODY).replace("\n", "")
        assert queue_row(mention, {}, NOBODY) is plain
