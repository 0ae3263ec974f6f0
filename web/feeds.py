"""Feed health: what each feed can see, what is missing, and what the last polls brought."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor import queries
from web.context import here, this_moment
from web.page import read_side

blueprint = Blueprint("feeds", __name__)
DAY = timedelta(days=1)


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
            polls=queries.latest_polls(db, since),
        )
