"""What a board says of who looks at it: `Ana is reading`, `Ben is writing`."""

from flask import Blueprint, Response, request

from monitor.live.listening import tell_presence
from monitor.live.presence import AWAY, DOINGS, stay
from web.context import here, this_moment
from web.login import whoami
from web.mention_id import LARGEST_ID

blueprint = Blueprint("presence", __name__)


@blueprint.post("/presence")
def say() -> Response:
    """`mention` (0: only the board), `doing`, and `left`: the mention that the same window showed before."""
    doing = request.form.get("doing", "")
    mention_id, left = read_id("mention"), read_id("left")
    if left and left != mention_id:
        say_one(left, AWAY)
    say_one(mention_id, doing if doing in DOINGS else AWAY)
    return Response(status=204)


def say_one(mention_id: int, doing: str) -> None:
    me = whoami()
    said = stay(me.id, me.name, mention_id, doing, this_moment())
    tell_presence(here().store, here().live.presence, said)


def read_id(name: str) -> int:
    found = request.form.get(name, 0, type=int)
    return found if 0 <= found <= LARGEST_ID else 0
