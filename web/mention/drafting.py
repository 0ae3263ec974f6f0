"""Keeping what somebody types on a mention, while they type and by a button."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from monitor.care import drafts
from monitor.once import is_spent
from web.board.filters import address, chosen_in
from web.context import here, this_moment
from web.htmx import is_htmx
from web.login import whoami
from web.notices import Notice, keep_notice
from web.translations import _

blueprint = Blueprint("drafting", __name__, url_prefix="/mentions/<mention_id:mention_id>/draft")


@blueprint.post("")
def save(mention_id: int) -> ResponseReturnValue:
    """Keep the fields that came; the page answers with words for the line below them."""
    with here().store.write() as db:
        sent = is_spent(db, whoami().id, request.form.get("key", ""))  # while this was on its way
        if not sent:
            drafts.save_draft(db, mention_id, whoami().id, request.form, this_moment())
    if is_htmx():
        return "" if sent else _("Draft saved")
    keep_notice(Notice(_("Draft saved. Only you see it.")))
    return redirect(address(url_for("mention.show", mention_id=mention_id), chosen_in(request.args)), 303)
