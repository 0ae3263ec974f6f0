"""Saving the filters of the board under a name, and taking a name away."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from monitor.saved_views import drop_view, save_view
from web.board.filters import address, chosen_in
from web.context import here, this_moment
from web.login import acting_user
from web.notices import Notice, keep_notice
from web.translations import _

blueprint = Blueprint("saved_views", __name__, url_prefix="/views")


@blueprint.post("")
def save() -> ResponseReturnValue:
    """Keep the filters of the address."""
    chosen = chosen_in(request.args)
    title, shared = request.form.get("title", ""), request.form.get("shared") == "1"
    with here().store.write() as db:
        save_view(db, acting_user(db), title, chosen, shared, this_moment())
    keep_notice(Notice(_("Saved; the view stands in the first column.")))
    return redirect(address(url_for("board.queue"), chosen), 303)


@blueprint.post("/<mention_id:view_id>/drop")
def drop(view_id: int) -> ResponseReturnValue:
    with here().store.write() as db:
        drop_view(db, view_id, acting_user(db))
    keep_notice(Notice(_("The view is gone; its mentions are not.")))
    return redirect(address(url_for("board.queue"), chosen_in(request.args)), 303)
