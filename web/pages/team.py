"""The team: who works here and holds how much, and, for leads, letting somebody go."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.desk import DeskError, Invalid
from monitor.models import User
from monitor.teamwork.leaving import Left
from monitor.teamwork.members import let_go, list_members, why_not
from web.board.columns import read_side
from web.context import here, this_moment
from web.errors import say_refusal
from web.login import acting_user, whoami
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _, ngettext

blueprint = Blueprint("team", __name__, url_prefix="/team")


@blueprint.get("")
def show() -> str:
    return render()


@blueprint.post("/<mention_id:user_id>/leave")
def leave(user_id: int) -> ResponseReturnValue:
    """Let somebody go, where whoever asks has said that they mean it."""
    try:
        if request.form.get("sure") != "yes":
            raise Invalid(_("Tick the box first: nobody can undo it."))
        with here().store.write() as db:
            gone, left = let_go(db, user_id, read_receiver(), acting_user(db), this_moment())
            keep_notice(Notice(say_left(gone, left)))
    except DeskError as error:
        sentence, status = say_refusal(error, this_moment())
        return render(sentence), status
    return redirect(url_for("team.show"), 303)


def read_receiver() -> int | None:
    """Who goes on with it; None for the queue."""
    to = request.form.get("to", "")
    return int(to) if to.isdecimal() and len(to) < 10 else None


def say_left(gone: User, left: Left) -> str:
    went = ngettext("%(num)s mention goes on without them.", "%(num)s mentions go on without them.", left.mentions)
    return " ".join([_("%(name)s has left.", name=gone.name), *([went] if left.mentions else [])])


def render(refusal: str = "") -> str:
    with here().store.read() as db:
        return render_template(
            "team.html",
            side=read_side(db),
            chosen={},
            members=list_members(db),
            may_let_go=lambda user: not why_not(whoami(), user),
            present=here().live.presence.users(this_moment()),
            refusal=refusal,
            notice=kept_notice(),
        )
