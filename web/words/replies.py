"""How replies are said on pages: whether one can be sent from here, how long it is, and where it stands."""

import os
from dataclasses import dataclass

from monitor.models import Mention, Reply
from monitor.replies.length import MOST_PARTS, count_links, split
from monitor.replies.offering import put_first, rule_of, why_not
from monitor.replies.outcomes import IN_PUBLIC
from monitor.replies.rules import why_ask
from monitor.words import ReplyState
from web.context import here
from web.login import whoami
from web.pages.replies import blueprint as blueprint
from web.translations import N_, _

STANDING = {
    ReplyState.ASKED: N_("Waits for approval."),
    ReplyState.REFUSED: N_("Not approved."),
    ReplyState.QUEUED: N_("On its way."),
    ReplyState.SENDING: N_("Being sent."),
    ReplyState.UNKNOWN: N_("Perhaps sent."),
    ReplyState.FAILED: N_("Not sent."),
    ReplyState.WITHDRAWN: N_("Taken back, never sent."),
    ReplyState.SENT: N_("Sent."),
    ReplyState.VERIFIED: N_("Found on the platform, word for word."),
    ReplyState.MISSING: N_("No longer stands."),
}
TROUBLED = (ReplyState.REFUSED, ReplyState.UNKNOWN, ReplyState.FAILED, ReplyState.MISSING)


@dataclass(frozen=True)
class Offer:
    """Sending from here: why it is not possible, or else why a colleague has to approve it first."""

    why_not: str
    why_ask: str


@dataclass(frozen=True)
class Measure:
    """How long a text is for its platform, and the posts that it would go out as where it is too long for one."""

    length: int
    most: int
    parts: list[str]
    links: int
    first: str  # what goes out before the text

    @property
    def over(self) -> bool:
        return self.length > self.most


@dataclass(frozen=True)
class Standing:
    """Where a reply stands, in words; `troubled` where a person has to do something."""

    words: str
    why: str
    troubled: bool


@blueprint.app_template_global("offer_of")
def offer_of(mention: Mention, to_us: bool | None = None) -> Offer:
    """`to_us`: whether it answers a post of ours, where the page knows."""
    settings = here().settings
    with here().store.read() as db:
        reason = why_not(db, mention, settings, os.environ, to_us)
    rules = settings.brand(mention.brand.name).approval
    return Offer(reason, why_ask(rules, whoami().role, mention.effective_urgency, mention.abuse))


@blueprint.app_template_global("measure_of")
def measure_of(mention: Mention, text: str) -> Measure | None:
    """None where nobody says how long a reply may be."""
    rule = rule_of(mention, here().settings)
    if rule is None:
        return None
    too_long = rule.left(text) < 0
    parts = split(text, rule) if too_long and rule.threads else []
    parts = parts if len(parts) <= MOST_PARTS else []
    return Measure(rule.count(text), rule.most, parts, count_links(text), put_first(mention, text))


@blueprint.app_template_global("reply_standing")
def standing_of(reply: Reply) -> Standing | None:
    """None for what was posted elsewhere and not looked for yet."""
    state = ReplyState(reply.state)
    if state not in STANDING:
        return None
    why = reply.asked_why if state == ReplyState.ASKED else reply.error
    return Standing(_(STANDING[state]), why, state in TROUBLED)


@blueprint.app_template_test("in_public")
def is_in_public(reply: Reply) -> bool:
    """Whether people could read it, at some time."""
    return reply.state in IN_PUBLIC or reply.state == ReplyState.MISSING
