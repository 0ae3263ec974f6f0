"""What the pages share: the first column with its views and the desk's health, and the queue beside a mention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from monitor import queries
from monitor.memos import unread
from monitor.models import Memo, Mention
from monitor.trail import position
from web.context import this_moment
from web.feed_words import Sight, say_sight
from web.filters import VIEWS, View, address, chosen_in, current_view, queue_filter
from web.login import whoami


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
    promises: queries.PromiseCounts
    memos: Sequence[tuple[Memo, Mention]]  # what one is to be told of


def read_side(db: Session, brand: str = "") -> Side:
    """The first column, as things stand."""
    now = this_moment()
    counts = queries.view_counts(db, whoami().id, now, brand)
    here = {"brand": brand} if brand else {}
    queue = url_for("board.queue")
    return Side(
        views=[ViewLine(view, counts[view.key], address(queue, {**view.chosen, **here})) for view in VIEWS],
        sight=say_sight(queries.feeds(db), now),
        waiting=queries.waiting_for_triage(db),
        set_aside=queries.count_set_aside(db),
        promises=queries.count_promises(db, whoami().id),
        memos=unread(db, whoami().id),
    )


def read_queue(db: Session) -> dict[str, Any]:
    """The queue that the address asks for, and what its menus offer. Raises `BadCursor`."""
    return {**read_rows(db), "brands": queries.brand_names(db), "sources": queries.source_names(db)}


def read_rows(db: Session) -> dict[str, Any]:
    """One page of rows; `position` is from where the page is to be told what comes."""
    chosen, cursor = chosen_in(request.args), request.args.get("cursor")
    since = position(db, this_moment())
    page = queries.queue_page(db, queue_filter(chosen, whoami().id), this_moment(), cursor)
    return {"page": page, "position": since, "cursor": cursor, **looked_at(chosen)}


def looked_at(chosen: Mapping[str, str]) -> dict[str, Any]:
    """The filters, for links that keep them."""
    return {"chosen": chosen, "view": current_view(chosen), "queue_url": address(url_for("board.queue"), chosen)}
