"""What one is to be told of: taken over, given, about to go back. It stays until it is put away."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from monitor.teamwork import memos
from web.auth import local_path
from web.context import here, this_moment
from web.htmx import is_htmx
from web.login import whoami

blueprint = Blueprint("memos", __name__, url_prefix="/memos")


@blueprint.get("")
def show() -> str:
    """The part of the page that holds them."""
    with here().store.read() as db:
        return render_template("board/memos.html", memos=memos.unread(db, whoami().id), chosen={})


@blueprint.post("/<mention_id:memo_id>")
def put_away(memo_id: int) -> ResponseReturnValue:
    with here().store.write() as db:
        memos.mark_read(db, memo_id, whoami().id, this_moment())
    return show() if is_htmx() else redirect(local_path(request.form.get("back", "")), 303)
