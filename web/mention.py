"""A mention's page, and what a person does there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from monitor import desk, promises, queries
from monitor.abusive import sparing
from monitor.care import notes
from monitor.care.closing import close
from monitor.care.drafts import FIELDS, forget_draft
from monitor.care.meanwhile import happened_since, refuse_overtaken
from monitor.deeds import Command, keep
from monitor.judging import retrying
from monitor.models import Mention, User
from monitor.once import spend_key
from monitor.settings import BrandSettings
from monitor.store import explain_failure
from monitor.words import Did
from web.context import here, this_moment
from web.errors import say_refusal, trouble
from web.filters import address, chosen_in
from web.hard_ones import read_hard_ones
from web.htmx import is_htmx, wants
from web.login import acting_user, whoami
from web.mention_page import HEADS, allowed, page_of
from web.notices import Notice, keep_notice, kept_notice
from web.page import looked_at, read_rows, read_side
from web.retelling import retell
from web.snoozing import snooze_until
from web.translating import _

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
    return act(mention_id, lambda db, id_, user, now: desk.relabel(db, id_, user, labels, brand, now), done, Did.LABEL)


@blueprint.post("/confirm")
def confirm(mention_id: int) -> ResponseReturnValue:
    """Say that the judgement is right."""
    return act(mention_id, desk.confirm, Notice(_("Noted as right; the classifier learns from that too.")))


def act(mention_id: int, command: Command, done: Notice, did: Did | None = None) -> ResponseReturnValue:
    """Run the command in one transaction and show the mention as it then stands; a refusal keeps what was typed.

    With `did` it can be taken back.
    """
    try:
        with here().store.write() as db:
            user = acting_user(db)
            key = request.form.get("key", "")
            if not key or spend_key(db, user.id, key, this_moment()):  # a form that comes twice is answered as before
                done = run(db, mention_id, user, command, done, did)
    except desk.NotFound:
        raise
    except desk.DeskError as error:
        return refuse(mention_id, *say_refusal(error, this_moment()))
    except OperationalError as error:
        return refuse(mention_id, retell(explain_failure(error)), 503)
    return answer_with(mention_id, done)


def run(db: Session, mention_id: int, user: User, command: Command, done: Notice, did: Did | None) -> Notice:
    """Carry it out; where that is a deed, the notice says how it is taken back."""
    if did is None:
        command(db, mention_id, user, this_moment())
        return done
    deed_id = keep(db, did, mention_id, user, command, this_moment())
    return replace(done, undo=f"undo/{deed_id}") if deed_id else done


def answer_with(mention_id: int, notice: Notice) -> ResponseReturnValue:
    """Show the mention as it then stands."""
    if is_htmx():
        return render(mention_id, notice=notice)
    keep_notice(notice)
    return redirect(address(url_for("mention.show", mention_id=mention_id), chosen_in(request.args)), 303)


def refuse(mention_id: int, sentence: str, status: int) -> ResponseReturnValue:
    """The mention as it stands, with what went wrong above it and everything that was typed."""
    try:
        return render(mention_id, refusal=sentence, typed=request.form), status
    except OperationalError:
        return trouble(sentence, status)


def render(
    mention_id: int, notice: Notice | None = None, refusal: str = "", typed: Mapping[str, str] | None = None
) -> str:
    """The page, or the parts that htmx swaps."""
    part = wants("mention")
    with here().store.read() as db:
        found = read_mention(db, mention_id)
        chosen = chosen_in(request.args)
        around = looked_at(chosen) if part else read_rows(db)
        acted = request.method == "POST"
        side = read_side(db, chosen.get("brand", "")) if acted or not part else None
        template = "mention/part.html" if part else "board/page.html"
        notice = notice or kept_notice()
        lines = happened_since(db, mention_id, seen(), whoami().id) if refusal and seen() else []
        written = {**found["draft"], **(typed or {})}
        said = {"notice": notice, "refusal": refusal, "typed": written, "acted": acted, "lines": lines}
        return render_template(template, side=side, **found, **around, **said)


def read_mention(db: Session, mention_id: int) -> dict[str, Any]:
    """What the page shows. Raises `NotFound`."""
    detail = queries.mention_detail(db, mention_id, whoami().id)
    if detail is None:
        raise desk.NotFound(_("There is no mention %(mention_id)s.", mention_id=mention_id))
    me, now = whoami(), this_moment()
    hard = {**read_hard_ones(db, detail), "incidents": detail.incidents}
    found = page_of(detail, brand_of(detail.mention), now, full="full" in request.args)
    draft = detail.draft if detail.draft and any(getattr(detail.draft, name) for name in FIELDS) else None
    written = {name: getattr(draft, name) for name in FIELDS} if draft else {}
    newest = max((line.id for line in detail.timeline), default=0)
    team = {"colleagues": colleagues(detail, me.id), "present": here().live.presence.users(now)}
    mine = {"draft": written, "saved_at": draft.saved_at if draft else None, "seen": newest}
    return {**found, **hard, **team, **mine, "can": allowed(detail.mention, me.id, me.role)}


def colleagues(detail: queries.MentionDetail, user_id: int) -> list[User]:
    """To whom the mention can be given."""
    return [one for one in detail.people if one.active and one.id != user_id]


def seen() -> int:
    """The newest line of the timeline on the page that was sent; 0 where the form does not say."""
    return request.form.get("seen", 0, type=int)


def brand_of(mention: Mention) -> BrandSettings:
    return here().settings.brand(mention.brand.name)
