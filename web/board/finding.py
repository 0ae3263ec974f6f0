"""A few mentions in which words are found, for the list of commands."""

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from monitor import queries
from monitor.models import Mention
from monitor.queries import QueueFilter
from monitor.wording import excerpt
from web.board.filters import chosen_in
from web.context import here, this_moment
from web.translations import _

blueprint = Blueprint("finding", __name__)
MOST = 6
LENGTH = 80


@blueprint.get("/find")
def find() -> ResponseReturnValue:
    """`[{"words": …, "href": …}]`, the most pressing first, whatever became of them."""
    words = chosen_in(request.args).get("q", "")
    if not words:
        return jsonify([])
    with here().store.read() as db:
        page = queries.queue_page(db, QueueFilter(status="", q=words), this_moment(), limit=MOST)
        return jsonify(
            [{"words": name(one), "href": url_for("mention.show", mention_id=one.id)} for one in page.mentions]
        )


def name(mention: Mention) -> str:
    """Whose, and how it begins; abuse is not read out."""
    author = (mention.author.name or mention.author.handle)[:40] if mention.author else _("author unknown")
    begins = _("Abusive; open it to read.") if mention.abuse else excerpt(mention.text, LENGTH)
    return f"{author}: {begins}"
