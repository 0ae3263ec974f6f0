"""How promises are said on pages: where they stand, and the words in which they were given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.models import Promise, Reply
from monitor.words import PromiseState
from web.pages.promises import blueprint as blueprint
from web.translations import _
from web.words.times import Due, clock_time, due_words

AROUND = 80  # characters of the reply shown on each side


@dataclass(frozen=True)
class Quote:
    """The words of a promise among those around them."""

    before: str
    said: str
    after: str


@blueprint.app_template_global("promise_quote")
def quote(promise: Promise, replies: Sequence[Reply]) -> Quote:
    """Where the reply has changed since, or there is none, the words alone."""
    reply = next((reply for reply in replies if reply.id == promise.reply_id), None)
    begins, ends = promise.begins, promise.ends
    if reply is None or begins is None or ends is None or reply.text[begins:ends] != promise.text:
        return Quote("", promise.text, "")
    before, after = reply.text[:begins], reply.text[ends:]
    before = "…" + before[-AROUND:] if len(before) > AROUND else before
    return Quote(before, promise.text, after[:AROUND] + "…" if len(after) > AROUND else after)


@blueprint.app_template_global("promise_due")
def due(promise: Promise, now: datetime, zone: ZoneInfo) -> Due:
    """Where it stands: `due in 6 min`, `broken, was due 09:00`, `kept`, `made good, too late`."""
    when = clock_time(promise.due_at, now, zone)
    if promise.state == PromiseState.KEPT:
        return Due(_("kept"))
    if promise.state == PromiseState.DISMISSED:
        return Due(_("put away"))
    if promise.state == PromiseState.BROKEN:
        if promise.kept_by_id:
            return Due(_("broken, was due %(when)s; made good later", when=when))
        if promise.settled_at:
            return Due(_("broken, was due %(when)s; dealt with", when=when))
        return Due(_("broken, was due %(when)s", when=when), late=True)
    return due_words(promise.due_at, False, now, zone) or Due("")


@blueprint.app_template_global("first_to_do")
def first_to_do(promises: Sequence[Promise]) -> int | None:
    """The promise that the key acts on: a proposal first, then what is due first."""
    waiting = [promise for promise in promises if promise.settled_at is None]
    waiting.sort(key=lambda promise: (promise.state != PromiseState.PROPOSED, promise.due_at))
    return waiting[0].id if waiting else None
