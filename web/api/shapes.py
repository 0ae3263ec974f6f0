"""How mentions look as JSON."""

from datetime import datetime
from typing import Any

from monitor.judging.press import is_overdue
from monitor.models import (
    Activity,
    Author,
    Edition,
    Escalation,
    Incident,
    Mention,
    Note,
    Outcome,
    Promise,
    Reply,
    SecondPerson,
    ThreadPost,
)
from monitor.queries import MentionDetail
from monitor.queries.around import Earlier
from monitor.urls import mention_url
from web.context import here


def show_mention(mention: Mention, now: datetime) -> dict[str, Any]:
    """One mention as the list shows it."""
    return {
        "id": mention.id,
        "brand": mention.brand.name,
        "source": mention.source,
        "post_id": mention.post_id,
        "url": mention.url,
        "board_url": mention_url(here().settings, mention.id),
        "text": mention.text,
        "author": show_author(mention.author),
        "posted_at": when(mention.posted_at),
        "collected_at": when(mention.collected_at),
        "in_reply_to": mention.in_reply_to,
        "likes": mention.likes,
        "reposts": mention.reposts,
        **show_judgement(mention),
        **show_care(mention, now),
    }


def show_author(author: Author | None) -> dict[str, Any] | None:
    if author is None:
        return None
    return {"id": author.id, "handle": author.handle, "name": author.name, "followers": author.followers}


def show_judgement(mention: Mention) -> dict[str, Any]:
    return {
        "sentiment": mention.sentiment,
        "urgency": mention.urgency,
        "need": mention.need,
        "abuse": None if mention.abuse is None else int(mention.abuse),
        "lang": mention.lang,
        "scores": mention.scores,
        "reasons": mention.reasons,
        "model": mention.model,
        "judged_at": when(mention.judged_at),
        "triage_error": mention.triage_error,
        "effective_urgency": mention.effective_urgency,
        "lifted_to": mention.lifted_to,
        "signals": mention.signals,
    }


def show_care(mention: Mention, now: datetime) -> dict[str, Any]:
    answered = mention.first_reply_at is not None
    return {
        "status": mention.status,
        "hidden": mention.hidden,
        "assignee": mention.assignee.name if mention.assignee else None,
        "claimed_at": when(mention.claimed_at),
        "due_at": when(mention.due_at),
        "overdue": is_overdue(mention.due_at, answered, now),
        "first_reply_at": when(mention.first_reply_at),
        "snoozed_until": when(mention.snoozed_until),
        "resolved_at": when(mention.resolved_at),
        "escalation": show_escalation(mention.escalation) if mention.escalation else None,
    }


def show_escalation(escalation: Escalation) -> dict[str, Any]:
    """`further_at` is when it goes on to the next group; null: never, or somebody has it."""
    names = ("id", "mention_id", "group", "step", "reason", "answer")
    moments = ("created_at", "step_at", "further_at", "taken_at", "closed_at")
    return {
        **{name: getattr(escalation, name) for name in names},
        **{name: when(getattr(escalation, name)) for name in moments},
        "by": escalation.user.name,
        "taken_by": escalation.taken_by.name if escalation.taken_by else None,
    }


def show_second(second: SecondPerson) -> dict[str, Any]:
    return {
        "id": second.id,
        "mention_id": second.mention_id,
        "by": second.user.name,
        "asked": second.asked.name if second.asked else None,
        "words": second.words,
        "created_at": when(second.created_at),
        "accepted_by": second.accepted_by.name if second.accepted_by else None,
        "accepted_at": when(second.accepted_at),
    }


def show_detail(detail: MentionDetail, now: datetime) -> dict[str, Any]:
    """One mention with everything that hangs on it."""
    return {
        **show_mention(detail.mention, now),
        "extra": detail.mention.extra,
        "thread": [show_brief(other) for other in detail.thread],
        "echoes": detail.echoes,
        "conversation": [show_thread_post(post) for post in detail.conversation],
        "earlier": [show_earlier(one) for one in detail.earlier],
        "editions": [show_edition(edition) for edition in detail.editions],
        "notes": [show_note(note) for note in detail.notes],
        "replies": [show_reply(reply) for reply in detail.replies],
        "escalations": [show_escalation(escalation) for escalation in detail.escalations],
        "second_person": show_second(detail.second) if detail.second else None,
        "promises": [show_promise(promise) for promise in detail.promises],
        "outcomes": [show_outcome(outcome) for outcome in detail.outcomes],
        "incidents": [show_belonging(incident, state) for incident, state in detail.incidents if state],
        "pinned_notes": [show_note(note) for note in detail.pinned],
        "timeline": [show_activity(activity) for activity in detail.timeline],
    }


def show_earlier(one: Earlier) -> dict[str, Any]:
    return {
        **show_brief(one.mention),
        "outcome": one.outcome.outcome if one.outcome else None,
        "notes": one.notes,
        "last_note": one.note.text if one.note else None,
    }


def show_brief(mention: Mention) -> dict[str, Any]:
    """A mention beside another."""
    names = ("id", "text", "url", "status", "urgency", "sentiment", "need")
    return {**{name: getattr(mention, name) for name in names}, "posted_at": when(mention.posted_at)}


def show_thread_post(post: ThreadPost) -> dict[str, Any]:
    """A post of the conversation, as the platform last showed it."""
    names = ("post_id", "in_reply_to", "handle", "name", "text", "url", "ours")
    return {**{name: getattr(post, name) for name in names}, "posted_at": when(post.posted_at)}


def show_edition(edition: Edition) -> dict[str, Any]:
    return {"text": edition.text, "post_id": edition.post_id, "replaced_at": when(edition.replaced_at)}


def show_note(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "by": note.user.name,
        "text": note.text,
        "pinned": note.author_id is not None,
        "created_at": when(note.created_at),
    }


def show_outcome(outcome: Outcome) -> dict[str, Any]:
    """`sentiment` is the author's when it was closed, `next_sentiment` that of their next post, `followed_by`."""
    return {
        "id": outcome.id,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "by": outcome.user.name,
        "at": when(outcome.created_at),
        "duplicate_of": outcome.duplicate_of_id,
        "reopened_at": when(outcome.reopened_at),
        "reopened_by_author": outcome.reopened_at is not None and outcome.reopened_by_id is None,
        "sentiment": outcome.sentiment,
        "followed_by": outcome.followed_by_id,
        "next_sentiment": outcome.next_sentiment,
    }


def show_belonging(incident: Incident, belongs: str) -> dict[str, Any]:
    """`belongs` says whether the mention `joined` the incident or is `proposed` for it."""
    return {"id": incident.id, "title": incident.title, "state": incident.state, "belongs": belongs}


def show_reply(reply: Reply) -> dict[str, Any]:
    return {
        "id": reply.id,
        "by": reply.user.name if reply.user else None,
        "text": reply.text,
        "url": reply.url,
        "post_id": reply.post_id,
        "state": reply.state,
        "error": reply.error,
        "asked_why": reply.asked_why,
        "decided_by": reply.decided_by.name if reply.decided_by else None,
        "created_at": when(reply.created_at),
    }


def show_promise(promise: Promise) -> dict[str, Any]:
    """`begins` and `ends` are the place of its words in the text of the reply."""
    names = ("id", "mention_id", "reply_id", "promised", "text", "begins", "ends", "rule", "state", "kept_by_id")
    return {
        **{name: getattr(promise, name) for name in names},
        "by": promise.user.name if promise.user else None,
        "due_at": when(promise.due_at),
        "created_at": when(promise.created_at),
        "settled_at": when(promise.settled_at),
    }


def show_activity(activity: Activity) -> dict[str, Any]:
    return {
        "id": activity.id,
        "at": when(activity.at),
        "happened": activity.happened,
        "by": activity.user.name if activity.user else None,
        "data": activity.data,
    }


def when(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return moment.isoformat() if moment else None
