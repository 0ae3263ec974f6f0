"""Reading the saved replies of the desk."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from monitor.models import SavedReply


def list_saved(session: Session, archived: bool = False) -> Sequence[SavedReply]:
    """Those in use, or those archived, by title."""
    kept = SavedReply.archived_at.is_not(None) if archived else SavedReply.archived_at.is_(None)
    statement = select(SavedReply).where(kept).order_by(func.lower(SavedReply.title))
    return session.scalars(statement.options(joinedload(SavedReply.brand))).all()
