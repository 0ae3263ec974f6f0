"""Who works on what: the next mention, and giving one to a colleague."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import desk
from monitor.abusive import sparing
from monitor.models import User
from monitor.teamwork import assigning
from monitor.translations.retelling import retell
from monitor.words import Did
from web.board.filters import address, chosen_in
from web.context import here, this_moment
from web.htmx import is_htmx
from web.login import acting_user
from web.mention.page import act, render
from web.notices import Notice, keep_notice
from web.translations import _

blueprint = Blueprint("assigning", __name__)


@blueprint.post("/next")
def take_next() -> ResponseReturnValue:
    """Claim the most pressing mention that nobody holds, and open it."""
    with here().store.write() as db:
        user, settings = acting_user(db), here().settings
        mention = assigning.take_next(db, user, settings, this_moment())
        why = "" if mention else assigning.why_nothing(db, user, settings, this_moment())
    if mention is None:
        return say_nothing(why)
    where = address(url_for("mention.show", mention_id=mention.id), chosen_in(request.args))
    taken = Notice(_("Yours: the most pressing one that nobody held."), undo="release")
    if is_htmx():
        return make_response(render(mention.id, notice=taken), {"HX-Push-Url": where})
    keep_notice(taken)
    return redirect(where, 303)


def say_nothing(why: str) -> ResponseReturnValue:
    why = retell(why)
    if is_htmx():
        told = render_template("board/told.html", sentence=why)
        return make_response(told, {"HX-Retarget": "#told", "HX-Reswap": "outerHTML"})
    keep_notice(Notice(why))
    return redirect(url_for("board.queue"), 303)


@blueprint.post("/mentions/<mention_id:mention_id>/assign")
def assign(mention_id: int) -> ResponseReturnValue:
    """Give it to the colleague whose id is `to`."""
    to, reason = request.form.get("to", 0, type=int), request.form.get("reason", "")

    def give(db: Session, id_: int, user: User, now: object) -> None:
        colleague = db.get(User, to)
        if colleague is None:
            raise desk.Invalid(_("Choose to whom it goes."))
        sparing.assign(db, id_, user, colleague, reason, here().settings, this_moment())

    return act(mention_id, give, Notice(_("Given. They are told.")), Did.ASSIGN)
