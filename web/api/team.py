"""The calls about who works on what: the next mention, giving one to a colleague, and drafts."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify
from spectree import Response as Described
from sqlalchemy.orm import Session

from monitor import queries
from monitor.abusive import sparing
from monitor.care import drafts
from monitor.models import User
from monitor.teamwork import assigning
from web.api.blueprint import asking_user, blueprint, spec
from web.api.bodies import AssignBody, DraftBody
from web.api.mentions import READS, WRITES
from web.api.problems import Problem
from web.api.shapes import when
from web.api.writes import perform, perform_found, write_once
from web.context import here

NEXT = Described("HTTP_200", "HTTP_401", "HTTP_404", "HTTP_422", "HTTP_503")


@blueprint.post("/mentions/next")
@spec.validate(resp=NEXT)
def take_next() -> Response:
    """Claim the most pressing mention that nobody holds. 404 where none waits; never the same one for two."""

    def take(session: Session, user: User, now: datetime) -> int:
        mention = assigning.take_next(session, user, here().settings, now)
        if mention is None:
            raise Problem(404, assigning.why_nothing(session, user, here().settings, now))
        return mention.id

    return perform_found(take)


@blueprint.post("/mentions/<mention_id:mention_id>/assign")
@spec.validate(resp=WRITES)
def assign(mention_id: int, json: AssignBody) -> Response:
    """Give a mention to a colleague, who is told. What somebody else holds is theirs to give, or a lead's."""

    def give(session: Session, user: User, now: datetime) -> None:
        to = queries.user_named(session, json.to)
        if to is None:
            raise Problem(400, f"to: there is no user called {json.to}.")
        sparing.assign(session, mention_id, user, to, json.reason, here().settings, now)

    return perform(mention_id, give)


@blueprint.get("/mentions/<mention_id:mention_id>/draft")
@spec.validate(resp=READS)
def read_draft(mention_id: int) -> Response:
    """What the token's user has written on a mention and not sent: `{"reply", "url", "note", "saved_at"}`."""
    with here().store.read() as session:
        return jsonify(show_draft(session, mention_id, asking_user().id))


def show_draft(session: Session, mention_id: int, user_id: int) -> dict[str, Any]:
    draft = drafts.find_draft(session, mention_id, user_id)
    texts = {name: getattr(draft, name) if draft else "" for name in drafts.FIELDS}
    return {**texts, "saved_at": when(draft.saved_at) if draft else None}


@blueprint.post("/mentions/<mention_id:mention_id>/draft")
@spec.validate(resp=WRITES)
def save_draft(mention_id: int, json: DraftBody) -> Response:
    """Keep what is written so far. Answers as reading it does."""

    def save(session: Session, user: User, now: datetime) -> dict[str, Any]:
        drafts.save_draft(session, mention_id, user.id, json.model_dump(exclude_none=True), now)
        return show_draft(session, mention_id, user.id)

    return write_once(save)
