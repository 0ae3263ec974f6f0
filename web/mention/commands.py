"""What a person does on a mention's page: each command, and what is said when it is done."""

from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import desk, promises
from monitor.abusive import sparing
from monitor.care import notes
from monitor.care.closing import close
from monitor.care.drafts import forget_draft
from monitor.care.meanwhile import refuse_overtaken
from monitor.judging import correcting, retrying
from monitor.models import User
from monitor.words import Did
from web.context import here
from web.mention.page import act, brand_of, render, seen
from web.mention.shown import HEADS
from web.mention.snoozing import snooze_until
from web.notices import Notice
from web.translations import _

blueprint = Blueprint("mention", __name__, url_prefix="/mentions/<mention_id:mention_id>")


@blueprint.get("")
def show(mention_id: int) -> ResponseReturnValue:
    """The mention beside the queue, or alone where htmx puts it there."""
    return render(mention_id)


@blueprint.post("/claim")
def claim(mention_id: int) -> ResponseReturnValue:
    settings, done = here().settings, Notice(_("Claimed."))
    return act(mention_id, lambda db, id_, user, now: sparing.claim(db, id_, user, settings, now), done, Did.CLAIM)


@blueprint.post("/take-over")
def take_over(mention_id: int) -> ResponseReturnValue:
    given = request.form.get("reason", ""), here().settings
    done = Notice(_("It is yours."))
    return act(
        mention_id, lambda db, id_, user, now: sparing.take_over(db, id_, user, *given, now), done, Did.TAKE_OVER
    )


@blueprint.post("/release")
def release(mention_id: int) -> ResponseReturnValue:
    return act(mention_id, desk.release, Notice(_("Handed back to the queue.")), Did.RELEASE)


@blueprint.post("/notes")
def add_note(mention_id: int) -> ResponseReturnValue:
    text, pinned = request.form.get("note", ""), "pinned" in request.form
    done = Notice(_("Note kept."), sent="note")

    def keep(db: Session, id_: int, user: User, now: datetime) -> None:
        notes.add_note(db, id_, user, text, now, pinned)
        forget_draft(db, id_, user.id, "note")

    return act(mention_id, keep, done)


@blueprint.post("/replies")
def log_reply(mention_id: int) -> ResponseReturnValue:
    """Log a public answer; with `then=resolve` the mention is closed in the same transaction."""
    text, url = request.form.get("reply", ""), request.form.get("url", "")
    resolving = request.form.get("then") == "resolve"

    def log(db: Session, id_: int, user: User, now: datetime) -> None:
        refuse_overtaken(db, id_, seen(), user.id)
        promises.log_reply(db, id_, user, text, url, here().settings.brand, now)
        forget_draft(db, id_, user.id, "reply", "url")
        if resolving:
            desk.resolve(db, id_, user, now)

    done = (
        Notice(_("Reply logged; resolved."), "reopen", "reply url")
        if resolving
        else Notice(_("Reply logged."), sent="reply url")
    )
    return act(mention_id, log, done)


@blueprint.post("/resolve")
def resolve(mention_id: int) -> ResponseReturnValue:
    """Close it, with an outcome where one is given."""
    outcome, reason = request.form.get("outcome", ""), request.form.get("reason", "")
    original = request.form.get("duplicate_of", type=int)
    given = outcome, reason, original
    done = Notice(_("Resolved."))
    return act(mention_id, lambda db, id_, user, now: close(db, id_, user, now, *given), done, Did.RESOLVE)


@blueprint.post("/reopen")
def reopen(mention_id: int) -> ResponseReturnValue:
    return act(mention_id, desk.reopen, Notice(_("Open again.")), Did.REOPEN)


@blueprint.post("/retry")
def retry(mention_id: int) -> ResponseReturnValue:
    return act(mention_id, retrying.retry, Notice(_("It is judged again within seconds.")))


@blueprint.post("/snooze")
def snooze(mention_id: int) -> ResponseReturnValue:
    choice, at = request.form.get("until", ""), request.form.get("at", "")

    def put_aside(db: Session, id_: int, user: User, now: datetime) -> None:
        until = snooze_until(choice, at, now, brand_of(desk.get(db, id_)))
        desk.snooze(db, id_, user, until, now)

    return act(mention_id, put_aside, Notice(_("Snoozed.")), Did.SNOOZE)


@blueprint.post("/labels")
def relabel(mention_id: int) -> ResponseReturnValue:
    """Correct the judgement; a head left empty stays as it is."""
    labels = {head: request.form[head] for head in HEADS if request.form.get(head)}
    brand = here().settings.brand
    done = Notice(_("Corrected; the classifier learns from it."))
    return act(
        mention_id, lambda db, id_, user, now: correcting.relabel(db, id_, user, labels, brand, now), done, Did.LABEL
    )


@blueprint.post("/confirm")
def confirm(mention_id: int) -> ResponseReturnValue:
    """Say that the judgement is right."""
    return act(mention_id, correcting.confirm, Notice(_("Noted as right; the classifier learns from that too.")))
