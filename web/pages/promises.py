"""Promises: what one has still to keep, what the team has, and everything a person can do with one."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import desk, promises
from monitor.models import Promise, User
from monitor.promises.calendar import end_link, has_link, make_link
from monitor.promises.commands import find
from monitor.queries.promises import VIEWS
from monitor.queries.promises import promises as read_promises
from monitor.urls import board_url
from web.board.columns import read_side
from web.context import here, this_moment
from web.login import acting_user, whoami
from web.mention.page import act, brand_of
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _

blueprint = Blueprint("promises", __name__)
ONE = "/mentions/<mention_id:mention_id>/promises/<mention_id:promise_id>"

Act = Callable[[Session, Promise, User, datetime], object]
"""What is done with one promise, inside one transaction."""


@blueprint.get("/promises")
def show() -> ResponseReturnValue:
    """One of the views; theirs first."""
    return render_page()


def render_page(calendar_address: str = "") -> str:
    wanted = request.args.get("view", "")
    view = wanted if wanted in VIEWS else VIEWS[0]
    with here().store.read() as db:
        me = whoami()
        return render_template(
            "promises.html",
            side=read_side(db),
            chosen={},
            current=view,
            promises=read_promises(db, view, me.id, this_moment()),
            has_calendar=has_link(db, me.id),
            calendar_address=calendar_address,
            notice=kept_notice(),
        )


@blueprint.post("/promises/calendar")
def make_calendar() -> ResponseReturnValue:
    """A new secret address for a calendar; this answer is the only place that shows it."""
    with here().store.write() as db:
        token = make_link(db, acting_user(db), this_moment())
    return render_page(f"{board_url(here().settings)}{url_for('calendar.read', token=token)}")


@blueprint.post("/promises/calendar/end")
def end_calendar() -> ResponseReturnValue:
    with here().store.write() as db:
        end_link(db, acting_user(db))
    keep_notice(Notice(_("The calendar's address no longer works.")))
    return redirect(url_for("promises.show"), 303)


@blueprint.post("/mentions/<mention_id:mention_id>/promises")
def add(mention_id: int) -> ResponseReturnValue:
    """One by hand; without a time of its own, the words say when it is due."""
    text, at = request.form.get("promise", ""), request.form.get("due", "")

    def write(db: Session, id_: int, user: User, now: datetime) -> None:
        brand = brand_of(desk.get(db, id_))
        promises.add(db, id_, user, text, local_moment(at, brand.zone) if at else None, brand, now)

    return act(mention_id, write, Notice(_("Promised.")))


@blueprint.post(f"{ONE}/confirm")
def confirm(mention_id: int, promise_id: int) -> ResponseReturnValue:
    return act_and_return(
        mention_id, promise_id, lambda db, one, user, now: promises.confirm(db, one.id, user, now), _("Promised.")
    )


@blueprint.post(f"{ONE}/keep")
def keep(mention_id: int, promise_id: int) -> ResponseReturnValue:
    return act_and_return(
        mention_id, promise_id, lambda db, one, user, now: promises.keep(db, one.id, user, now), _("Promise kept.")
    )


@blueprint.post(f"{ONE}/dismiss")
def dismiss(mention_id: int, promise_id: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    done = _("Put away.")
    return act_and_return(
        mention_id, promise_id, lambda db, one, user, now: promises.dismiss(db, one.id, user, reason, now), done
    )


@blueprint.post(f"{ONE}/change")
def change(mention_id: int, promise_id: int) -> ResponseReturnValue:
    """Other words or another time; a proposal that is changed is confirmed with it."""
    text, at = request.form.get("promise", ""), request.form.get("due", "")

    def write(db: Session, one: Promise, user: User, now: datetime) -> None:
        due = local_moment(at, brand_of(one.mention).zone)
        promises.change(db, one.id, user, text, due, now)
        promises.confirm(db, one.id, user, now)

    return act_and_return(mention_id, promise_id, write, _("Promise changed."))


def act_and_return(mention_id: int, promise_id: int, command: Act, done: str) -> ResponseReturnValue:
    """Do it as any action on the mention is done; then back to where it was asked from."""

    def write(db: Session, id_: int, user: User, now: datetime) -> None:
        command(db, find(db, promise_id, id_), user, now)

    answer = make_response(act(mention_id, write, Notice(done)))
    back = request.args.get("back", "")
    return redirect(url_for("promises.show", view=back), 303) if answer.status_code < 400 and back in VIEWS else answer


def local_moment(at: str, zone: ZoneInfo) -> datetime:
    """A day and time of the brand's own clock. Raises `Invalid`."""
    try:
        return datetime.fromisoformat(at).replace(tzinfo=zone)
    except ValueError:
        raise desk.Invalid(_("Choose a day and a time by which it is to be kept.")) from None
