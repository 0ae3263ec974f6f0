"""People, and how they prove who they are: one-time links, passwords and API tokens. Only hashes are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.cleaning import printable
from monitor.desk import Invalid
from monitor.models import ApiToken, SignInLink, User
from monitor.words import Happened, Role

LINK_LIFETIME = timedelta(hours=24)
SHORTEST_PASSWORD = 10  # characters; NIST SP 800-63B asks for at least 8 and no rules beyond length
hasher = PasswordHasher()
# Checked when there is no such user, so that the time an answer takes does not tell who exists.
NOBODYS_HASH = hasher.hash(secrets.token_urlsafe())


def add_user(session: Session, name: str, role: str, now: datetime) -> User:
    """A new user. Raises `Invalid` for a name that is taken or unusable."""
    name = printable(name).strip()
    if not name or len(name) > 80:
        raise Invalid("A user's name has 1 to 80 characters.")
    if session.scalar(select(User.id).where(func.lower(User.name) == name.lower())):
        raise Invalid(f"There is a user called {name} already.")
    user = User(name=name, role=Role(role), created_at=now)
    session.add(user)
    session.flush()
    record(session, Happened.USER_ADDED, now, user_id=user.id, name=name, role=role)
    return user


def make_sign_in_link(session: Session, user: User, now: datetime) -> str:
    """A secret that signs the user in once, within a day."""
    token = secrets.token_urlsafe(24)
    session.add(SignInLink(token_hash=hash_token(token), user_id=user.id, expires_at=now + LINK_LIFETIME))
    return token


def use_sign_in_link(session: Session, token: str, now: datetime) -> User:
    """Spend a link. Raises `Invalid` saying why it is no good."""
    spent = session.scalar(
        update(SignInLink)
        .where(SignInLink.token_hash == hash_token(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.user_id)
    )
    user = session.get(User, spent) if spent else None
    if user is None or not user.active:
        raise Invalid(link_trouble(session.get(SignInLink, hash_token(token))))
    signed_in(session, user, now, "link")
    return user


def link_trouble(link: SignInLink | None) -> str:
    again = "Ask for a new one: `mentiondesk user link NAME`."
    if link is None:
        return f"This sign-in link is not one of ours. {again}"
    return f"This sign-in link was {'used already' if link.used_at else 'only good for a day'}. {again}"


def sign_in(session: Session, name: str, password: str, now: datetime) -> User:
    """Check a name and password. Raises `Invalid` without telling which was wrong."""
    user = session.scalar(select(User).where(func.lower(User.name) == printable(name).strip().lower()))
    if not password_fits(user.password_hash if user else None, password) or user is None or not user.active:
        raise Invalid("That name and password do not go together.")
    signed_in(session, user, now, "password")
    return user


def password_fits(password_hash: str | None, password: str) -> bool:
    try:
        return hasher.verify(password_hash or NOBODYS_HASH, password[:1_000]) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def set_password(user: User, password: str) -> None:
    """Raises `Invalid` for a password that is too short or absurdly long."""
    if not SHORTEST_PASSWORD <= len(password) <= 1_000:
        raise Invalid(f"A password has at least {SHORTEST_PASSWORD} characters.")
    user.password_hash = hasher.hash(password)


def signed_in(session: Session, user: User, now: datetime, by: str) -> None:
    user.signed_in_at = now
    record(session, Happened.SIGNED_IN, now, user_id=user.id, by=by)


def make_api_token(session: Session, user: User, name: str, now: datetime) -> str:
    """A key for programs; shown once."""
    token = "md_" + secrets.token_urlsafe(30)
    session.add(ApiToken(token_hash=hash_token(token), user_id=user.id, name=name[:80], created_at=now))
    return token


def user_of_token(session: Session, token: str) -> User | None:
    """Whom a program acts as; None for a token that is not ours or whose user has left."""
    found = session.get(ApiToken, hash_token(token), options=[joinedload(ApiToken.user)])
    return found.user if found and found.user.active else None


def hash_token(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough; it is what the store is searched by."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
