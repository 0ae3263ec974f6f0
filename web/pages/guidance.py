"""The pages of guidance: read by all, kept by leads, with every version."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor.desk import DeskError, NotFound
from monitor.guidance import pages
from monitor.words import Role
from web.board.columns import read_side
from web.context import here, this_moment
from web.errors import say_refusal
from web.login import acting_user, whoami
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _

blueprint = Blueprint("guidance", __name__, url_prefix="/guidance")


@blueprint.get("")
def show() -> str:
    """All of it, on one page."""
    with here().store.read() as db:
        around = {"side": read_side(db), "chosen": {}, "notice": kept_notice()}
        return render_template("guidance/list.html", pages=pages.read_pages(db), may_edit=may_edit(), **around)


@blueprint.get("/<kind>")
def edit(kind: str) -> str:
    with here().store.read() as db:
        return render_form(db, pages.read_page(db, kind))


@blueprint.post("/<kind>")
def write(kind: str) -> ResponseReturnValue:
    """Keep it; with `then=look`, only show how it will look. A refusal keeps what was typed."""
    text, version = request.form.get("text", ""), request.form.get("version", 0, type=int)
    if request.form.get("then") == "look":
        with here().store.read() as db:
            return render_form(db, pages.read_page(db, kind), typed=text)
    try:
        with here().store.write() as db:
            pages.write_page(db, kind, acting_user(db), text, version, this_moment())
    except NotFound:
        raise
    except DeskError as error:
        sentence, status = say_refusal(error, this_moment())
        with here().store.read() as db:
            return render_form(db, pages.read_page(db, kind), text, sentence), status
    keep_notice(Notice(_("Changed. It holds from now on, wherever it applies.")))
    return redirect(url_for("guidance.show"), 303)


def render_form(db: Session, page: pages.Page, typed: str | None = None, refusal: str = "") -> str:
    return render_template(
        "guidance/form.html",
        side=read_side(db),
        chosen={},
        page=page,
        typed=typed,
        refusal=refusal,
        our_own=pages.our_own(page.kind),
        editions=pages.history(db, page.kind),
        may_edit=may_edit(),
    )


def may_edit() -> bool:
    return whoami().role != Role.AGENT
