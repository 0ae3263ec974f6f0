"""One case from the first alert to the weekly account, as a newcomer would live it: a story in one browser.

Dana's card was charged twice. Ana is on duty.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from classifier.judgement import Judgement
from monitor.alerting.outbox import deliver_due
from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.ingest import ingest_posts
from monitor.digest.account import Digest, compute_digests
from monitor.digest.weeks import IsoWeek
from monitor.judging.triage import triage_batch
from monitor.models import Brand, Feed, Promise
from monitor.replies.sending import send_due
from monitor.replies.verifying import verify_due
from monitor.saved_replies.commands import Draft, add
from monitor.settings import Settings
from monitor.store import Store
from sources.base import Author, Post
from tests.monitor.judges import PlainJudge
from tests.platforms import Platforms
from tests.replying import make_environment, make_settings

pytestmark = pytest.mark.browser
DANA = Author("1", "dana", "Dana R.", followers=1_200)
ASKED = "urgent: @auroraair my card was charged TWICE and I cannot pay the rent"
AGAIN = "high: @auroraair the money is still gone"
SAVED = "Hi {author_name}, so sorry that your card was charged twice; we take one charge back. ^{my_initials}"
FILLED = "Hi Dana, so sorry that your card was charged twice; we take one charge back. ^A"
PROMISE = "I'll get back to you by tomorrow noon."
KEPT = "Dana, the second charge was taken back this morning. Thank you for your patience."


class BillingJudge(PlainJudge):
    """Judges as the text says, and that it is about money."""

    def judge_one(self, text: str) -> Judgement:
        said = super().judge_one(text)
        return Judgement("negative", said.urgency, "billing", False, said.scores, self.version, lang="en")


class Clock:
    """The desk's clockwork, whose jobs are done when the story comes to them."""

    def __init__(self, store: Store, settings: Settings, platforms: Platforms) -> None:
        self.store, self.settings, self.platforms = store, settings, platforms
        self.classifier = BillingJudge()
        self.first = ""
        with store.write() as session:
            sync_settings(session, settings, utcnow())
            add(session, Draft("Charged twice", SAVED, needs=("billing",)), None, utcnow())

    def dana_writes(self, text: str) -> None:
        """Her post is collected, judged and told of."""
        post_id: str = self.platforms.mastodon.post(text)
        self.first = self.first or post_id
        answers = self.first if post_id != self.first else None
        post = Post("mastodon", post_id, text, DANA, utcnow(), thread_id=self.first, in_reply_to=answers)
        with self.store.write() as session:
            feed = session.scalars(select(Feed).where(Feed.name == "mastodon")).one()
            brand = session.get_one(Brand, feed.brand_id)
            ingest_posts(session, [post], brand, self.settings.brand(brand.name), utcnow(), feed.id)
        triage_batch(self.store, self.classifier, self.settings, utcnow())
        deliver_due(self.store, self.settings, utcnow())

    def send(self) -> None:
        send_due(self.store, self.settings)

    def verify(self) -> None:
        verify_due(self.store, self.settings, now=utcnow() + timedelta(minutes=3))

    def digest_of(self, moment: datetime) -> Digest:
        with self.store.read() as session:
            week = IsoWeek.of(moment.astimezone(self.settings.brands[0].zone).date())
            (digest,) = compute_digests(session, self.settings, week, utcnow())
            return digest


@pytest.fixture
def settings(platforms: Platforms, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A brand that is on duty round the clock, and Slack, which is told of what is urgent."""
    for name, value in make_environment(platforms).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MENTIONDESK_SLACK_WEBHOOK_URL", platforms.slack_webhook_url)
    channel = {"name": "duty", "kind": "slack", "when": {"urgency": ["urgent"]}}
    return Settings.model_validate({**make_settings(platforms).model_dump(by_alias=True), "channel": [channel]})


@pytest.fixture
def clock(store: Store, settings: Settings, platforms: Platforms) -> Clock:
    return Clock(store, settings, platforms)


def test_from_the_alert_to_the_weekly_account(
    clock: Clock, enter: Callable[..., Page], platforms: Platforms, store: Store
) -> None:
    dana_writes_and_duty_is_told(clock, platforms)
    page = enter("Ana")
    ana_claims_it(page)
    ana_answers_with_a_saved_reply_and_a_promise(page)
    the_answer_goes_out_once_and_is_found(page, clock, platforms)
    ana_makes_the_promise_hers_and_closes(page)
    dana_writes_again_and_it_is_open_again(page, clock)
    ana_keeps_her_word_and_closes_for_good(page, clock)
    the_timeline_tells_all_of_it(page)
    the_week_counts_it(clock, store)


def dana_writes_and_duty_is_told(clock: Clock, platforms: Platforms) -> None:
    """Slack is told within the minute, with a link to the board."""
    clock.dana_writes(ASKED)
    (alert,) = platforms.slack.messages
    assert "Urgent" in alert.text
    assert "Dana R." in str(alert.blocks)


def ana_claims_it(page: Page) -> None:
    """It is at the top of the queue; once it is hers, nobody answers twice."""
    page.locator(".row a").first.click()
    expect(page.locator("article .words").first).to_contain_text("my card was charged TWICE")
    page.get_by_role("button", name="Claim").click()


def ana_answers_with_a_saved_reply_and_a_promise(page: Page) -> None:
    """The reply that fits is offered; the courtesy check reads along; what happens next, and when, is her own."""
    page.locator(".saved-here summary").click()
    page.get_by_role("button", name="Put into the reply").click()
    reply = page.get_by_label("What you answered")
    expect(reply).to_have_value(FILLED)
    expect(page.get_by_label("Courtesy check")).to_contain_text("It speaks to Dana by name.")
    reply.fill(f"{FILLED} {PROMISE}")
    send(page)


def the_answer_goes_out_once_and_is_found(page: Page, clock: Clock, platforms: Platforms) -> None:
    clock.send()
    assert [one["text"].endswith(PROMISE) for one in platforms.mastodon.replies] == [True]
    clock.verify()
    page.reload()
    expect(page.get_by_text("Found on the platform, word for word.")).to_be_visible()


def ana_makes_the_promise_hers_and_closes(page: Page) -> None:
    """The desk found it in the answer; one key is enough."""
    expect(page.locator(".promised mark")).to_have_text("I'll get back to you by tomorrow noon")
    page.keyboard.press("p")
    expect(page.get_by_text("Promised.", exact=True)).to_be_visible()
    resolve(page, "Answered")


def dana_writes_again_and_it_is_open_again(page: Page, clock: Clock) -> None:
    """By itself, and Ana is told."""
    clock.dana_writes(AGAIN)
    page.reload()
    expect(timeline(page)).to_contain_text("The author wrote again, so it is open again.")
    expect(page.locator("#memos")).to_contain_text("The author wrote again")


def ana_keeps_her_word_and_closes_for_good(page: Page, clock: Clock) -> None:
    page.get_by_label("What you answered").fill(KEPT)
    send(page)
    clock.send()
    page.reload()
    page.keyboard.press("p")
    expect(page.get_by_text("Promise kept.", exact=True)).to_be_visible()
    resolve(page, "Solved")


def the_timeline_tells_all_of_it(page: Page) -> None:
    for sentence in (
        "Alert sent to duty.",
        "Ana claimed this.",
        "The reply is in public.",
        "Ana promised something",
        "The reply was found on the platform as it was written.",
        "Ana kept a promise.",
        "Ana resolved it, solved",
    ):
        expect(timeline(page)).to_contain_text(sentence)


def the_week_counts_it(clock: Clock, store: Store) -> None:
    week = clock.digest_of(utcnow())
    assert (week.counts.mentions, week.first_reply.answered) == (2, 1)
    assert (dict(week.outcomes.by_outcome), week.outcomes.reopened) == ({"solved": 1}, 1)
    with store.read() as session:
        promise = session.scalars(select(Promise)).one()
    assert promise.state == "kept"
    assert clock.digest_of(promise.due_at).promises.kept == 1


def send(page: Page) -> None:
    page.get_by_role("button", name="Send on Mastodon").click()
    expect(page.get_by_text("The reply is on its way.")).to_be_visible()


def resolve(page: Page, outcome: str) -> None:
    page.get_by_title("Resolve with an outcome").click()
    page.get_by_role("button", name=outcome, exact=True).click()
    expect(page.locator(".outcome")).to_contain_text(outcome)


def timeline(page: Page) -> Locator:
    return page.locator("#timeline")
