"""The calls about incidents: list them, say what is known, put mentions in and out, answer and close them as one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from flask import Response, jsonify
from pydantic import Field
from sqlalchemy.orm import Session

from monitor.desk import LONGEST_TEXT
from monitor.incidents import commands
from monitor.incidents.answering import Given, log_all, plan_answers, send_all
from monitor.incidents.closing import close_incident, reopen_incident
from monitor.models import Incident, User
from monitor.queries.incidents import IncidentDetail, Sizes, incident_detail, incidents
from monitor.words import Ended
from web.api.blueprint import asking_user, blueprint, spec
from web.api.bodies import Body, Text
from web.api.mentions import ADDS, READS, WRITES
from web.api.shapes import show_activity, show_brief, when
from web.api.writes import write_once
from web.context import here

ONE = "/incidents/<mention_id:incident_id>"
Ids = list[int]
LONGEST_LIST = 1_000


class IncidentsQuery(Body):
    """Those that go on, proposals among them; or those that are over."""

    view: Literal["live", "over"] = "live"


class OpenBody(Body):
    """What it is called, and the mentions that tell of it."""

    title: str = Field(min_length=1, max_length=commands.LONGEST_TITLE)
    mentions: Ids = Field(min_length=1, max_length=LONGEST_LIST)


class TitleBody(Body):
    """What it is called."""

    title: str = Field(min_length=1, max_length=commands.LONGEST_TITLE)


class DescribeBody(Body):
    """What is known, for colleagues, and the wordings of the answer; what is left out stays as it is."""

    title: str | None = Field(None, min_length=1, max_length=commands.LONGEST_TITLE)
    status_text: str | None = Field(None, max_length=LONGEST_TEXT)
    answers: list[Text] | None = Field(None, max_length=commands.MOST_ANSWERS)


class MembersBody(Body):
    """Mentions to put in, and to take out or turn down."""

    add: Ids = Field([], max_length=LONGEST_LIST)
    remove: Ids = Field([], max_length=LONGEST_LIST)


class AnswerBody(Body):
    """Which mentions are answered; `send` puts replies on their way, `log` says that `url` answered them all."""

    mentions: Ids = Field(min_length=1, max_length=LONGEST_LIST)
    how: Literal["send", "log"] = "send"
    url: str = Field("", max_length=2_000)


class EndBody(Body):
    """With which outcome everything in it is resolved, and why."""

    outcome: Ended = Ended.SOLVED
    reason: str = Field("", max_length=LONGEST_TEXT)


@blueprint.get("/incidents")
@spec.validate(resp=READS, skip_validation=False)
def list_incidents(query: IncidentsQuery) -> Response:
    """Incidents with how many mentions they have; what was proposed by the desk says so in `state`."""
    with here().store.read() as session:
        return jsonify({"incidents": [show_incident(*one) for one in incidents(session, query.view)]})


@blueprint.get(ONE)
@spec.validate(resp=READS)
def read_incident(incident_id: int) -> Response:
    """One, with its mentions, those that are proposed for it, and what happened to it."""
    with here().store.read() as session:
        return jsonify(show_incident_detail(incident_detail(session, incident_id)))


@blueprint.post("/incidents")
@spec.validate(resp=ADDS)
def open_incident(json: OpenBody) -> Response:
    """Open one by hand."""

    def run(session: Session, user: User, now: datetime) -> dict[str, Any]:
        opened = commands.open_new(session, user, json.title, json.mentions, now)
        return show_incident_detail(incident_detail(session, opened.id))

    return write_once(run, 201)


@blueprint.post(f"{ONE}/open")
@spec.validate(resp=WRITES)
def open_proposed(incident_id: int, json: TitleBody) -> Response:
    """Say that a proposal is one, and name it."""
    return change(
        incident_id, lambda session, user, now: commands.open_proposed(session, incident_id, user, json.title, now)
    )


@blueprint.post(f"{ONE}/dismiss")
@spec.validate(resp=WRITES)
def dismiss_proposed(incident_id: int) -> Response:
    """Say that a proposal is none; its like is not proposed again for a day."""
    return change(incident_id, lambda session, user, now: commands.dismiss(session, incident_id, user, now))


@blueprint.post(f"{ONE}/describe")
@spec.validate(resp=WRITES)
def describe_incident(incident_id: int, json: DescribeBody) -> Response:
    """Say what is known, and in which wordings it is answered."""
    given = json.model_dump(exclude_none=True)
    return change(incident_id, lambda session, user, now: commands.describe(session, incident_id, user, now, **given))


@blueprint.post(f"{ONE}/mentions")
@spec.validate(resp=WRITES)
def change_members(incident_id: int, json: MembersBody) -> Response:
    """Put mentions in, or take them out; each belongs to one incident at most."""

    def run(session: Session, user: User, now: datetime) -> None:
        commands.join(session, incident_id, json.add, user, now)
        commands.leave(session, incident_id, json.remove, user, now)

    return change(incident_id, run)


@blueprint.get(f"{ONE}/answers")
@spec.validate(resp=READS)
def read_answers(incident_id: int) -> Response:
    """What everybody who waits would be answered by the token's user, or why they would not be."""
    with here().store.read() as session:
        user = session.get_one(User, asking_user().id)
        plan = plan_answers(session, incident_id, user, here().settings)
        shown = [{"mention_id": one.mention.id, "text": one.text, "why_not": one.why_not} for one in plan]
        return jsonify({"answers": shown})


@blueprint.post(f"{ONE}/answers")
@spec.validate(resp=WRITES)
def give_answers(incident_id: int, json: AnswerBody) -> Response:
    """Answer the chosen mentions: `{"answered": [ids], "refused": {id: why}}`. Each is claimed and answered apart."""

    def run(session: Session, user: User, now: datetime) -> dict[str, Any]:
        settings = here().settings
        if json.how == "send":
            given = send_all(session, incident_id, json.mentions, user, settings, now)
        else:
            given = log_all(session, incident_id, json.mentions, user, json.url, settings, now)
        return show_given(given)

    return write_once(run)


@blueprint.post(f"{ONE}/close")
@spec.validate(resp=WRITES)
def close_one(incident_id: int, json: EndBody) -> Response:
    """Resolve everything in it but what colleagues hold; `reopen` takes that back."""
    return change(
        incident_id,
        lambda session, user, now: close_incident(session, incident_id, user, now, json.outcome, json.reason),
    )


@blueprint.post(f"{ONE}/reopen")
@spec.validate(resp=WRITES)
def reopen_one(incident_id: int) -> Response:
    """Take the closing back: what it resolved and nobody has touched since is open again."""
    return change(incident_id, lambda session, user, now: reopen_incident(session, incident_id, user, now))


def change(incident_id: int, command: Callable[[Session, User, datetime], object]) -> Response:
    """Carry out a command on an incident; answers with the incident as it is then."""

    def run(session: Session, user: User, now: datetime) -> dict[str, Any]:
        command(session, user, now)
        session.flush()
        return show_incident_detail(incident_detail(session, incident_id))

    return write_once(run)


def show_incident(incident: Incident, sizes: Sizes) -> dict[str, Any]:
    return {
        "id": incident.id,
        "brand": incident.brand.name,
        "title": incident.title,
        "state": incident.state,
        "status_text": incident.status_text,
        "answers": incident.answers,
        "created_at": when(incident.created_at),
        "opened_at": when(incident.opened_at),
        "ended_at": when(incident.ended_at),
        "joined": sizes.joined,
        "proposed": sizes.proposed,
        "waiting": sizes.waiting,
        "answered": sizes.answered,
    }


def show_incident_detail(detail: IncidentDetail) -> dict[str, Any]:
    return {
        **show_incident(detail.incident, detail.sizes),
        "mentions": [show_brief(mention) for mention in detail.joined],
        "proposed_mentions": [show_brief(mention) for mention in detail.proposed],
        "timeline": [show_activity(line) for line in detail.timeline],
    }


def show_given(given: Given) -> dict[str, Any]:
    return {"answered": given.answered, "refused": {str(id_): reason for id_, reason in given.refused.items()}}
