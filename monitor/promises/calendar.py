"""A person's promises as a calendar (RFC 5545), read by other programs under a secret address."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from monitor.alerting.alerts import author_name
from monitor.models import CalendarLink, Promise, User
from monitor.settings import Settings
from monitor.translating import _
from monitor.translations.retelling import retell
from monitor.urls import mention_url
from monitor.users import hash_token
from monitor.wording import excerpt
from monitor.words import PromiseState

LENGTH = timedelta(minutes=15)  # an entry ends when the promise is due
AGAIN = timedelta(minutes=15)  # how often a calendar should look


def make_link(session: Session, user: User, now: datetime) -> str:
    """A new secret, shown once; the address before it is no longer good."""
    end_link(session, user)
    token = secrets.token_urlsafe(30)
    session.add(CalendarLink(user_id=user.id, token_hash=hash_token(token), created_at=now))
    return token


def end_link(session: Session, user: User) -> None:
    session.execute(delete(CalendarLink).where(CalendarLink.user_id == user.id))


def has_link(session: Session, user_id: int) -> bool:
    return session.get(CalendarLink, user_id) is not None


def user_of_link(session: Session, token: str) -> User | None:
    """Whose calendar it is; None for a secret that is not ours, or whose user has left."""
    theirs = select(User).join(CalendarLink, CalendarLink.user_id == User.id)
    return session.scalar(theirs.where(CalendarLink.token_hash == hash_token(token), User.active))


def write_calendar(user: User, promises: Iterable[Promise], settings: Settings, now: datetime) -> bytes:
    """The calendar, folded and escaped, in the language that is spoken. Names and words in it are hostile."""
    calendar = Calendar()
    calendar.add("prodid", "-//mentiondesk//promises//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Promises of %(name)s", name=excerpt(user.name, 80)))
    calendar.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    for promise in promises:
        calendar.add_component(write_event(promise, settings, now))
    return bytes(calendar.to_ical())


def write_event(promise: Promise, settings: Settings, now: datetime) -> Event:
    event = Event()
    promised = f"{excerpt(promise.text, 120)} ({author_name(promise.mention)})"
    event.add("uid", f"promise-{promise.id}@mentiondesk")
    event.add("dtstamp", now)
    event.add("dtstart", promise.due_at - LENGTH)
    event.add("dtend", promise.due_at)
    is_broken = promise.state == PromiseState.BROKEN
    event.add("summary", _("Broken: %(promised)s", promised=promised) if is_broken else promised)
    event.add("description", retell(promise.rule))
    event.add("url", mention_url(settings, promise.mention_id))
    event.add("transp", "TRANSPARENT")
    return event
