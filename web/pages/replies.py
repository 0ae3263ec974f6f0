"""Replies that are sent from here: on their way, before a colleague, and what a person does with one that failed."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import desk
from monitor.care.drafts import forget_draft
from monitor.care.meanwhile import refuse_overtaken
from monitor.models import User
from monitor.replies import approval, commands
from web.board.columns import read_side
from web.context import here, this_moment
from web.login import acting_user, whoami
from web.mention.page import act, seen
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _

blueprint = Blueprint("replies", __name__)
REPLIES = "/mentions/<mention_id:mention_id>/replies"
ONE = f"{REPLIES}/<mention_id:reply_id>"

Act = Callable[[Session, int, User, datetime], object]
"""What is done with one reply, inside one transaction."""


@blueprint.post(f"{REPLIES}/send")
def send(mention_id: int) -> ResponseReturnValue:
    """Put an answer on its way; with `then=resolve` the mention is closed too, and comes back if the answer fails."""
    text, url = request.form.get("reply", ""), request.form.get("url", "")
    resolving, as_thread = request.form.get("then") == "resolve", request.form.get("then") == "thread"

    def send_it(db: Session, id_: int, user: User, now: datetime) -> None:
        if url.strip():  # pressing Enter there means to log it
            raise desk.Invalid(_("An address is given: log this reply, or clear the address to send it from here."))
        refuse_overtaken(db, id_, seen(), user.id)
        commands.send(db, id_, user, text, here().settings, now, as_thread)
        forget_draft(db, id_, user.id, "reply", "url")
        if resolving:
            desk.resolve(db, id_, user, now)

    done = Notice(_("The reply is on its way."), "reopen" if resolving else "", "reply url")
    return act(mention_id, send_it, done)


@blueprint.post(f"{REPLIES}/measure")
def measure(mention_id: int) -> ResponseReturnValue:
    """How long what is being written is, as its platform counts, and what it will look like there, post by post."""
    with here().store.read() as db:
        found = desk.get(db, mention_id)
        return render_template("mention/measure.html", mention=found, text=request.form.get("reply", ""), swapped=True)


@blueprint.post(f"{ONE}/again")
def send_again(mention_id: int, reply_id: int) -> ResponseReturnValue:
    text, settings = request.form.get("text", ""), here().settings
    return change(
        mention_id,
        reply_id,
        lambda db, id_, user, now: commands.send_again(db, id_, user, text, settings, now),
        _("The reply is on its way."),
    )


@blueprint.post(f"{ONE}/withdraw")
def withdraw(mention_id: int, reply_id: int) -> ResponseReturnValue:
    return change(mention_id, reply_id, commands.withdraw, _("Taken back; it was not sent."))


@blueprint.post(f"{ONE}/settle")
def settle(mention_id: int, reply_id: int) -> ResponseReturnValue:
    """What somebody saw who looked on the platform: there (with its address), or not."""
    there, url, settings = request.form.get("there") == "yes", request.form.get("url", ""), here().settings
    return change(
        mention_id,
        reply_id,
        lambda db, id_, user, now: commands.settle(db, id_, user, there, url, settings, now),
        _("Noted.") if there else _("Noted; you can send it again."),
    )


@blueprint.post(f"{ONE}/approve")
def approve(mention_id: int, reply_id: int) -> ResponseReturnValue:
    text, settings = request.form.get("text", ""), here().settings
    return change(
        mention_id,
        reply_id,
        lambda db, id_, user, now: approval.approve(db, id_, user, settings, now, text),
        _("Approved; it is on its way."),
    )


@blueprint.post(f"{ONE}/refuse")
def refuse(mention_id: int, reply_id: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    return change(
        mention_id,
        reply_id,
        lambda db, id_, user, now: approval.refuse(db, id_, user, reason, now),
        _("Not approved; its writer is told why."),
    )


def change(mention_id: int, reply_id: int, command: Act, done: str) -> ResponseReturnValue:
    """Do something with a reply, and go on where it was done: among what waits for approval, or on the mention."""

    def run(db: Session, id_: int, user: User, now: datetime) -> None:
        commands.find(db, reply_id, id_)
        command(db, reply_id, user, now)

    if request.form.get("back") != "approvals":
        return act(mention_id, run, Notice(done))
    with here().store.write() as db:
        run(db, mention_id, acting_user(db), this_moment())
    keep_notice(Notice(done))
    return redirect(url_for("replies.show_asked"), 303)


@blueprint.get("/approvals")
def show_asked() -> ResponseReturnValue:
    """What waits for approval, the longest waiting first."""
    with here().store.read() as db:
        asked = approval.list_asked(db)
        return render_template(
            "approvals.html", side=read_side(db), chosen={}, asked=asked, me=whoami(), notice=kept_notice()
        )
