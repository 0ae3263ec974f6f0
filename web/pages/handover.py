"""Handing over at the end of a shift: one screen with all that is at hand, and one press that gives it on."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.abusive.sparing import Handing, hand_over_all
from monitor.desk import DeskError
from monitor.models import User
from monitor.once import spend_key
from monitor.teamwork.handover import at_hand, not_seen, take_back
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
    """Give on what was chosen, each with its note: all of it, or nothing; the abusive lane's cap apart."""

    def act(db: Session, user: User, now: datetime) -> str:
        chosen = list(choose(db, user))
        stays = hand_over_all(db, chosen, user, here().settings, now)
        return say_handed(len(chosen) - len(stays), stays)

    return change(act)


def choose(db: Session, user: User) -> Iterator[Handing]:
    for item in at_hand(db, user):
        to, note = wanted(item.mention.id)
        if to != KEEP:
            yield Handing(item.mention.id, find_receiver(db, to), note)


def say_handed(given: int, stays: Mapping[int, str]) -> str:
    """`2 mentions handed over. 1 stays with you. Ben had their share of abusive …`, each reason once."""
    said = ngettext("%(num)s mention handed over.", "%(num)s mentions handed over.", given)
    if not stays:
        return said
    left = ngettext("%(num)s stays with you.", "%(num)s stay with you.", len(stays))
    return " ".join([said, left, *dict.fromkeys(retell(reason) for reason in stays.values())])


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
