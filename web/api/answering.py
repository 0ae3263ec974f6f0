"""The calls that help with answering: saved replies, the courtesy check, similar mentions, pins, praise, outcomes."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify
from pydantic import Field
from spectree import Response as Described
from sqlalchemy.orm import Session

from monitor import queries
from monitor.care import notes
from monitor.care.praise import pass_praise_on
from monitor.clock import utcnow
from monitor.models import User
from monitor.queries.outcomes import outcomes_after
from monitor.saved_replies import commands
from monitor.saved_replies.commands import Draft
from monitor.saved_replies.listing import list_saved
from monitor.saved_replies.proposing import Tally, count_uses, propose
from monitor.similar import similar_past
from web.api.blueprint import blueprint, spec
from web.api.bodies import Body, Text
from web.api.mentions import ADDS, READS, WRITES
from web.api.problems import Problem
from web.api.shapes import show_brief, show_outcome, show_reply
from web.api.writes import perform, write_once
from web.context import alike, here
from web.mention.occasion import load, remarks_of

MENTION = "/mentions/<mention_id:mention_id>"


class SavedReplyBody(Body):
    """A saved reply; without needs, brand or language it is for all of them."""

    title: str = Field(min_length=1, max_length=commands.LONGEST_TITLE)
    text: Text
    knowledge: bool = False
    needs: list[str] = Field([], max_length=20)
    brand: str = ""
    lang: str = ""

    def as_draft(self) -> Draft:
        return Draft(self.title, self.text, self.knowledge, tuple(self.needs), self.brand, self.lang)


class CourtesyBody(Body):
    """A reply as it is written so far."""

    text: Text


class PraiseBody(Body):
    """To whom, by name, with a few words."""

    to: str = Field(min_length=1, max_length=80)
    words: str = Field("", max_length=500)


class OutcomesQuery(Body):
    """Outcomes behind one's id, the oldest first; of one brand, or of all."""

    brand: str = ""
    after: int = Field(0, ge=0, le=2**31 - 1)


class SavedRepliesQuery(Body):
    """Those in use, or with `archived` those that were put away."""

    archived: bool = False


@blueprint.get("/saved-replies")
@spec.validate(resp=READS, skip_validation=False)
def list_saved_replies(query: SavedRepliesQuery) -> Response:
    """Every saved reply with how often it was used and how often that went well."""
    with here().store.read() as session:
        found = list_saved(session, query.archived)
        tallies = count_uses(session, [saved.id for saved in found])
        return jsonify(
            {"saved_replies": [show_saved(commands.as_draft(one), one.id, tallies[one.id]) for one in found]}
        )


@blueprint.post("/saved-replies")
@spec.validate(resp=ADDS)
def add_saved_reply(json: SavedReplyBody) -> Response:
    """Keep a new one. Only leads and admins may; a title is taken once."""

    def add(session: Session, user: User, now: datetime) -> dict[str, Any]:
        return show_saved(json.as_draft(), commands.add(session, json.as_draft(), user, now).id, Tally())

    return write_once(add, 201)


@blueprint.get(f"{MENTION}/saved-replies")
@spec.validate(resp=READS)
def propose_saved_replies(mention_id: int) -> Response:
    """Those that fit the mention, the best first."""
    with here().store.read() as session:
        found = propose(session, load(session, mention_id), alike())
        shown = [
            show_saved(commands.as_draft(one.saved), one.saved.id, one.tally) | {"near": one.near} for one in found
        ]
        return jsonify({"saved_replies": shown})


@blueprint.post(f"{MENTION}/courtesy")
@spec.validate(resp=Described("HTTP_200", "HTTP_400", "HTTP_401", "HTTP_404"))
def check_courtesy(mention_id: int, json: CourtesyBody) -> Response:
    """What the courtesy check says of a reply; it changes nothing."""
    with here().store.read() as session:
        remarks = remarks_of(load(session, mention_id), json.text)
    shown = [{"rule": one.rule, "fine": one.fine, "says": one.says, "why": one.why} for one in remarks]
    return jsonify({"remarks": shown})


@blueprint.get(f"{MENTION}/similar")
@spec.validate(resp=READS)
def list_similar(mention_id: int) -> Response:
    """Past mentions that say much the same, with their replies and outcomes."""
    with here().store.read() as session:
        found = similar_past(session, here().nearest, load(session, mention_id), alike(), utcnow())
        shown = [
            show_brief(one.mention)
            | {"cosine": round(one.cosine, 3), "replies": [show_reply(reply) for reply in one.replies]}
            | {"outcome": show_outcome(one.outcome) if one.outcome else None}
            for one in found
        ]
        return jsonify({"similar": shown})


@blueprint.post(f"{MENTION}/notes/<mention_id:note_id>/pin")
@spec.validate(resp=WRITES)
def pin_note(mention_id: int, note_id: int) -> Response:
    """Show a note on every mention of its author."""
    return perform(mention_id, lambda session, user, now: notes.pin(session, mention_id, note_id, user, now))


@blueprint.post(f"{MENTION}/notes/<mention_id:note_id>/unpin")
@spec.validate(resp=WRITES)
def unpin_note(mention_id: int, note_id: int) -> Response:
    """Show it on its own mention alone."""
    return perform(mention_id, lambda session, user, now: notes.unpin(session, mention_id, note_id, user, now))


@blueprint.post(f"{MENTION}/praise")
@spec.validate(resp=WRITES)
def pass_on_praise(mention_id: int, json: PraiseBody) -> Response:
    """Pass praise on to the colleague who earned it."""
    with here().store.read() as session:
        colleague = queries.user_named(session, json.to)
    if colleague is None:
        raise Problem(400, f"to: there is no user called {json.to}.")
    given = colleague.id, json.words
    return perform(mention_id, lambda session, user, now: pass_praise_on(session, mention_id, user, *given, now))


@blueprint.get("/outcomes")
@spec.validate(resp=READS, skip_validation=False)
def list_outcomes(query: OutcomesQuery) -> Response:
    """What came of mentions, in the order in which they were closed; `next` is the `after` of the page behind."""
    with here().store.read() as session:
        found = outcomes_after(session, query.brand, query.after)
        shown = [show_outcome(one) | {"mention_id": one.mention_id, "brand": brand} for one, brand in found]
        return jsonify({"outcomes": shown, "next": found[-1][0].id if found else None})


def show_saved(draft: Draft, saved_id: int, tally: Tally) -> dict[str, Any]:
    return {
        "id": saved_id,
        "title": draft.title,
        "text": draft.text,
        "knowledge": draft.knowledge,
        "needs": list(draft.needs),
        "brand": draft.brand,
        "lang": draft.lang,
        "used": tally.used,
        "solved": tally.solved,
    }
