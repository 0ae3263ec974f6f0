"""The abusive lane: who took how much of it today, and letting somebody take more."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.abusive.cap import lift_cap
from monitor.desk import NotFound
from monitor.models import User
from monitor.queries.hard_ones import lane_today
from web.board.columns import read_side
from web.context import here, this_moment
from web.login import acting_user
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _

blueprint = Blueprint("lane", __name__, url_prefix="/abusive-lane")


@blueprint.get("")
def show() -> str:
    with here().store.read() as db:
        shared = lane_today(db, here().settings, this_moment())
        around = {"side": read_side(db), "chosen": {}, "notice": kept_notice()}
        return render_template("escalations/lane.html", shared=shared, **around)


@blueprint.post("/<mention_id:user_id>/lift")
def lift(user_id: int) -> ResponseReturnValue:
    """Let somebody take more until the day ends."""
    with here().store.write() as db:
        to = db.get(User, user_id)
        if to is None:
            raise NotFound(_("Nobody of that number works here."))
        lift_cap(db, to, acting_user(db), request.form.get("reason", ""), here().settings, this_moment())
    keep_notice(Notice(_("%(name)s may take more until the day ends.", name=to.name)))
    return redirect(url_for("lane.show"), 303)
