"""`/healthz`: whether the desk works, with reasons, for monitors."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from monitor import queries
from monitor.parts.kinds import PartKind
from monitor.queries.parts import Parts, read_parts
from monitor.store import explain_failure
from monitor.units import say_duration
from web.context import here, this_moment
from web.translations import ngettext
from web.words.feeds import is_blind, say_state

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while the database answers, else 503. `ok` is true only where no reason is left."""
    try:
        with here().store.read() as db:
            feeds = queries.feeds(db)
            parts = read_parts(db, this_moment())
            waiting, set_aside = queries.waiting_for_triage(db), queries.count_set_aside(db)
    except OperationalError as error:
        return jsonify(ok=False, database=False, reasons=[explain_failure(error)]), 503
    blind = {feed.name: say_state(feed) for feed in feeds if is_blind(feed)}
    reasons = [f"The feed {name} is blind: {state}." for name, state in blind.items()]
    if set_aside:
        reasons.append(
            ngettext("%(num)s mention could not be judged.", "%(num)s mentions could not be judged.", set_aside)
        )
    reasons += say_parts(parts)
    counts: dict[str, Any] = {
        "waiting_for_triage": waiting,
        "set_aside": set_aside,
        "feeds": len(feeds),
        "blind_feeds": sorted(blind),
    }
    counts["parts"] = {kind: number for kind in PartKind if (number := parts.count(kind))}
    return jsonify(ok=not reasons, database=True, reasons=reasons, **counts)


def say_parts(parts: Parts) -> Iterator[str]:
    """What is not done because nobody is there to do it, and who fell silent."""
    if not parts.planning:
        yield "Nothing polls, reminds or sends the digest: no `mentiondesk run` or `mentiondesk scheduler` is alive."
    if not parts.working:
        yield "Nothing judges or alerts: no `mentiondesk run` or `mentiondesk worker` is alive."
    for part in parts.silent:
        yield f"The {part.kind} on {part.host} has been silent for {say_duration(this_moment() - part.until)}."
