"""Answers on pages and through the API: sent from here, approved by somebody else, and dealt with when they fail."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from monitor import users
from monitor.clock import utcnow
from monitor.models import Draft, Memo, Mention, Reply, ThreadPost, User
from monitor.replies.sending import send_due
from monitor.store import Store
from tests.platforms import Platforms
from tests.replying import Answering, make_environment, make_settings
from tests.web.counting import count_statements
from tests.web.forms import act, send, spend_link
from web import create_app

TEXT = "Hi Dana, we are looking for it."
Enter = Callable[[str], FlaskClient]


@pytest.fixture
def answering(store: Store, platforms: Platforms, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """A desk whose brand has replies on abusive mentions approved; its keys are in the environment."""
    for name, value in make_environment(platforms).items():
        monkeypatch.setenv(name, value)
    settings = make_settings(platforms, approval={"abuse": True})
    return Answering(store, platforms, settings, utcnow())


@pytest.fixture
def app(answering: Answering) -> Flask:
    return create_app(answering.settings, answering.store, secret_key="a key for tests")


@pytest.fixture
def enter(app: Flask, answering: Answering) -> Enter:
    def enter(name: str) -> FlaskClient:
        with answering.store.write() as session:
            user = session.scalars(select(User).where(User.name == name)).one()
            token = users.make_sign_in_link(session, user, utcnow())
        browser = app.test_client()
        assert spend_link(browser, token).status_code == 303
        return browser

    return enter


def only(store: Store) -> Reply:
    with store.read() as session:
        return session.scalars(select(Reply)).one()


def test_a_reply_is_sent_from_the_page(answering: Answering, enter: Enter) -> None:
    mention_id, ana = answering.collect("bluesky"), enter("Ana")
    page = ana.get(f"/mentions/{mention_id}").text
    assert "Send on Bluesky" in page
    answer = act(ana, mention_id, "replies/send", reply=TEXT, then="resolve", key="once")
    assert answer.status_code == 303
    assert act(ana, mention_id, "replies/send", reply=TEXT, key="once").status_code == 303  # pressed twice
    assert "On its way." in ana.get(f"/mentions/{mention_id}").text
    assert send_due(answering.store, answering.settings) == 1
    assert (answering.sent("bluesky"), answering.mention(mention_id).status) == ([TEXT], "resolved")
    with answering.store.read() as session:
        assert [draft.reply for draft in session.scalars(select(Draft))] in ([], [""])


def test_what_cannot_be_sent_from_here_says_why_and_is_logged(answering: Answering, enter: Enter) -> None:
    mention_id, ana = answering.collect("x", "aurora air lost my bag"), enter("Ana")
    page = ana.get(f"/mentions/{mention_id}").text
    assert "X lets programs answer only authors who mentioned our account" in page
    assert "Log reply" in page
    refused = act(ana, mention_id, "replies/send", reply=TEXT)
    assert (refused.status_code, TEXT in refused.text) == (409, True)


def test_who_answers_a_post_of_ours_can_be_answered(answering: Answering, enter: Enter) -> None:
    mention_id, ana = answering.collect("x", "aurora air lost my bag"), enter("Ana")
    with answering.store.write() as session:
        session.get_one(Mention, mention_id).in_reply_to = "77"
    assert "Send on X" not in ana.get(f"/mentions/{mention_id}").text
    with answering.store.write() as session:
        session.add(ThreadPost(mention_id=mention_id, post_id="77", text="Hi!", ours=True, posted_at=answering.now))
    assert "Send on X" in ana.get(f"/mentions/{mention_id}").text


@pytest.mark.parametrize("name", ["x", "mastodon"])
def test_one_that_is_held_attacks_people_and_answers_a_post_takes_eight_reads(
    answering: Answering, enter: Enter, name: str
) -> None:
    mention_id, ana = answering.collect(name), enter("Ana")
    with answering.store.write() as session:
        session.execute(update(Mention).where(Mention.id == mention_id).values(abuse=True, in_reply_to="77"))
    ana.get(f"/mentions/{mention_id}")  # the first page after signing in greets
    with count_statements(answering.store) as statements:
        assert "Ask for approval" in ana.get(f"/mentions/{mention_id}").text
    assert len(statements) <= 8, statements


def test_an_address_means_that_it_was_posted_elsewhere(answering: Answering, enter: Enter) -> None:
    mention_id, ana = answering.collect("reddit"), enter("Ana")
    refused = act(ana, mention_id, "replies/send", reply=TEXT, url="https://www.reddit.com/r/flights/comments/1/_/2/")
    assert refused.status_code == 400
    with answering.store.read() as session:
        assert session.scalars(select(Reply)).all() == []


def test_the_measure_counts_as_the_platform_does_and_proposes_posts(answering: Answering, enter: Enter) -> None:
    mention_id, ana = answering.collect("x"), enter("Ana")
    assert ">33/280<" in act(ana, mention_id, "replies/measure", reply="hello https://auroraair.com/help ok.").text
    long = act(ana, mention_id, "replies/measure", reply="<b>Hello</b> there. " * 20).text
    assert "As 2 posts" in long
    assert "<b>" not in long


def test_the_preview_shows_what_people_will_read_on_that_platform(answering: Answering, enter: Enter) -> None:
    ana = enter("Ana")
    on_mastodon, on_reddit = answering.collect("mastodon"), answering.collect("reddit")
    said = "**Sorry**, see https://auroraair.com/help and https://auroraair.com/bags"
    shown = act(ana, on_mastodon, "replies/measure", reply=said).text
    assert "2 links" in shown
    assert "@dana **Sorry**, see" in shown
    assert "<strong>Sorry</strong>, see" in act(ana, on_reddit, "replies/measure", reply=said).text
    hostile = act(
        ana, on_reddit, "replies/measure", reply="<img src=x onerror=alert(1)> ![x](https://e.example/a.png)"
    ).text
    assert "<img" not in hostile
    assert "As it will look on Reddit" in ana.get(f"/mentions/{on_reddit}").text


def test_a_colleague_approves_what_an_agent_wrote(answering: Answering, enter: Enter) -> None:
    mention_id, ana, lea = answering.collect("mastodon"), enter("Ana"), enter("Lea")
    with answering.store.write() as session:
        session.execute(update(Mention).values(abuse=True))
    assert "Ask for approval" in ana.get(f"/mentions/{mention_id}").text
    act(ana, mention_id, "replies/send", reply="<i>Calm down</i>")
    reply = only(answering.store)
    assert (reply.state, send_due(answering.store, answering.settings)) == ("asked", 0)
    own = act(ana, mention_id, f"replies/{reply.id}/approve")
    assert own.status_code == 409
    page = lea.get("/approvals").text
    assert "&lt;i&gt;Calm down&lt;/i&gt;" in page
    assert "the mention attacks people" in page
    fields = {"back": "approvals", "text": TEXT}
    answer = send(lea, f"/mentions/{mention_id}/replies/{reply.id}/approve", page="/approvals", **fields)
    assert (answer.status_code, answer.location) == (303, "/approvals")
    assert send_due(answering.store, answering.settings) == 1
    assert answering.sent("mastodon") == [TEXT]
    with answering.store.read() as session:
        assert session.scalars(select(Memo.user_id)).all() == [answering.ana.id]


def test_a_refusal_is_told_and_the_text_can_be_written_anew(answering: Answering, enter: Enter) -> None:
    mention_id, ana, lea = answering.collect("bluesky"), enter("Ana"), enter("Lea")
    with answering.store.write() as session:
        session.execute(update(Mention).values(abuse=True))
    act(ana, mention_id, "replies/send", reply="Calm down")
    reply_id = only(answering.store).id
    act(lea, mention_id, f"replies/{reply_id}/refuse", reason="Kinder, please")
    page = ana.get(f"/mentions/{mention_id}").text
    assert "Kinder, please" in page
    assert "Send again" in page
    act(ana, mention_id, f"replies/{reply_id}/again", text=TEXT)
    assert only(answering.store).state == "asked"  # nothing goes out unapproved
    assert send_due(answering.store, answering.settings) == 0


def test_the_api_sends_and_approves_by_the_same_rules(answering: Answering, app: Flask) -> None:
    with answering.store.write() as session:
        people = [session.get_one(User, one.id) for one in (answering.ana, answering.lea)]
        ana, lea = (
            {"Authorization": f"Bearer {users.make_api_token(session, user, 'test', utcnow())}"} for user in people
        )
    mention_id, api = answering.collect("reddit"), app.test_client()
    with answering.store.write() as session:
        session.execute(update(Mention).values(abuse=True))
    base = f"/api/v1/mentions/{mention_id}/replies"
    sent = api.post(f"{base}/send", json={"text": TEXT}, headers=ana)
    assert (sent.status_code, sent.json["replies"][0]["state"]) == (201, "asked")
    reply_id = sent.json["replies"][0]["id"]
    assert api.post(f"{base}/{reply_id}/approve", json={}, headers=ana).status_code == 409
    assert api.get("/api/v1/approvals", headers=lea).json["approvals"][0]["text"] == TEXT
    assert api.post(f"{base}/{reply_id}/approve", json={}, headers=lea).status_code == 200
    assert send_due(answering.store, answering.settings) == 1
    assert api.post(f"/api/v1/mentions/{mention_id + 1}/replies/{reply_id}/withdraw", headers=lea).status_code == 404


def test_a_reply_in_doubt_is_settled_by_whoever_looked(answering: Answering, enter: Enter) -> None:
    mention_id, ana = answering.collect("x"), enter("Ana")
    reply_id = answering.send(mention_id)
    with answering.store.write() as session:
        session.execute(update(Reply).values(state="unknown", error="Look whether it is there."))
    assert "It is not there" in ana.get(f"/mentions/{mention_id}").text
    act(ana, mention_id, f"replies/{reply_id}/settle", there="yes", url="https://x.com/auroraair/status/12")
    assert (only(answering.store).state, only(answering.store).url) == ("sent", "https://x.com/auroraair/status/12")
