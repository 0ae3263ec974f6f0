"""The queue: the desk's first page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.words import Status
from web.board.columns import read_rows, read_side
from web.board.filters import address, chosen_in
from web.context import here
from web.htmx import wants
from web.notices import kept_notice

blueprint = Blueprint("board", __name__)


@blueprint.get("/")
def queue() -> ResponseReturnValue:
    """The whole board, or only the rows or the column that htmx asks for."""
    if "" in request.args.values() or request.args.get("status") == Status.OPEN:
        # A form sends its empty fields too; the address should hold what was chosen and nothing else.
        return redirect(address(url_for("board.queue"), chosen_in(request.args)))
    with here().store.read() as db:
        if wants("more"):
            return render_template("board/rows.html", **read_rows(db))
        found = read_rows(db)
        side = read_side(db, found["chosen"].get("brand", ""))
        if wants("queue"):
            return render_template("board/queue_alone.html", side=side, **found)
        return render_template("board/page.html", side=side, greeting=kept_notice(), **found)
