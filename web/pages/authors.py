"""An author's page: what they wrote to us before, what we answered, what colleagues noted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor import queries
from monitor.desk import NotFound
from monitor.queries.promises import promises_to_author
from web.board.columns import read_side
from web.context import here
from web.translations import _

blueprint = Blueprint("authors", __name__)


@blueprint.get("/authors/<mention_id:author_id>")
def show(author_id: int) -> ResponseReturnValue:
    """Everything of theirs that is kept, the newest first."""
    with here().store.read() as db:
        found = queries.author_page(db, author_id)
        if found is None:
            raise NotFound(_("There is no such author here; what they deleted was removed, and they with it."))
        promises = promises_to_author(db, author_id)
        return render_template("author.html", side=read_side(db), found=found, promises=promises, chosen={})
