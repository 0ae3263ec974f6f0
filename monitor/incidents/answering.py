"""Answering all of an incident: each author by name, each in their own words, one by one through the outbox."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk, promises
from monitor.abusive.cap import refuse_spent
from monitor.activity import record
from monitor.cleaning import printable
from monitor.desk import DeskError, Refused, checked_url
from monitor.incidents.closing import waiting_members
from monitor.incidents.commands import find, refuse_unless_open
from monitor.incidents.lines import write_line
from monitor.models import Incident, IncidentMention, Mention, Reply, User
from monitor.replies import commands
from monitor.replies.commands import LIVING
from monitor.saved_replies.variables import fill, unfilled, variables
from monitor.settings import Settings
from monitor.translating import _
from monitor.words import Belonging, Happened

AT_ONCE = 50  # answers that one press sends or logs
PACE = timedelta(seconds=20)  # between two of them: platforms take a burst of answers for spam


@dataclass(frozen=True)
class Answer:
    """What a mention would be answered, or why it would not be."""

    mention: Mention
    text: str
    why_not: str = ""


@dataclass(frozen=True)
class Given:
    """What came of it: the mentions that were answered, and why others were not."""

    answered: list[int]
    refused: dict[int, str]


Act = Callable[[Answer, int], object]
"""Gives one answer; the number counts from 0."""


def plan_answers(
    session: Session, incident_id: int, user: User, settings: Settings, once_each: bool = True
) -> list[Answer]:
    """What everybody in the incident who waits for a first answer would get, the oldest mention first.

    The wordings are used in turn. None is given twice word for word on one platform, as platforms forbid it: the next
    that was not used up is taken, and where all were, the mention waits for one more. `once_each=False` is for what
    was said once to all, where nothing is posted.
    """
    incident = find(session, incident_id)
    used = said_already(session, incident_id)
    plan = []
    for place, mention in enumerate(unanswered(session, incident_id)):
        answer = word_answer(incident, mention, place, used if once_each else set(), user, settings)
        if not answer.why_not:
            used.add((mention.source, squeeze(answer.text)))
        plan.append(answer)
    return plan


def word_answer(
    incident: Incident, mention: Mention, place: int, used: set[tuple[str, str]], user: User, settings: Settings
) -> Answer:
    """The first wording, from this place in turn, that was not used up on the mention's platform."""
    if mention.assignee and mention.assignee_id != user.id:
        return Answer(mention, "", _("%(name)s holds it.", name=mention.assignee.name))
    if not incident.answers:
        return Answer(mention, "", _("There is no wording yet."))
    turn = place % len(incident.answers)
    texts = filled(mention, [*incident.answers[turn:], *incident.answers[:turn]], user, settings)
    fresh = next((text for text in texts if (mention.source, squeeze(text)) not in used), None)
    if fresh is None:
        return Answer(mention, "", _("Every wording was used word for word; write one more."))
    if holes := unfilled(fresh):
        return Answer(mention, fresh, _("%(holes)s was not filled in.", holes=", ".join(holes)))
    return Answer(mention, fresh)


def filled(mention: Mention, wordings: Sequence[str], user: User, settings: Settings) -> list[str]:
    """The wordings as this author would read them."""
    name = printable(mention.author.name) if mention.author else ""
    links = settings.brand(mention.brand.name).links
    known = variables(name, user.name, mention.brand.name, links)
    return [fill(wording, known) for wording in wordings]


def send_all(
    session: Session,
    incident_id: int,
    mention_ids: Collection[int],
    user: User,
    settings: Settings,
    now: datetime,
    environment: Mapping[str, str] = os.environ,
) -> Given:
    """Claim and answer the chosen mentions, each by a reply of its own that goes out `PACE` after the one before."""

    def send(answer: Answer, number: int) -> None:
        given = (session, answer.mention.id, user, answer.text, settings, now, True, environment)
        for reply in commands.send(*given):
            reply.next_at = now + number * PACE

    plan = plan_answers(session, incident_id, user, settings)
    return give(session, incident_id, mention_ids, user, plan, send, settings, now)


def log_all(
    session: Session,
    incident_id: int,
    mention_ids: Collection[int],
    user: User,
    url: str,
    settings: Settings,
    now: datetime,
) -> Given:
    """Write down that the chosen mentions were answered elsewhere, with the address of what was posted for all."""
    address = checked_url(url)
    plan = plan_answers(session, incident_id, user, settings, once_each=False)

    def log(answer: Answer, _number: int) -> None:
        reply = promises.log_reply(session, answer.mention.id, user, answer.text, address, settings.brand, now)
        reply.next_at = None  # what was posted for all is no reply to any of them, and would be missed there

    return give(session, incident_id, mention_ids, user, plan, log, settings, now)


def give(
    session: Session,
    incident_id: int,
    mention_ids: Collection[int],
    user: User,
    plan: Sequence[Answer],
    act: Act,
    settings: Settings,
    now: datetime,
) -> Given:
    """Answer what was chosen of a plan; what cannot be answered changes nothing and says why."""
    incident = find(session, incident_id)
    refuse_unless_open(incident)
    chosen = [answer for answer in plan if answer.mention.id in set(mention_ids)]
    given = Given([], {})
    for answer in chosen:
        if reason := answer.why_not or try_one(session, answer, len(given.answered), user, act, settings, now):
            given.refused[answer.mention.id] = reason
        else:
            given.answered.append(answer.mention.id)
    if given.answered:
        write_line(session, incident, Happened.INCIDENT_ANSWERED, now, user=user, answered=len(given.answered))
    return given


def try_one(
    session: Session, answer: Answer, number: int, user: User, act: Act, settings: Settings, now: datetime
) -> str:
    """Claim and answer one; empty where that was done, else why not, and nothing of it is kept."""
    if number == AT_ONCE:
        return _("Not more than %(most)s at once; press again for the rest.", most=AT_ONCE)
    mention_id = answer.mention.id
    try:
        with session.begin_nested():
            refuse_spent(session, answer.mention, user, settings, now)
            if desk.take(session, mention_id, user, now):
                record(session, Happened.CLAIMED, now, mention_id=mention_id, user_id=user.id)
            elif desk.get(session, mention_id).assignee_id != user.id:
                raise Refused(_("Somebody claimed it in the same moment."))
            act(answer, number)
    except DeskError as error:
        return str(error)
    return ""


def unanswered(session: Session, incident_id: int) -> list[Mention]:
    """The mentions of an incident for which no answer is in public or under way."""
    waiting = waiting_members(session, incident_id)
    answers = select(Reply.mention_id).where(
        Reply.mention_id.in_([mention.id for mention in waiting]), Reply.state.in_(LIVING)
    )
    answered = set(session.scalars(answers))
    return [mention for mention in waiting if mention.id not in answered]


def said_already(session: Session, incident_id: int) -> set[tuple[str, str]]:
    """What was answered in this incident: on which platform, and in which words."""
    statement = select(Mention.source, Reply.text).join(Reply, Reply.mention_id == Mention.id)
    statement = statement.join(IncidentMention, IncidentMention.mention_id == Mention.id)
    inside = (IncidentMention.incident_id == incident_id, IncidentMention.state == Belonging.JOINED)
    rows = session.execute(statement.where(*inside, Reply.state.in_(LIVING)))
    return {(source, squeeze(text)) for source, text in rows}


def squeeze(text: str) -> str:
    """By which two texts are the same word for word: case and spaces aside."""
    return " ".join(text.split()).casefold()
