"""Parts of the queue that people gave a name, for themselves or for the whole team."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.desk import Invalid, NotFound, Refused, required
from monitor.models import SavedView, User
from monitor.words import Role

LONGEST_TITLE = 40
MOST = 30  # of one person


def save_view(
    session: Session, user: User, title: str, filters: Mapping[str, str], shared: bool, now: datetime
) -> SavedView:
    """Keep the filters under a name; saving one's own view again under its name changes what it shows."""
    title = required(title, "a name for the view")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"A view's name has up to {LONGEST_TITLE} characters; this one has {len(title)}.")
    own = session.scalars(select(SavedView).where(SavedView.user_id == user.id)).all()
    found = next((view for view in own if view.title == title), None)
    if found is None and len(own) >= MOST:
        raise Refused(f"You have saved {MOST} views; take one away first.")
    view = found or SavedView(user_id=user.id, title=title, created_at=now)
    view.filters, view.shared = dict(filters), shared
    session.add(view)
    session.flush()
    return view


def drop_view(session: Session, view_id: int, user: User) -> None:
    """Take a view away. Whoever saved it may; so may a lead, where it is the team's."""
    view = session.get(SavedView, view_id)
    if view is None or (view.user_id != user.id and not view.shared):
        raise NotFound("There is no such view.")
    if view.user_id != user.id and user.role == Role.AGENT:
        raise Refused("Somebody else saved this view for the team; they or a lead can take it away.")
    session.delete(view)
