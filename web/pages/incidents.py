"""Incidents: the page of those that go on, each one's own page, and everything a person can do with one."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import desk
from monitor.desk import DeskError, NotFound
from monitor.incidents import commands
from monitor.incidents.answering import AT_ONCE, Given, log_all, plan_answers, send_all
from monitor.incidents.closing import close_incident, reopen_incident
from monitor.models import User
from monitor.once import spend_key
from monitor.queries.incidents import VIEWS, incident_detail, incidents
from web.board.columns import read_side
from web.context import here, this_moment
from web.errors import say_refusal
from web.login import acting_user, whoami
from web.mention.page import act
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _, ngettext

blueprint = Blueprint("incidents", __name__)
ONE = "/incidents/<mention_id:incident_id>"

Act = Callable[[Session, User, datetime], str]
"""What is done with an incident, inside one transaction; what the page says of it."""


@blueprint.get("/incidents")
def show_all() -> str:
    """Those that go on, proposals first; or those that are over."""
    wanted = request.args.get("view", "")
    view = next((one for one in VIEWS if one == wanted), VIEWS[0])
    with here().store.read() as db:
        around = {"side": read_side(db), "chosen": {}, "notice": kept_notice()}
        return render_template("incidents/list.html", current=view, found=incidents(db, view), **around)


@blueprint.get(ONE)
def show(incident_id: int) -> ResponseReturnValue:
    return render(incident_id)


def render(incident_id: int, refusal: str = "") -> str:
    """One incident; what was typed and refused stands in its form again."""
    with here().store.read() as db:
        detail = incident_detail(db, incident_id)
        user = db.get_one(User, whoami().id)
        plan = plan_answers(db, incident_id, user, here().settings) if detail.incident.state == "open" else []
        around = {"side": read_side(db), "chosen": {}, "notice": kept_notice(), "refusal": refusal}
        typed = request.form if refusal else {}
        return render_template(
            "incidents/one.html", detail=detail, one=detail.incident, plan=plan, most=AT_ONCE, typed=typed, **around
        )


@blueprint.post(f"{ONE}/open")
def open_proposed(incident_id: int) -> ResponseReturnValue:
    title = request.form.get("title", "")

    def command(db: Session, user: User, now: datetime) -> str:
        commands.open_proposed(db, incident_id, user, title, now)
        return _("Opened. Say what is known, and how it is answered.")

    return change(incident_id, command)


@blueprint.post(f"{ONE}/dismiss")
def dismiss(incident_id: int) -> ResponseReturnValue:
    def command(db: Session, user: User, now: datetime) -> str:
        commands.dismiss(db, incident_id, user, now)
        return _("No incident. Its like is not proposed again for a day.")

    return change(incident_id, command)


@blueprint.post(f"{ONE}/describe")
def describe(incident_id: int) -> ResponseReturnValue:
    form = request.form
    given = {"title": form.get("title", ""), "status_text": form.get("status_text", "")}

    def command(db: Session, user: User, now: datetime) -> str:
        commands.describe(db, incident_id, user, now, **given, answers=form.getlist("answer"))
        return _("Kept.")

    return change(incident_id, command)


@blueprint.post(f"{ONE}/mentions")
def change_members(incident_id: int) -> ResponseReturnValue:
    """Put the chosen mentions in, or take them out."""
    ids, out = request.form.getlist("mention", type=int), request.form.get("then") == "leave"

    def command(db: Session, user: User, now: datetime) -> str:
        done = (commands.leave if out else commands.join)(db, incident_id, ids, user, now)
        if out:
            return ngettext("%(num)s mention taken out.", "%(num)s mentions taken out.", done)
        return ngettext("%(num)s mention put in.", "%(num)s mentions put in.", done)

    return change(incident_id, command)


@blueprint.post(f"{ONE}/answers")
def answer(incident_id: int) -> ResponseReturnValue:
    """Answer the chosen mentions, each by a reply of its own; or log what answered them all elsewhere."""
    form, settings = request.form, here().settings
    ids, url = form.getlist("mention", type=int), form.get("url", "")

    def command(db: Session, user: User, now: datetime) -> str:
        if form.get("then") == "log":
            return say_given(log_all(db, incident_id, ids, user, url, settings, now), _("Logged"))
        if url.strip():  # pressing Enter there means to log
            raise desk.Invalid(
                _("An address is given: log these answers, or clear the address to send them from here.")
            )
        return say_given(send_all(db, incident_id, ids, user, settings, now), _("On their way"))

    return change(incident_id, command)


def say_given(given: Given, done: str) -> str:
    """`On their way: 12. Not answered: 3: Ben holds it.`, with each reason once."""
    said = _("%(done)s: %(number)s.", done=done, number=len(given.answered))
    if not given.refused:
        return said
    reasons = " ".join(dict.fromkeys(given.refused.values()))
    return f"{said} " + _("Not answered: %(number)s. %(reasons)s", number=len(given.refused), reasons=reasons)


@blueprint.post(f"{ONE}/close")
def close(incident_id: int) -> ResponseReturnValue:
    outcome, reason = request.form.get("outcome", ""), request.form.get("reason", "")

    def command(db: Session, user: User, now: datetime) -> str:
        closed = close_incident(db, incident_id, user, now, outcome, reason)
        said = ngettext(
            "Closed, and %(num)s mention with it.", "Closed, and %(num)s mentions with it.", len(closed.resolved)
        )
        if not closed.left:
            return said
        left = ngettext(
            "%(num)s stays open: a colleague holds it.", "%(num)s stay open: colleagues hold them.", len(closed.left)
        )
        return f"{said} {left}"

    return change(incident_id, command)


@blueprint.post(f"{ONE}/reopen")
def reopen(incident_id: int) -> ResponseReturnValue:
    def command(db: Session, user: User, now: datetime) -> str:
        number = reopen_incident(db, incident_id, user, now)
        return ngettext("Open again, and %(num)s mention with it.", "Open again, and %(num)s mentions with it.", number)

    return change(incident_id, command)


def change(incident_id: int, command: Act) -> ResponseReturnValue:
    """Do it once, however often its form comes; a refusal shows the incident with everything that was typed."""
    said = ""
    try:
        with here().store.write() as db:
            user, key = acting_user(db), request.form.get("key", "")
            if not key or spend_key(db, user.id, key, this_moment()):
                said = command(db, user, this_moment())
    except NotFound:
        raise
    except DeskError as error:
        sentence, status = say_refusal(error, this_moment())
        return render(incident_id, sentence), status
    if said:
        keep_notice(Notice(said))
    return redirect(url_for("incidents.show", incident_id=incident_id), 303)


@blueprint.post("/mentions/<mention_id:mention_id>/incident")
def put_mention(mention_id: int) -> ResponseReturnValue:
    """From a mention's page: into an incident that is open, into a new one, or out of the one it is in."""
    form = request.form
    incident_id, title, out = form.get("incident", type=int), form.get("title", ""), form.get("then") == "leave"

    def put(db: Session, id_: int, user: User, now: datetime) -> None:
        if incident_id is None:
            commands.open_new(db, user, title, [id_], now)
        else:
            (commands.leave if out else commands.join)(db, incident_id, [id_], user, now)

    done = _("Taken out of the incident.") if out else _("Put into the incident.")
    return act(mention_id, put, Notice(done))
