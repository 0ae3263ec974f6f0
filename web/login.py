"""Who is signed in: the only module that knows Flask-Login."""

import hashlib

from flask import Flask, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from monitor.models import User
from web.context import here
from web.htmx import go_to

# Everything else needs a signed-in user: a page that nobody thought of is closed, not open.
# The API has keys of its own, as metrics have, hooks are signed, and a calendar knows a secret.
OPEN_BLUEPRINTS = {"api", "assets", "calendar", "health", "hooks", "metrics"}
OPEN_ENDPOINTS = {"auth.sign_in", "auth.link"}


class SignedIn:
    """A user as Flask-Login wants to see one."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """Changes with the password, so that setting one ends the sessions made before."""
        return f"{self.user.id}.{fingerprint(self.user)}"


def init_login(app: Flask) -> None:
    """Load users from the store, and close every page that is not listed as open."""
    # Templates get their user from web.rendering, which also works while the database is away.
    manager = LoginManager(app, add_context_processor=False)
    manager.user_loader(load_user)
    app.before_request(require_sign_in)


def load_user(session_id: str) -> SignedIn | None:
    """The user of a session cookie; None once they have left or changed their password."""
    number, _, mark = session_id.partition(".")
    with here().store.read() as db:
        user = db.get(User, int(number))
    return SignedIn(user) if user and user.active and fingerprint(user) == mark else None


def fingerprint(user: User) -> str:
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:12]


def require_sign_in() -> ResponseReturnValue | None:
    """Send strangers to the sign-in page, and back to where they wanted to go afterwards."""
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS or request.blueprint in OPEN_BLUEPRINTS:
        return None
    if is_signed_in():
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return go_to(url_for("auth.sign_in", next=wanted if wanted != "/" else None))


def is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def whoami() -> User:
    """The signed-in user, as read at the start of the request."""
    user: User = current_user.user
    return user


def looking_user() -> User | None:
    """The signed-in user; None for a stranger, and on the very page that says that the database is away."""
    try:
        return whoami() if is_signed_in() else None
    except OperationalError:
        return None


def acting_user(db: Session) -> User:
    """The signed-in user as a row of this session, for commands that write."""
    return db.get_one(User, whoami().id)


def remember(user: User) -> None:
    """Begin a session for the user; what an earlier one held is dropped."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(user))


def forget() -> None:
    """End the session."""
    logout_user()
    session.clear()
