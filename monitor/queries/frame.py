"""What stands around every page, read in one statement: brands, feeds, saved views, and what one is to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.deeds.undoing import UNDO_FOR, Last, count_parts, find_last, tell_last
from monitor.models import Activity, Author, Brand, Deed, Feed, Memo, Mention, SavedView, User
from monitor.queries.together import Row, Wanted, read_together, together
from monitor.teamwork.memos import AT_ONCE, waits_for

READER = bindparam("reader_id", type_=User.id.type)
SINCE = bindparam("since", type_=Deed.at.type)
BETWEEN = "\n"  # no source's name holds one


@dataclass(frozen=True)
class Frame:
    """What stands around a page."""

    brands: Sequence[Brand]  # by name
    sources: Sequence[str]  # the platforms that mentions came from
    feeds: Sequence[Feed]  # those in use, by brand and name
    saved: Sequence[SavedView]  # one's own and the team's, by title
    memos: Sequence[tuple[Memo, Mention]]  # what one has not read yet, the newest first
    last: Last | None  # what one did last and can still take back


def read_frame(session: Session, reader_id: int, now: datetime) -> Frame:
    found = read_together(session, frame(), wanted(), scalars=2, reader_id=reader_id, since=now - UNDO_FOR)
    rows, mentions = found.rows, {mention.id: mention for mention in found.rows[Mention]}
    sources, parts = found.scalars
    return Frame(
        brands=sorted(rows[Brand], key=lambda brand: brand.name),
        sources=sorted(sources.split(BETWEEN)) if sources else [],
        feeds=sorted(rows[Feed], key=lambda feed: (feed.brand_id, feed.name)),
        saved=sorted(rows[SavedView], key=lambda view: (view.title.lower(), view.id)),
        memos=[(memo, mentions[at]) for memo in reversed(rows[Memo]) if (at := memo.activity.mention_id) in mentions],
        last=next((tell_last(deed, parts) for deed in rows[Deed]), None),
    )


@cache
def frame() -> Select[Any]:
    line = joinedload(Memo.activity).joinedload(Activity.user)
    parts = count_parts(find_last(READER, SINCE))
    return together(wanted(), name_sources(), parts).options(line, joinedload(Mention.author))


@cache
def wanted() -> Mapping[Row, Wanted]:
    theirs = or_(SavedView.shared, SavedView.user_id == READER)
    about = select(Activity.mention_id).join(Memo, Memo.activity_id == Activity.id)
    return {
        Brand: Wanted(select(Brand.id)),
        Feed: Wanted(select(Feed.id).where(Feed.enabled)),
        SavedView: Wanted(select(SavedView.id).where(theirs)),
        Memo: Wanted(select(Memo.id).where(*waits_for(READER)).order_by(Memo.id.desc()).limit(AT_ONCE)),
        Mention: Wanted(about.where(*waits_for(READER)).distinct()),
        Deed: Wanted(find_last(READER, SINCE)),
    }


def name_sources() -> ColumnElement[str]:
    """From each platform to the next, rather than through all authors."""
    first = select(func.min(Author.source).label("source")).cte("found", recursive=True)
    following = select(func.min(Author.source)).where(Author.source > first.c.source).scalar_subquery()
    sources = first.union_all(select(following).where(first.c.source.is_not(None)))
    return select(func.aggregate_strings(sources.c.source, BETWEEN)).scalar_subquery()
