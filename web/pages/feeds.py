"""Feed health: what each feed can see, what is missing, and what the last polls brought."""

from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import queries
from monitor.brands import feed_limit
from monitor.collecting import gaps
from monitor.collecting.abilities import say_abilities
from monitor.collecting.budget import Spending, foresee
from monitor.words import Role
from web.board.columns import read_side
from web.context import here, this_moment
from web.login import acting_user, whoami
from web.mention_id import LARGEST_ID

blueprint = Blueprint("feeds", __name__)
DAY = timedelta(days=1)


@blueprint.post("/feeds/gaps/<int:gap_id>/accept")
def accept_gap(gap_id: int) -> ResponseReturnValue:
    with here().store.write() as db:
        gaps.accept_gap(db, min(gap_id, LARGEST_ID), acting_user(db), this_moment())
    return redirect(url_for("feeds.feeds"), 303)


def read_spending(db: Session) -> dict[int, Spending]:
    """What each feed with a budget has spent this month and will have spent by its end, by feed id."""
    now, settings = this_moment(), here().settings
    spent = queries.month_spending(db, now)
    limits = {feed.id: feed_limit(settings, feed.brand.name, feed.name) for feed in queries.feeds(db)}
    return {feed_id: foresee(spent.get(feed_id, Decimal(0)), limit, now) for feed_id, limit in limits.items() if limit}


@blueprint.get("/feeds")
def feeds() -> ResponseReturnValue:
    """Every feed with its state, its open gaps and its last day."""
    since = this_moment() - DAY
    with here().store.read() as db:
        return render_template(
            "feeds.html",
            side=read_side(db),
            feeds=queries.feeds(db),
            gaps=queries.open_gaps(db),
            readings=queries.readings(db, since),
            spending=read_spending(db),
            abilities=say_abilities,
            may_accept=whoami().role != Role.AGENT,
            polls=queries.latest_polls(db, since),
        )
