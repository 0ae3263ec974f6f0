"""The calls about the hard ones: escalations, a second person, guidance, and the shares of the abusive lane."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify
from pydantic import Field
from sqlalchemy.orm import Session

from monitor import desk, queries
from monitor.abusive import cap, seconds
from monitor.clock import utcnow
from monitor.escalation import commands
from monitor.escalation.settings import LEAD
from monitor.guidance import pages
from monitor.guidance.kinds import Applies, applying
from monitor.models import User
from monitor.queries.hard_ones import lane_today, open_escalations, open_seconds, settled_escalations
from web.api.blueprint import blueprint, spec
from web.api.bodies import Body, Text
from web.api.mentions import ADDS, READS, WRITES
from web.api.problems import Problem
from web.api.shapes import show_escalation, show_second, when
from web.api.writes import perform, perform_on, write_once
from web.context import here

MENTION = "/mentions/<mention_id:mention_id>"
ESCALATION = f"{MENTION}/escalations/<mention_id:escalation_id>"
SECOND = f"{MENTION}/second/<mention_id:second_id>"


class EscalationsQuery(Body):
    """Those that are open, or the last that were settled."""

    settled: bool = False


class EscalateBody(Body):
    """Before whom it is put, `lead` or a group of the configuration, and why."""

    to: str = Field(LEAD, min_length=1, max_length=100)
    reason: Text


class SettleEscalationBody(Body):
    """What was decided; whoever escalated it and whoever took it on read it."""

    answer: Text


class SecondBody(Body):
    """Whom, by name; left out, everybody is asked. Nobody has to say why."""

    to: str = Field("", max_length=80)
    words: str = Field("", max_length=500)


class GuidanceBody(Body):
    """The page in Markdown; `version` is the one that was read, 0 for the desk's own."""

    text: Text
    version: int = Field(ge=0, le=2**31 - 1)


class LiftBody(Body):
    """Who may take more of what attacks people until the day ends, by name, and why."""

    to: str = Field(min_length=1, max_length=80)
    reason: Text


@blueprint.get("/escalations")
@spec.validate(resp=READS, skip_validation=False)
def list_escalations(query: EscalationsQuery) -> Response:
    """What is before a group, first what nobody has taken on; and who asked not to be alone with a mention."""
    with here().store.read() as session:
        found = settled_escalations(session) if query.settled else open_escalations(session)
        alone = [] if query.settled else open_seconds(session)
        return jsonify(escalations=[show_escalation(one) for one in found], seconds=[show_second(one) for one in alone])


@blueprint.post(f"{MENTION}/escalations")
@spec.validate(resp=ADDS)
def escalate(mention_id: int, json: EscalateBody) -> Response:
    """Put a mention before a group, which is called. 409 where it is before one already."""
    given = json.to, json.reason, here().settings
    return perform(
        mention_id, lambda session, user, now: commands.escalate(session, mention_id, user, *given, now), 201
    )


@blueprint.post(f"{ESCALATION}/take-on")
@spec.validate(resp=WRITES)
def take_escalation_on(mention_id: int, escalation_id: int) -> Response:
    """Say that one has it: it goes no further."""
    settings = here().settings
    return perform_on(
        commands.find,
        mention_id,
        escalation_id,
        lambda session, id_, user, now: commands.take_on(session, id_, user, settings, now),
    )


@blueprint.post(f"{ESCALATION}/settle")
@spec.validate(resp=WRITES)
def settle_escalation(mention_id: int, escalation_id: int, json: SettleEscalationBody) -> Response:
    """Say what was decided."""
    return perform_on(
        commands.find,
        mention_id,
        escalation_id,
        lambda session, id_, user, now: commands.settle(session, id_, user, json.answer, now),
    )


@blueprint.post(f"{MENTION}/second")
@spec.validate(resp=ADDS)
def ask_for_second(mention_id: int, json: SecondBody) -> Response:
    """Ask a colleague, or everybody, not to leave one alone with a mention."""

    def ask(session: Session, user: User, now: datetime) -> None:
        to = named(session, json.to) if json.to else None
        seconds.ask(session, mention_id, user, to, json.words, now)

    return perform(mention_id, ask, 201)


@blueprint.post(f"{SECOND}/accept")
@spec.validate(resp=WRITES)
def accept_second(mention_id: int, second_id: int) -> Response:
    """Stand by whoever asked."""
    return perform_on(seconds.find, mention_id, second_id, seconds.accept)


@blueprint.post(f"{SECOND}/end")
@spec.validate(resp=WRITES)
def end_second(mention_id: int, second_id: int) -> Response:
    """Say that it is no longer needed."""
    return perform_on(seconds.find, mention_id, second_id, seconds.end)


@blueprint.get("/guidance")
@spec.validate(resp=READS)
def list_guidance() -> Response:
    """Every page that holds."""
    with here().store.read() as session:
        return jsonify(guidance=[show_page(page) for page in pages.read_pages(session)])


@blueprint.get(f"{MENTION}/guidance")
@spec.validate(resp=READS)
def list_guidance_of_mention(mention_id: int) -> Response:
    """The pages that apply to a mention, the gravest first, with the words of the post that say so."""
    with here().store.read() as session:
        mention = desk.get(session, mention_id)
        rules = here().settings.brand(mention.brand.name).signals
        found = applying(mention.text, mention.need, mention.abuse, rules)
        held = pages.read_pages(session, [one.kind for one in found])
        return jsonify(guidance=[show_page(page, one) for page, one in zip(held, found, strict=True)])


@blueprint.post("/guidance/<kind>")
@spec.validate(resp=WRITES)
def write_guidance(kind: str, json: GuidanceBody) -> Response:
    """Say it otherwise from now on. A lead may; 409 where somebody changed it meanwhile."""
    given = json.text, json.version
    return write_once(lambda session, user, now: show_page(pages.write_page(session, kind, user, *given, now)))


@blueprint.get("/abusive-lane")
@spec.validate(resp=READS)
def show_lane() -> Response:
    """How many mentions that attack people each took today, and how many they may; `most` null: any number."""
    with here().store.read() as session:
        shared = lane_today(session, here().settings, utcnow())
        return jsonify(shares=[show_share(user, share) for user, share in shared])


@blueprint.post("/abusive-lane/lift")
@spec.validate(resp=WRITES)
def lift_cap(json: LiftBody) -> Response:
    """Let somebody take more until the day ends. A lead may."""

    def lift(session: Session, user: User, now: datetime) -> dict[str, Any]:
        to = named(session, json.to)
        cap.lift_cap(session, to, user, json.reason, here().settings, now)
        session.flush()
        return show_share(to, cap.share_of(session, to.id, here().settings, now))

    return write_once(lift)


def named(session: Session, name: str) -> User:
    user = queries.user_named(session, name)
    if user is None:
        raise Problem(400, f"to: there is no user called {name}.")
    return user


def show_page(page: pages.Page, applies: Applies | None = None) -> dict[str, Any]:
    """`version` 0 is the desk's own page; `words` are those of the post."""
    edition = page.edition
    words = {"words": list(applies.words)} if applies else {}
    written = {
        "by": edition.user.name if edition else None,
        "changed_at": when(edition.created_at) if edition else None,
    }
    return {"kind": page.kind, "text": page.text, "version": page.version, **written, **words}


def show_share(user: User, share: cap.Share) -> dict[str, Any]:
    return {"user": user.name, "taken": share.taken, "most": share.most, "lifted": share.lifted}
