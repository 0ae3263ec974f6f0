"""Handing over at the end of a shift: one screen with all that is at hand, and one press that gives it on."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.desk import DeskError
from monitor.models import User
from monitor.once import spend_key
from monitor.teamwork.handover import at_hand, hand_over, not_seen, take_back
from monitor.translations.retelling import retell
from web.board.columns import read_side
from web.context import here, this_moment
from web.errors import say_refusal
from web.login import acting_user, whoami
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _, ngettext

blueprint = Blueprint("handover", __name__)
KEEP, QUEUE = "", "queue"

Act = Callable[[Session, User, datetime], str]
"""What is done inside one transaction; what the page says of it."""


@blueprint.get("/handover")
def show() -> ResponseReturnValue:
    return render()


def render(refusal: str = "") -> str:
    """What is at hand; what was chosen and refused stands in the form again."""
    with here().store.read() as db:
        me = db.get_one(User, whoami().id)
        others = select(User).where(User.active, User.id != me.id).order_by(User.name)
        return render_template(
            "handover/handover.html",
            side=read_side(db),
            chosen={},
            items=at_hand(db, me),
            unseen=not_seen(db, me),
            colleagues=db.scalars(others).all(),
            present=here().live.presence.users(this_moment()),
            typed=request.form if refusal else {},
            refusal=refusal,
            notice=kept_notice(),
        )


@blueprint.post("/handover")
def give() -> ResponseReturnValue:
    """Give on what was chosen, each with its note: all of it, or nothing."""

    def act(db: Session, user: User, now: datetime) -> str:
        given = 0
        for item in at_hand(db, user):
            to, note = wanted(item.mention.id)
            if to != KEEP:
                hand_over(db, item.mention.id, user, find_receiver(db, to), note, now)
                given += 1
        return ngettext("%(num)s mention handed over.", "%(num)s mentions handed over.", given)

    return change(act)


def wanted(mention_id: int) -> tuple[str, str]:
    """To whom a mention is to go, and with which note: its own choice, or the one for all."""
    form = request.form
    to = form.get(f"to-{mention_id}", KEEP) or form.get("to", KEEP)
    return to, form.get(f"note-{mention_id}", "").strip() or form.get("note", "")


def find_receiver(db: Session, to: str) -> User | None:
    """None where the queue is meant."""
    if to == QUEUE:
        return None
    found = db.get(User, int(to)) if to.isdecimal() and len(to) < 10 else None
    if found is None:
        raise DeskError(_("Choose a colleague, or the queue."))
    return found


@blueprint.post("/handover/<mention_id:mention_id>/back")
def back(mention_id: int) -> ResponseReturnValue:
    """Take back what its receiver has not looked at."""

    def act(db: Session, user: User, now: datetime) -> str:
        take_back(db, mention_id, user, now)
        return _("It is yours again.")

    return change(act)


def change(act: Act) -> ResponseReturnValue:
    said = ""
    try:
        with here().store.write() as db:
            user, key = acting_user(db), request.form.get("key", "")
            if not key or spend_key(db, user.id, key, this_moment()):
                said = act(db, user, this_moment())
    except DeskError as error:
        sentence, status = say_refusal(error, this_moment())
        return render(sentence), status
    if said:
        keep_notice(Notice(said))
    return redirect(url_for("handover.show"), 303)
