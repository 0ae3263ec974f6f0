"""The conversation around a mention: asked for when it is opened, put in place when it has been read."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor import desk, queries
from monitor.collecting import conversation
from web.context import here, this_moment
from web.mention.shown import split_conversation
from web.translations import _

blueprint = Blueprint("conversation", __name__, url_prefix="/mentions/<mention_id:mention_id>/conversation")


@blueprint.post("")
def ask(mention_id: int) -> ResponseReturnValue:
    """Have the conversation read, unless that was done a moment ago. The page does this by itself once it is shown."""
    with here().store.write() as db:
        if conversation.is_wanted(desk.get(db, mention_id), this_moment()):
            conversation.want(db, mention_id, this_moment())
    return show(mention_id)


@blueprint.get("")
def show(mention_id: int) -> ResponseReturnValue:
    """How far the reading is; and, once it is done, what was said before and after."""
    with here().store.read() as db:
        detail = queries.mention_detail(db, mention_id)
        if detail is None:
            raise desk.NotFound(_("There is no mention %(mention_id)s.", mention_id=mention_id))
        before, after = split_conversation(detail)
        return render_template(
            "mention/conversation.html", mention=detail.mention, before=before, after=after, swapped=True, chosen={}
        )
