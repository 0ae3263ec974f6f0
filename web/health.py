"""`/healthz`: whether the desk works, with reasons, for monitors."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from monitor import queries
from monitor.store import explain_failure
from web.context import here
from web.translations import ngettext
from web.words.feeds import is_blind, say_state

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while the database answers, else 503. `ok` is true only where no reason is left."""
    try:
        with here().store.read() as db:
            feeds = queries.feeds(db)
            waiting, set_aside = queries.waiting_for_triage(db), queries.count_set_aside(db)
    except OperationalError as error:
        return jsonify(ok=False, database=False, reasons=[explain_failure(error)]), 503
    blind = {feed.name: say_state(feed) for feed in feeds if is_blind(feed)}
    reasons = [f"The feed {name} is blind: {state}." for name, state in blind.items()]
    if set_aside:
        reasons.append(
            ngettext("%(num)s mention could not be judged.", "%(num)s mentions could not be judged.", set_aside)
        )
    counts = {"waiting_for_triage": waiting, "set_aside": set_aside, "feeds": len(feeds), "blind_feeds": sorted(blind)}
    return jsonify(ok=not reasons, database=True, reasons=reasons, **counts)
