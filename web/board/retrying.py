"""Having everything judged again that could not be."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from monitor.judging import retrying
from web.context import here, this_moment
from web.login import acting_user
from web.notices import Notice, keep_notice
from web.translations import ngettext

blueprint = Blueprint("retrying", __name__)


@blueprint.post("/retry")
def retry_all() -> ResponseReturnValue:
    with here().store.write() as db:
        sent = retrying.retry_all(db, acting_user(db), this_moment())
    said = ngettext(
        "%(num)s mention put before the classifier again.", "%(num)s mentions put before the classifier again.", sent
    )
    keep_notice(Notice(said))
    return redirect(url_for("board.queue", unjudged="any"), 303)
