"""What a mention's page shows, worked out from what the store knows of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from monitor.collecting.hiding import spam_reason
from monitor.models import Correction, Mention, Reply, ThreadPost
from monitor.queries import MentionDetail
from monitor.settings import BrandSettings
from monitor.translations.labels import say_label
from monitor.translations.retelling import retell
from monitor.words import NOT_CLOSED, Hidden, Role, Status
from web.mention.snoozing import next_morning
from web.texts.customers import FOLD_AT, customer_words
from web.translations import _
from web.words.figures import score
from web.words.times import clock_time, derive_due

HEADS = ("urgency", "need", "sentiment", "abuse")
ABUSE_WORDS = {"0": "not abusive", "1": "abusive"}


@dataclass(frozen=True)
class Said:
    """One turn of the conversation around a mention."""

    at: datetime
    mention: Mention | None = None
    reply: Reply | None = None
    post: ThreadPost | None = None


@dataclass(frozen=True)
class Words:
    """The customer's words as HTML; `hidden` counts the characters that are folded away."""

    html: Markup
    total: int
    hidden: int


@dataclass(frozen=True)
class Bar:
    """One label's probability."""

    label: str
    probability: float
    chosen: bool


@dataclass(frozen=True)
class Allowed:
    """What the signed-in user may do with the mention; the domain decides again when it is done."""

    claim: bool
    take_over: bool
    release: bool
    assign: bool
    reply: bool
    resolve: bool
    snooze: bool
    reopen: bool
    relabel: bool


def read_words(mention: Mention, full: bool) -> Words:
    shown = mention.text if full else mention.text[:FOLD_AT]
    html = customer_words(shown, mention.source, (mention.reasons or {}).get("words"))
    return Words(html, len(mention.text), len(mention.text) - len(shown))


def split_conversation(detail: MentionDetail) -> tuple[list[Said], list[Said]]:
    """What was said before the mention, and what came after: by the desk's own rows first, then by the platform's."""
    turns = [Said(other.posted_at, mention=other) for other in detail.thread]
    turns += [Said(reply.created_at, reply=reply) for reply in detail.replies]
    known = {other.root_post_id for other in detail.thread} | {reply.post_id for reply in detail.replies}
    turns += [Said(post.posted_at, post=post) for post in detail.conversation if post.post_id not in known]
    turns.sort(key=lambda said: said.at)
    posted = detail.mention.posted_at
    return [said for said in turns if said.at <= posted], [said for said in turns if said.at > posted]


def score_bars(mention: Mention) -> dict[str, list[Bar]]:
    """For each head that was judged, its labels with the likeliest first."""
    return {head: bars_of(head, mention) for head in HEADS if isinstance((mention.scores or {}).get(head), Mapping)}


def bars_of(head: str, mention: Mention) -> list[Bar]:
    value = getattr(mention, head)
    chosen = str(int(value)) if isinstance(value, bool) else value
    scores = {label: float(p) for label, p in mention.scores[head].items() if isinstance(p, int | float)}
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    return [Bar(ABUSE_WORDS.get(label, label), min(max(p, 0.0), 1.0), label == chosen) for label, p in ranked]


def certainty(mention: Mention) -> float | None:
    """The probability of the urgency that stands."""
    given = (mention.scores or {}).get("urgency")
    found = given.get(mention.urgency) if isinstance(given, Mapping) else None
    return float(found) if isinstance(found, int | float) else None


def say_lift(mention: Mention, corrections: Sequence[Correction]) -> str:
    """`normal .84, lifted to high: 3 posts in 36 h, none answered`; or that a person's word stands against a lift."""
    if mention.lifted_to:
        sure = certainty(mention)
        said = say_label(mention.urgency) or _("not judged")
        said = f"{said} {score(sure)}" if mention.urgency and sure is not None else said
        why = "; ".join(retell(signal["evidence"]) for signal in mention.signals if signal["lifts"])
        to = say_label(mention.lifted_to)
        return _("%(urgency)s, lifted to %(lifted)s: %(why)s", urgency=said, lifted=to, why=why)
    by_hand = any(
        correction.head == "urgency" and mention.judged_at and correction.created_at >= mention.judged_at
        for correction in corrections
    )
    return _("Set by a person, so no signal lifts it.") if by_hand and mention.signals else ""


def margin_of(mention: Mention) -> str:
    return str((mention.reasons or {}).get("margin") or "")


def doubts_of(mention: Mention) -> Sequence[str]:
    found = (mention.reasons or {}).get("doubts")
    return [str(doubt) for doubt in found] if isinstance(found, list) else []


def say_hidden(mention: Mention, brand: BrandSettings, now: datetime) -> str:
    """Why the mention is not in the queue; empty where it is."""
    if mention.hidden == Hidden.SPAM:
        why = retell(spam_reason(mention.text)) or _("it looked like it before it was edited")
        return _("Hidden as advertising: %(why)s.", why=why)
    if mention.hidden == Hidden.THREAD:
        return _("Hidden: its conversation is muted.")
    until = mention.author.muted_until if mention.author else None
    if mention.hidden != Hidden.MUTE or mention.author is None or until is None:
        return ""
    said = _("Hidden: its author is muted until %(when)s.", when=clock_time(until, now, brand.zone))
    return f"{said} {mention.author.mute_reason}"


def allowed(mention: Mention, user_id: int, role: str) -> Allowed:
    """By where the mention stands and who holds it."""
    workable = mention.status in NOT_CLOSED
    mine, free = mention.assignee_id == user_id, mention.assignee_id is None
    return Allowed(
        claim=workable and free,
        take_over=workable and not free and not mine,
        release=workable and not free and (mine or role != Role.AGENT),
        assign=workable and (mine or free or role != Role.AGENT),
        reply=workable and mine,
        resolve=workable and (mine or free),
        snooze=workable and (mine or free),
        reopen=mention.status in (Status.RESOLVED, Status.SNOOZED),
        relabel=workable,
    )


def page_of(detail: MentionDetail, brand: BrandSettings, now: datetime, full: bool = False) -> dict[str, Any]:
    """Everything the template needs beside the rows themselves."""
    mention = detail.mention
    before, after = split_conversation(detail)
    return {
        "detail": detail,
        "mention": mention,
        "words": read_words(mention, full),
        "before": before,
        "after": after,
        "bars": score_bars(mention),
        "certainty": None if mention.lifted_to else certainty(mention),
        "lift_line": say_lift(mention, detail.corrections),
        "margin": margin_of(mention),
        "doubts": doubts_of(mention),
        "hidden": say_hidden(mention, brand, now),
        "due_line": derive_due(mention.effective_urgency or "normal", mention.posted_at, mention.due_at, brand, now),
        "morning": clock_time(next_morning(now, brand), now, brand.zone),
    }
