"""The calls about handing over at the end of a shift: what is at hand, and who goes on with it."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify
from pydantic import Field
from sqlalchemy.orm import Session

from monitor import queries
from monitor.abusive.sparing import Handing, hand_over_all
from monitor.desk import LONGEST_TEXT
from monitor.models import User
from monitor.teamwork.handover import Item, at_hand
from web.api.blueprint import asking_user, blueprint, spec
from web.api.bodies import Body
from web.api.mentions import READS, WRITES
from web.api.problems import Problem
from web.api.shapes import show_brief, show_promise, show_reply
from web.api.writes import write_once
from web.context import here


class HandingBody(Body):
    """One mention: to whom, by name, or to the queue where `to` is empty; with a note for whoever goes on."""

    mention: int
    to: str = Field("", max_length=80)
    note: str = Field("", max_length=LONGEST_TEXT)


class HandoverBody(Body):
    """What is handed over: all of it, or nothing; the abusive lane's cap apart."""

    items: list[HandingBody] = Field(min_length=1, max_length=500)


@blueprint.get("/handover")
@spec.validate(resp=READS)
def read_handover() -> Response:
    """What the token's user holds, promised and began to write, and their replies that wait."""
    with here().store.read() as session:
        return jsonify(show_at_hand(session, session.get_one(User, asking_user().id)))


@blueprint.post("/handover")
@spec.validate(resp=WRITES)
def give_handover(json: HandoverBody) -> Response:
    """Hand mentions over, each with its promises and its draft; answers with what is still at hand, and what of it
    was `refused`: what attacks people, for whom had their share of it today. The sentence why stands beside its id."""

    def run(session: Session, user: User, now: datetime) -> dict[str, Any]:
        chosen = [Handing(one.mention, find_colleague(session, one.to), one.note) for one in json.items]
        stays = hand_over_all(session, chosen, user, here().settings, now)
        session.flush()
        return show_at_hand(session, user) | {"refused": {str(mention_id): why for mention_id, why in stays.items()}}

    return write_once(run)


def find_colleague(session: Session, name: str) -> User | None:
    """None where the queue is meant."""
    if not name:
        return None
    found = queries.user_named(session, name)
    if found is None:
        raise Problem(400, f"to: there is no user called {name}.")
    return session.get_one(User, found.id)


def show_at_hand(session: Session, user: User) -> dict[str, Any]:
    return {"items": [show_item(item) for item in at_hand(session, user)]}


def show_item(item: Item) -> dict[str, Any]:
    draft = item.draft
    return {
        "mention": show_brief(item.mention),
        "held": item.held,
        "draft": {"reply": draft.reply, "url": draft.url, "note": draft.note} if draft else None,
        "promises": [show_promise(promise) for promise in item.promises],
        "replies": [show_reply(reply) for reply in item.replies],
    }
