"""What the pages share: the first column with its views and the desk's health, and the queue beside a mention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from monitor import queries
from monitor.abusive.cap import share_of
from monitor.deeds import Last
from monitor.live.trail import position
from monitor.models import Memo, Mention, SavedView
from monitor.search import read_terms
from web.board.filters import VIEWS, View, address, chosen_in, current_view, queue_filter
from web.context import here, this_moment
from web.login import whoami
from web.words.feeds import Sight, say_sight


@dataclass(frozen=True)
class ViewLine:
    """A view as the first column shows it."""

    view: View
    count: int
    href: str


@dataclass(frozen=True)
class Side:
    """The first column."""

    views: list[ViewLine]
    sight: Sight
    waiting: int  # for the classifier
    set_aside: int
    asked: int  # replies that wait for approval
    escalated: int  # and who asked not to be alone
    incidents: int  # that go on, or are proposed
    promises: queries.PromiseCounts
    memos: Sequence[tuple[Memo, Mention]]  # what one is to be told of
    saved: Sequence[SavedView]
    brands: Sequence[str]  # as the menus offer them
    sources: Sequence[str]
    last: Last | None  # what one did last and can still take back


def read_side(db: Session, brand: str = "") -> Side:
    """The first column, as things stand."""
    now = this_moment()
    frame = queries.read_frame(db, whoami().id, now)
    counts = queries.count_desk(db, whoami().id, now, brand)
    narrowed = {"brand": brand} if brand else {}
    queue = url_for("board.queue")
    return Side(
        views=[ViewLine(view, counts.views[view.key], address(queue, {**view.chosen, **narrowed})) for view in VIEWS],
        sight=say_sight(frame.feeds, now),
        waiting=counts.waiting,
        set_aside=counts.set_aside,
        asked=counts.asked,
        escalated=counts.escalated,
        incidents=counts.incidents,
        promises=counts.promises,
        memos=frame.memos,
        saved=frame.saved,
        brands=[one.name for one in frame.brands],
        sources=frame.sources,
        last=frame.last,
    )


def read_rows(db: Session) -> dict[str, Any]:
    """One page of rows; `position` is from where the page is to be told what comes. Raises `BadCursor`."""
    chosen, cursor = chosen_in(request.args), request.args.get("cursor")
    since = position(db, this_moment())
    wanted = queue_filter(chosen, whoami().id)
    page = queries.queue_page(db, wanted, this_moment(), cursor, unread=queries.UNSHOWN)
    share = share_of(db, whoami().id, here().settings, this_moment()) if "abuse" in chosen else None
    return {"page": page, "position": since, "cursor": cursor, "share": share, **looked_at(chosen)}


def looked_at(chosen: Mapping[str, str]) -> dict[str, Any]:
    """The filters, for links that keep them."""
    return {
        "chosen": chosen,
        "view": current_view(chosen),
        "terms": read_terms(chosen.get("q", "")),
        "queue_url": address(url_for("board.queue"), chosen),
    }
