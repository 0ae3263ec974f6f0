"""A mention's page: what it shows, and what people do there."""

import html as entities
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Edition, Mention, Notification, User
from monitor.store import Store
from tests.factories import make_mention
from tests.web.counting import count_statements
from tests.web.forms import HTMX, act, send

Named = Callable[[str], User]


def stored(store: Store, mention_id: int) -> Mention:
    with store.read() as session:
        return session.get_one(Mention, mention_id)


def page(browser: FlaskClient, mention_id: int) -> str:
    """What a reader sees of it, with entities read."""
    return entities.unescape(browser.get(f"/mentions/{mention_id}").text)


def test_claim_reply_and_resolve_without_javascript(
    ana: FlaskClient, store: Store, mention_id: int, user_named: Named
) -> None:
    answer = act(ana, mention_id, "claim")
    assert (answer.status_code, answer.location) == (303, f"/mentions/{mention_id}")
    assert "Claimed." in page(ana, mention_id)
    assert stored(store, mention_id).assignee_id == user_named("Ana").id
    act(ana, mention_id, "replies", reply="We refunded one of the two.", url="https://x.example/us/1", then="resolve")
    assert stored(store, mention_id).status == "resolved"
    html = page(ana, mention_id)
    for said in (
        "We refunded one of the two.",
        "https://x.example/us/1",
        "Ana logged a public reply.",
        "Ana resolved it.",
    ):
        assert said in html


def test_the_queue_one_came_from_is_kept(ana: FlaskClient, mention_id: int) -> None:
    answer = send(ana, f"/mentions/{mention_id}/claim?urgency=urgent")
    assert answer.location == f"/mentions/{mention_id}?urgency=urgent"
    assert '<a class="back" href="/?urgency=urgent">' in ana.get(answer.location).text


def test_a_second_tab_is_told_who_holds_it_and_since_when(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    answer = act(ben, mention_id, "claim")
    assert answer.status_code == 409
    assert "Ana claimed this" in answer.text
    assert "ago. Nothing of yours is lost." in answer.text or "just now" in answer.text


def test_htmx_gets_the_mention_and_its_row_alone(ana: FlaskClient, mention_id: int) -> None:
    answer = act(ana, mention_id, "claim", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert f'<li id="row-{mention_id}"' in answer.text
    assert 'id="side" hx-swap-oob="true"' in answer.text


def test_a_refused_reply_keeps_what_was_typed(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    act(ben, mention_id, "take-over", reason="Ana is off today")
    answer = act(ana, mention_id, "replies", reply="Half an hour of careful words", url="https://x.example/1")
    assert answer.status_code == 409
    assert "Ben holds this mention; take it over to reply." in answer.text
    assert ">Half an hour of careful words</textarea>" in answer.text
    assert 'value="https://x.example/1"' in answer.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "x.com/1", "https://a b"])
def test_an_unusable_address_is_refused_and_nothing_is_lost(
    ana: FlaskClient, store: Store, mention_id: int, address: str
) -> None:
    act(ana, mention_id, "claim")
    answer = act(ana, mention_id, "replies", reply="Careful words", url=address)
    assert answer.status_code == 400
    assert "The address of the reply must begin with https:// or http://." in answer.text
    assert "Careful words" in answer.text
    assert stored(store, mention_id).first_reply_at is None


def test_replying_needs_the_claim(ana: FlaskClient, mention_id: int) -> None:
    assert "Claim it to reply" in page(ana, mention_id)
    answer = act(ana, mention_id, "replies", reply="Too quick")
    assert answer.status_code == 409
    assert "Claim this mention before replying" in answer.text


def test_taking_over_needs_a_reason_that_both_can_read(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    assert act(ben, mention_id, "take-over", reason="  ").status_code == 400
    act(ben, mention_id, "take-over", reason="Ana is off today")
    assert "Ben took this over from Ana: “Ana is off today”." in page(ana, mention_id)


def test_release_hands_it_back(ana: FlaskClient, ben: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    assert act(ben, mention_id, "release").status_code == 409
    act(ana, mention_id, "release")
    assert stored(store, mention_id).assignee_id is None


def test_notes_are_for_colleagues(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "notes", note="Called the gate.\nThey wait.")
    assert "Called the gate.\nThey wait." in page(ben, mention_id)
    assert act(ana, mention_id, "notes", note=" ").status_code == 400


def test_snooze_and_wake(ana: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "snooze", until="hour")
    asleep = stored(store, mention_id)
    assert asleep.status == "snoozed"
    assert asleep.snoozed_until is not None
    assert timedelta(minutes=59) < asleep.snoozed_until - utcnow() <= timedelta(hours=1)
    act(ana, mention_id, "reopen")
    assert stored(store, mention_id).status == "open"
    assert act(ana, mention_id, "snooze", until="at", at="2020-01-01T00:00").status_code == 400


def test_resolving_with_a_reason_and_reopening(ana: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "resolve", reason="spam")
    assert "Ana resolved it: “spam”." in page(ana, mention_id)
    act(ana, mention_id, "reopen")
    assert stored(store, mention_id).status == "open"


def test_correcting_the_label_moves_the_due_time(ana: FlaskClient, store: Store, mention_id: int) -> None:
    before = stored(store, mention_id).due_at
    act(ana, mention_id, "labels", urgency="high", need="billing", sentiment="", abuse="1")
    after = stored(store, mention_id)
    assert (after.urgency, after.sentiment, after.abuse) == ("high", "negative", True)
    assert after.due_at is not None
    assert after.due_at != before
    assert "Ana corrected urgency from urgent to high." in page(ana, mention_id)
    assert act(ana, mention_id, "labels", urgency="loud").status_code == 400


def test_the_judgement_explains_itself(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        found = make_mention(
            session,
            "charged twice today",
            urgency="urgent",
            posted_at=utcnow(),
            scores={"urgency": {"urgent": 0.914, "high": 0.08}, "need": {"billing": 0.7}},
            reasons={"words": [{"start": 8, "end": 13, "text": "twice", "weight": 0.3}], "doubts": ["Very short."]},
            model="mini 3",
        ).id
    html = page(ana, found)
    for said in ("charged <mark>twice</mark> today", ".91", "Very short.", "mini 3", "urgent counts round the clock"):
        assert said in html
    assert '<tr class="chosen-bar"><th scope="row">urgent</th>' in ana.get(f"/mentions/{found}").text


@pytest.mark.parametrize(
    "spoilt", [{"scores": {"urgency": "high"}}, {"reasons": {"words": 7, "doubts": {}}}, {"scores": {}}]
)
def test_a_judgement_in_another_shape_does_no_harm(ana: FlaskClient, store: Store, spoilt: dict[str, object]) -> None:
    with store.write() as session:
        found = make_mention(session, **spoilt).id
    assert ana.get(f"/mentions/{found}").status_code == 200


def test_thread_history_editions_and_alerts_are_shown(ana: FlaskClient, store: Store, user_named: Named) -> None:
    now = utcnow()
    with store.write() as session:
        first = make_mention(session, "the first post", posted_at=now - timedelta(hours=5))
        second = make_mention(
            session, "the second post", posted_at=now, in_reply_to=first.root_post_id, author_id=first.author_id
        )
        session.add(Edition(mention_id=second.id, post_id="1", text="what it said before", replaced_at=now))
        alert = {
            "key": "a",
            "channel": "duty",
            "kind": "urgent",
            "payload": {},
            "next_attempt_at": now,
            "created_at": now,
        }
        session.add(Notification(mention_id=second.id, state="failed", error="channel_not_found", **alert))
        desk.claim(session, second.id, session.merge(user_named("Ana")), now)
    html = page(ana, second.id)
    for said in (
        "the first post",
        "what it said before",
        "Could not be sent to",
        "duty",
        "channel_not_found",
        "2nd mention",
        "Ana claimed this.",
    ):
        assert said in html


def test_long_words_are_folded_until_asked_for(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        found = make_mention(session, "word " * 200_000).id
    short = ana.get(f"/mentions/{found}").text
    assert len(short) < 60_000
    assert "Show all 1,000,000 characters" in short
    assert len(ana.get(f"/mentions/{found}?full=1").text) > 1_000_000


def test_hostile_words_stay_words(ana: FlaskClient, store: Store) -> None:
    script = '<script>window.hit=1</script><img src=x onerror="window.hit=1">'
    with store.write() as session:
        found = make_mention(session, script, name=script, handle=script[:60], url="https://x.example/'\"><script>").id
        desk.add_note(session, found, session.query(User).one(), script, utcnow())
    html = ana.get(f"/mentions/{found}").text
    assert "<script>window" not in html
    assert "<img" not in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_what_its_author_deleted_is_gone_here_too(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        found = make_mention(session, "", status="gone", author_id=None).id
    html = page(ana, found)
    assert "The author deleted this post" in html
    assert act(ana, found, "claim").status_code == 409


@pytest.mark.parametrize("number", ["7", "0", "2147483648", "99999999999999999999", "-1", "x"])
def test_a_mention_that_is_not_there(ana: FlaskClient, number: str) -> None:
    answer = ana.get(f"/mentions/{number}")
    assert answer.status_code == 404
    assert "There is n" in answer.text


def test_the_number_of_queries_does_not_grow_with_notes_and_thread(
    ana: FlaskClient, store: Store, mention_id: int, user_named: Named
) -> None:
    def visit(headers: dict[str, str] | None = None) -> int:
        with count_statements(store) as statements:
            assert ana.get(f"/mentions/{mention_id}", headers=headers).status_code == 200
        return len(statements)

    visit()  # the first page greets, where others tell what was done last
    before, part = visit(), visit(HTMX)
    with store.write() as session:
        root = session.get_one(Mention, mention_id).root_post_id
        for number in range(20):
            desk.add_note(session, mention_id, session.merge(user_named("Ana")), f"note {number}", utcnow())
            make_mention(session, in_reply_to=root)
    assert visit() == before <= 8
    assert visit(HTMX) == part <= 5
