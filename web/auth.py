"""Signing in and out, by password or by a link that works once; the account page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import users
from monitor.desk import Invalid
from monitor.models import User
from monitor.translations.retelling import retell
from web.context import here, this_moment
from web.limits import try_once
from web.login import acting_user, forget, is_signed_in, remember, whoami
from web.notices import Notice, keep_notice, kept_notice
from web.translations import OFFERED, _

blueprint = Blueprint("auth", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The page with name and password, and its answer."""
    if request.method == "GET":
        return redirect(url_for("board.queue")) if is_signed_in() else render_template("auth/sign_in.html")
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        user = try_once(name, lambda db: users.sign_in(db, name, password, this_moment()))
    except Invalid as error:
        return render_template("auth/sign_in.html", refusal=retell(error), name=name[:80]), 400
    remember(user)
    return redirect(local_path(request.args.get("next", "")), 303)


@blueprint.route("/sign-in/<token>", methods=["GET", "POST"])
def link(token: str) -> ResponseReturnValue:
    """A one-time link. Opening it only asks: programs that look at links in messages must not spend it."""
    if request.method == "GET":
        return render_template("auth/link.html")
    try:
        user = try_once("", lambda db: users.use_sign_in_link(db, token, this_moment()))
    except Invalid as error:
        return render_template("auth/link.html", refusal=retell(error)), 400
    remember(user)
    if user.password_hash is None:
        keep_notice(Notice(_("Signed in. The link is spent: set a password for next time, under your name.")))
    return redirect(url_for("board.queue"), 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    forget()
    return redirect(url_for("auth.sign_in"), 303)


@blueprint.route("/account", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    """Who one is here, and a password for next time."""
    if request.method == "GET":
        return render_template("auth/account.html", notice=kept_notice())
    try:
        change_password(request.form.get("current", ""), request.form.get("password", ""))
    except Invalid as error:
        return render_template("auth/account.html", refusal=retell(error)), 400
    keep_notice(Notice(_("Password set. Other sessions of yours have ended.")))
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/account/language")
def speak() -> ResponseReturnValue:
    """The language of one's pages; none of those that the board speaks means: as the browser asks for."""
    chosen = request.form.get("language", "")
    with here().store.write() as db:
        acting_user(db).language = chosen if chosen in OFFERED else None
    return redirect(url_for("auth.account"), 303)


def change_password(current: str, new: str) -> None:
    """Raises `Invalid` where the present password is wrong or the new one unusable."""

    def change(db: Session) -> User:
        user = acting_user(db)
        if user.password_hash and not users.password_fits(user.password_hash, current):
            raise Invalid(_("That is not your present password."))
        users.set_password(user, new)
        return user

    remember(try_once(whoami().name, change))


def local_path(wanted: str) -> str:
    """Where to go after signing in: a page of this desk, never another site."""
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if local else url_for("board.queue")
