"""What stands around every page, read in one statement: brands, feeds, saved views, and what one is to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.models import Activity, Author, Brand, Feed, Memo, Mention, SavedView, User
from monitor.queries.together import Row, Wanted, read_together, together
from monitor.teamwork.memos import AT_ONCE, waits_for

READER = bindparam("reader_id", type_=User.id.type)
BETWEEN = "\n"  # no source's name holds one


@dataclass(frozen=True)
class Frame:
    """What stands around a page."""

    brands: Sequence[Brand]  # by name
    sources: Sequence[str]  # the platforms that mentions came from
    feeds: Sequence[Feed]  # those in use, by brand and name
    saved: Sequence[SavedView]  # one's own and the team's, by title
    memos: Sequence[tuple[Memo, Mention]]  # what one has not read yet, the newest first


def read_frame(session: Session, reader_id: int) -> Frame:
    found = read_together(session, frame(), wanted(), scalars=1, reader_id=reader_id)
    rows, mentions = found.rows, {mention.id: mention for mention in found.rows[Mention]}
    return Frame(
        brands=sorted(rows[Brand], key=lambda brand: brand.name),
        sources=sorted(found.scalars[0].split(BETWEEN)) if found.scalars[0] else [],
        feeds=sorted(rows[Feed], key=lambda feed: (feed.brand_id, feed.name)),
        saved=sorted(rows[SavedView], key=lambda view: (view.title.lower(), view.id)),
        memos=[(memo, mentions[at]) for memo in reversed(rows[Memo]) if (at := memo.activity.mention_id) in mentions],
    )


@cache
def frame() -> Select[Any]:
    line = joinedload(Memo.activity).joinedload(Activity.user)
    return together(wanted(), name_sources()).options(line, joinedload(Mention.author))


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
    }


def name_sources() -> ColumnElement[str]:
    """From each platform to the next, rather than through all authors."""
    first = select(func.min(Author.source).label("source")).cte("found", recursive=True)
    following = select(func.min(Author.source)).where(Author.source > first.c.source).scalar_subquery()
    sources = first.union_all(select(following).where(first.c.source.is_not(None)))
    return select(func.aggregate_strings(sources.c.source, BETWEEN)).scalar_subquery()
