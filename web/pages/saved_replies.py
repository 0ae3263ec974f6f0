"""The saved replies of the desk: read by all, kept by leads, with their history and how they served."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import queries
from monitor.desk import DeskError, NotFound
from monitor.models import SavedReply, User
from monitor.saved_replies import commands
from monitor.saved_replies.commands import Draft
from monitor.saved_replies.listing import list_saved
from monitor.saved_replies.proposing import count_uses
from monitor.words import Role
from web.board.columns import read_side
from web.context import here, this_moment
from web.errors import say_refusal
from web.login import acting_user, whoami
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _

blueprint = Blueprint("saved_replies", __name__, url_prefix="/saved-replies")

Move = Callable[[Session, int, User, datetime], SavedReply]
"""Out of use, or back into it."""


@blueprint.get("")
def show() -> str:
    """All of them, or those that were archived."""
    archived = "archived" in request.args
    with here().store.read() as db:
        found = list_saved(db, archived)
        tallies = count_uses(db, [saved.id for saved in found])
        around = {"side": read_side(db), "chosen": {}, "notice": kept_notice()}
        return render_template(
            "saved_replies/list.html",
            found=found,
            tallies=tallies,
            archived=archived,
            may_edit=whoami().role != Role.AGENT,
            **around,
        )


@blueprint.get("/new")
def new() -> str:
    with here().store.read() as db:
        return render_form(db, None, Draft("", ""))


@blueprint.post("/new")
def add() -> ResponseReturnValue:
    return write(None, _("Saved."))


@blueprint.get("/<mention_id:saved_id>")
def edit(saved_id: int) -> str:
    """One to change, with what it was before."""
    with here().store.read() as db:
        return render_form(db, saved_id, commands.as_draft(commands.find(db, saved_id)))


@blueprint.post("/<mention_id:saved_id>")
def change(saved_id: int) -> ResponseReturnValue:
    return write(saved_id, _("Changed."))


@blueprint.post("/<mention_id:saved_id>/archive")
def archive(saved_id: int) -> ResponseReturnValue:
    return move(saved_id, commands.archive, _("Archived: it is proposed no longer."))


@blueprint.post("/<mention_id:saved_id>/restore")
def restore(saved_id: int) -> ResponseReturnValue:
    return move(saved_id, commands.restore, _("Back in use."))


def write(saved_id: int | None, done: str) -> ResponseReturnValue:
    """Keep what the form says; a refusal shows the form again with everything that was typed."""
    draft = read_form()
    try:
        with here().store.write() as db:
            user, now = acting_user(db), this_moment()
            if saved_id is None:
                commands.add(db, draft, user, now)
            else:
                commands.change(db, saved_id, draft, user, now)
    except NotFound:
        raise
    except DeskError as error:
        sentence, status = say_refusal(error, this_moment())
        with here().store.read() as db:
            return render_form(db, saved_id, draft, sentence), status
    keep_notice(Notice(done))
    return redirect(url_for("saved_replies.show"), 303)


def move(saved_id: int, command: Move, done: str) -> ResponseReturnValue:
    with here().store.write() as db:
        command(db, saved_id, acting_user(db), this_moment())
    keep_notice(Notice(done))
    return redirect(url_for("saved_replies.show"), 303)


def read_form() -> Draft:
    form = request.form
    return Draft(
        form.get("title", ""),
        form.get("text", ""),
        form.get("kind") == "knowledge",
        tuple(form.getlist("needs")),
        form.get("brand", ""),
        form.get("lang", "").strip().lower(),
    )


def render_form(db: Session, saved_id: int | None, draft: Draft, refusal: str = "") -> str:
    saved = commands.find(db, saved_id) if saved_id else None
    return render_template(
        "saved_replies/form.html",
        side=read_side(db),
        chosen={},
        saved=saved,
        draft=draft,
        refusal=refusal,
        brands=queries.brand_names(db),
        editions=commands.editions(db, saved.id) if saved else (),
        may_edit=whoami().role != Role.AGENT,
    )
