"""Muting an author, and bringing back what was hidden."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from monitor.collecting import hiding, muting
from web.context import here, this_moment
from web.login import acting_user

blueprint = Blueprint("hiding", __name__)


@blueprint.post("/authors/<mention_id:author_id>/mute")
def mute(author_id: int) -> ResponseReturnValue:
    days, reason = request.form.get("days", 0, type=int), request.form.get("reason", "")
    with here().store.write() as db:
        hiding.mute(db, author_id, acting_user(db), min(days, 10_000), reason, this_moment())
    return redirect(url_for("authors.show", author_id=author_id), 303)


@blueprint.post("/authors/<mention_id:author_id>/unmute")
def unmute(author_id: int) -> ResponseReturnValue:
    with here().store.write() as db:
        hiding.unmute(db, author_id, acting_user(db), this_moment())
    return redirect(url_for("authors.show", author_id=author_id), 303)


@blueprint.post("/mentions/<mention_id:mention_id>/show")
def show_again(mention_id: int) -> ResponseReturnValue:
    with here().store.write() as db:
        hiding.show_again(db, mention_id, acting_user(db), this_moment())
    return redirect(url_for("mention.show", mention_id=mention_id), 303)


@blueprint.post("/mentions/<mention_id:mention_id>/unmute")
def unmute_conversation(mention_id: int) -> ResponseReturnValue:
    with here().store.write() as db:
        muting.unmute_by_hand(db, mention_id, acting_user(db), this_moment())
    return redirect(url_for("mention.show", mention_id=mention_id), 303)
