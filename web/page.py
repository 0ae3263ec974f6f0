"""What the pages share: the first column with its views and the desk's health, and the queue beside a mention."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from monitor import queries
from monitor.abusive.cap import share_of
from monitor.memos import unread
from monitor.models import Memo, Mention, SavedView
from monitor.saved_views import saved_views
from monitor.search import read_terms
from monitor.trail import position
from web.context import here, this_moment
from web.feed_words import Sight, say_sight
from web.filters import VIEWS, View, address, chosen_in, current_view, queue_filter
from web.login import whoami

NAMES_KEPT = 60  # seconds for which the menus may lack a brand or a source that is new


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
    promises: queries.PromiseCounts
    memos: Sequence[tuple[Memo, Mention]]  # what one is to be told of
    saved: Sequence[SavedView]


def read_side(db: Session, brand: str = "") -> Side:
    """The first column, as things stand."""
    now = this_moment()
    counts = queries.count_desk(db, whoami().id, now, brand)
    narrowed = {"brand": brand} if brand else {}
    queue = url_for("board.queue")
    return Side(
        views=[ViewLine(view, counts.views[view.key], address(queue, {**view.chosen, **narrowed})) for view in VIEWS],
        sight=say_sight(queries.feeds(db), now),
        waiting=counts.waiting,
        set_aside=counts.set_aside,
        asked=counts.asked,
        escalated=counts.escalated,
        promises=counts.promises,
        memos=unread(db, whoami().id),
        saved=saved_views(db, whoami().id),
    )


def read_queue(db: Session) -> dict[str, Any]:
    """The queue that the address asks for, and what its menus offer. Raises `BadCursor`."""
    since = time.monotonic() - NAMES_KEPT
    brands, sources = here().made.since("names", since, lambda: queries.menu_names(db)) or queries.menu_names(db)
    return {**read_rows(db), "brands": brands, "sources": sources}


def read_rows(db: Session) -> dict[str, Any]:
    """One page of rows; `position` is from where the page is to be told what comes."""
    chosen, cursor = chosen_in(request.args), request.args.get("cursor")
    since = position(db, this_moment())
    page = queries.queue_page(db, queue_filter(chosen, whoami().id), this_moment(), cursor)
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
