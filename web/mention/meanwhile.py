"""What others did to the mention that is open, put beside it without moving what is being read."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.care.meanwhile import happened_since
from web.context import here
from web.login import whoami
from web.mention.page import read_mention

blueprint = Blueprint("meanwhile", __name__, url_prefix="/mentions/<mention_id:mention_id>/meanwhile")


@blueprint.get("")
def show(mention_id: int) -> ResponseReturnValue:
    """The bar at the mention's foot, and with it the actions and the timeline as they are now."""
    seen = request.args.get("seen", 0, type=int)
    with here().store.read() as db:
        found = read_mention(db, mention_id)
        lines = happened_since(db, mention_id, seen, whoami().id)
        return render_template("mention/meanwhile_part.html", lines=lines, chosen={}, typed={}, refusal="", **found)
