"""Feed health: what each feed can see, what is missing, and what the last polls brought."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from monitor import gaps, queries
from monitor.words import Role
from web.context import here, this_moment
from web.login import acting_user, whoami
from web.mention_id import LARGEST_ID
from web.page import read_side

blueprint = Blueprint("feeds", __name__)
DAY = timedelta(days=1)


@blueprint.post("/feeds/gaps/<int:gap_id>/accept")
def accept_gap(gap_id: int) -> ResponseReturnValue:
    with here().store.write() as db:
        gaps.accept_gap(db, min(gap_id, LARGEST_ID), acting_user(db), this_moment())
    return redirect(url_for("feeds.feeds"), 303)


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
            may_accept=whoami().role != Role.AGENT,
            polls=queries.latest_polls(db, since),
        )
