"""The calls about replies that are sent from here: send, approve, and deal with one that failed."""

from datetime import datetime

from flask import Response, jsonify
from pydantic import Field
from sqlalchemy.orm import Session

from monitor import desk
from monitor.models import User
from monitor.replies import approval, commands
from web.api.blueprint import blueprint, spec
from web.api.bodies import Body, Text
from web.api.mentions import ADDS, READS, WRITES
from web.api.shapes import show_brief, show_reply
from web.api.writes import perform, perform_on
from web.context import here

REPLIES = "/mentions/<mention_id:mention_id>/replies"
ONE = f"{REPLIES}/<mention_id:reply_id>"


class SendBody(Body):
    """A public answer to be sent from here; `as_thread` lets a longer one go out as several posts."""

    text: Text
    as_thread: bool = False


class ApproveBody(Body):
    """The words in which it goes out; empty: as it was written."""

    text: str = Field("", max_length=desk.LONGEST_TEXT)


class RefuseBody(Body):
    """Why it does not go out; its writer sees it."""

    reason: Text


class SettleBody(Body):
    """What a look at the platform showed: whether the reply is there, and its address."""

    there: bool
    url: str = Field("", max_length=2_000)


@blueprint.post(f"{REPLIES}/send")
@spec.validate(resp=ADDS)
def send_reply(mention_id: int, json: SendBody) -> Response:
    """Put a reply on its way, or before a colleague where the brand has replies approved. Needs the claim."""

    def send(session: Session, user: User, now: datetime) -> None:
        commands.send(session, mention_id, user, json.text, here().settings, now, json.as_thread)

    return perform(mention_id, send, 201)


@blueprint.get("/approvals")
@spec.validate(resp=READS)
def list_approvals() -> Response:
    """The replies that wait for approval, the longest waiting first, each with its mention."""
    with here().store.read() as session:
        asked = approval.list_asked(session)
        found = [
            {**show_reply(reply), "mention": show_brief(mention), "goes_on": parts} for reply, mention, parts in asked
        ]
        return jsonify({"approvals": found})


@blueprint.post(f"{ONE}/approve")
@spec.validate(resp=WRITES)
def approve_reply(mention_id: int, reply_id: int, json: ApproveBody) -> Response:
    """Let a reply go out. A lead or an admin may, and never the one who wrote it."""
    return perform_on(
        commands.find,
        mention_id,
        reply_id,
        lambda session, id_, user, now: approval.approve(session, id_, user, here().settings, now, json.text),
    )


@blueprint.post(f"{ONE}/refuse")
@spec.validate(resp=WRITES)
def refuse_reply(mention_id: int, reply_id: int, json: RefuseBody) -> Response:
    """Keep a reply from going out."""
    return perform_on(
        commands.find,
        mention_id,
        reply_id,
        lambda session, id_, user, now: approval.refuse(session, id_, user, json.reason, now),
    )


@blueprint.post(f"{ONE}/again")
@spec.validate(resp=WRITES)
def send_reply_again(mention_id: int, reply_id: int, json: SendBody) -> Response:
    """Send a reply that was refused, in the words that are given now."""
    return perform_on(
        commands.find,
        mention_id,
        reply_id,
        lambda session, id_, user, now: commands.send_again(session, id_, user, json.text, here().settings, now),
    )


@blueprint.post(f"{ONE}/withdraw")
@spec.validate(resp=WRITES)
def withdraw_reply(mention_id: int, reply_id: int) -> Response:
    """Take back a reply that is not on its way yet."""
    return perform_on(commands.find, mention_id, reply_id, commands.withdraw)


@blueprint.post(f"{ONE}/settle")
@spec.validate(resp=WRITES)
def settle_reply(mention_id: int, reply_id: int, json: SettleBody) -> Response:
    """Say whether a reply whose fate nobody knows is on the platform."""
    given = json.there, json.url, here().settings
    return perform_on(
        commands.find,
        mention_id,
        reply_id,
        lambda session, id_, user, now: commands.settle(session, id_, user, *given, now),
    )
