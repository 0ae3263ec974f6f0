"""Escalations: the page of those that are open, and everything a person can do with one."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor.abusive import seconds
from monitor.escalation import commands
from monitor.models import Escalation, User
from monitor.queries.hard_ones import open_escalations, open_seconds, settled_escalations
from web.board.columns import read_side
from web.context import here
from web.login import whoami
from web.mention.page import act
from web.notices import Notice, kept_notice
from web.translations import _

blueprint = Blueprint("escalations", __name__)
MENTION = "/mentions/<mention_id:mention_id>"
ESCALATION = f"{MENTION}/escalations/<mention_id:escalation_id>"
SECOND = f"{MENTION}/second/<mention_id:second_id>"

Act = Callable[[Session, User, datetime], object]
"""What is done with one of them, inside one transaction."""


@blueprint.get("/escalations")
def show() -> str:
    """What waits for somebody to take it on, what somebody has, who asked not to be alone, what was settled."""
    with here().store.read() as db:
        return render_template(
            "escalations/page.html",
            side=read_side(db),
            chosen={},
            found=open_escalations(db),
            seconds=open_seconds(db),
            settled=settled_escalations(db),
            notice=kept_notice(),
        )


@blueprint.post(f"{MENTION}/escalations")
def escalate(mention_id: int) -> ResponseReturnValue:
    """Put it before a lead or a named group."""
    to, reason, settings = request.form.get("to", ""), request.form.get("why", ""), here().settings
    done = Notice(_("Escalated. They are told, and it goes on to the next if nobody takes it on."))
    return act(mention_id, lambda db, id_, user, now: commands.escalate(db, id_, user, to, reason, settings, now), done)


@blueprint.post(f"{ESCALATION}/take-on")
def take_on(mention_id: int, escalation_id: int) -> ResponseReturnValue:
    def take(db: Session, user: User, now: datetime) -> None:
        commands.find(db, escalation_id, mention_id)
        commands.take_on(db, escalation_id, user, here().settings, now)

    return act_and_return(mention_id, take, _("It is yours to decide; whoever escalated it knows."))


@blueprint.post(f"{ESCALATION}/settle")
def settle(mention_id: int, escalation_id: int) -> ResponseReturnValue:
    answer = request.form.get("answer", "")

    def close(db: Session, user: User, now: datetime) -> None:
        commands.find(db, escalation_id, mention_id)
        commands.settle(db, escalation_id, user, answer, now)

    return act_and_return(mention_id, close, _("Settled. They are told."))


@blueprint.post(f"{MENTION}/second")
def ask_second(mention_id: int) -> ResponseReturnValue:
    """Ask the colleague whose id is `to`, or everybody."""
    to, words = request.form.get("to", 0, type=int), request.form.get("words", "")

    def ask(db: Session, user: User, now: datetime) -> None:
        seconds.ask(db, mention_id, user, db.get(User, to) if to else None, words, now)

    return act_and_return(mention_id, ask, _("Asked. You need not do this alone."))


@blueprint.post(f"{SECOND}/accept")
def accept_second(mention_id: int, second_id: int) -> ResponseReturnValue:
    def accept(db: Session, user: User, now: datetime) -> None:
        seconds.find(db, second_id, mention_id)
        seconds.accept(db, second_id, user, now)

    return act_and_return(mention_id, accept, _("Thank you. They are told."))


@blueprint.post(f"{SECOND}/end")
def end_second(mention_id: int, second_id: int) -> ResponseReturnValue:
    def end(db: Session, user: User, now: datetime) -> None:
        seconds.find(db, second_id, mention_id)
        seconds.end(db, second_id, user, now)

    return act_and_return(mention_id, end, _("Ended."))


def act_and_return(mention_id: int, command: Act, done: str) -> ResponseReturnValue:
    """Do it as any action on the mention is done; then back to where it was asked from."""
    answer = make_response(act(mention_id, lambda db, id_, user, now: command(db, user, now), Notice(done)))
    from_page = request.args.get("back") == "escalations" and answer.status_code < 400
    return redirect(url_for("escalations.show"), 303) if from_page else answer


@blueprint.app_template_global("may_take_on")
def may_take_on(one: Escalation) -> bool:
    """The domain decides again when it is done."""
    return one.user_id != whoami().id and commands.is_called(whoami(), here().settings)
