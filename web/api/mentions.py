"""The calls: list mentions, read one, and everything a person can do with it."""

from flask import Response, jsonify, request
from spectree import Response as Described
from werkzeug.exceptions import BadRequest

from monitor import desk, queries
from monitor.abusive import sparing
from monitor.care import notes
from monitor.care.closing import close
from monitor.clock import utcnow
from monitor.judging import correcting, retrying
from monitor.promises import log_reply as log_with_promises
from monitor.queries import QueueFilter
from web.api.blueprint import asking_user, blueprint, spec
from web.api.bodies import ClaimBody, CloseBody, LabelsBody, MentionsQuery, NoteBody, ReplyBody, SnoozeBody
from web.api.problems import Problem
from web.api.shapes import show_detail, show_mention
from web.api.writes import perform, write_once
from web.context import here

READS = Described("HTTP_200", "HTTP_400", "HTTP_401", "HTTP_404")
WRITES = Described("HTTP_200", "HTTP_400", "HTTP_401", "HTTP_404", "HTTP_409", "HTTP_422", "HTTP_503")
ADDS = Described("HTTP_201", "HTTP_400", "HTTP_401", "HTTP_404", "HTTP_409", "HTTP_422", "HTTP_503")


@blueprint.before_request
def refuse_unreadable() -> None:
    """A body must be a JSON object or nothing; spectree takes what it cannot read for an empty one."""
    if request.method != "POST" or not request.get_data():
        return
    try:
        body = request.get_json(force=True)
    except BadRequest:
        raise Problem(400, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Problem(400, "The body must be a JSON object.")


@blueprint.get("/mentions")
@spec.validate(resp=READS, skip_validation=False)
def list_mentions(query: MentionsQuery) -> Response:
    """Mentions, the most pressing first; `next` is the cursor of the page after.

    `bounded` is true where so many hold the words of `q` that only the newest of them were looked through.
    """
    now = utcnow()
    with here().store.read() as session:
        page = queries.queue_page(session, wanted(query), now, query.cursor or None, query.limit)
        shown = [show_mention(one, now) for one in page.mentions]
        return jsonify({"mentions": shown, "next": page.next, "bounded": page.bounded_to is not None})


def wanted(query: MentionsQuery) -> QueueFilter:
    """The query as a filter; a user is named, as people know them."""
    names = ("brand", "status", "urgency", "sentiment", "need", "source", "unjudged", "q")
    return QueueFilter(
        **{name: getattr(query, name) for name in names}, assignee=find_assignee(query.assignee), hidden=None
    )


def find_assignee(name: str) -> int | str:
    if name in ("", "none", "any"):
        return name
    if name == "me":
        return asking_user().id
    with here().store.read() as session:
        user = queries.user_named(session, name)
    if user is None:
        raise Problem(400, f"assignee: there is no user called {name}.")
    return user.id


@blueprint.get("/mentions/<mention_id:mention_id>")
@spec.validate(resp=READS)
def read_mention(mention_id: int) -> Response:
    """One mention with thread, notes, replies, editions and timeline."""
    with here().store.read() as session:
        detail = queries.mention_detail(session, mention_id)
        if detail is None:
            raise Problem(404, f"There is no mention {mention_id}.")
        return jsonify(show_detail(detail, utcnow()))


@blueprint.post("/mentions/<mention_id:mention_id>/claim")
@spec.validate(resp=WRITES)
def claim(mention_id: int, json: ClaimBody) -> Response:
    """Claim a mention. 409 with `claimed_by` and `claimed_at` if somebody else holds it."""
    settings = here().settings
    if json.take_over:
        given = json.reason, settings
        return perform(mention_id, lambda session, user, now: sparing.take_over(session, mention_id, user, *given, now))
    return perform(mention_id, lambda session, user, now: sparing.claim(session, mention_id, user, settings, now))


@blueprint.post("/mentions/<mention_id:mention_id>/release")
@spec.validate(resp=WRITES)
def release(mention_id: int) -> Response:
    """Hand a mention back to the queue."""
    return perform(mention_id, lambda session, user, now: desk.release(session, mention_id, user, now))


@blueprint.post("/mentions/<mention_id:mention_id>/notes")
@spec.validate(resp=ADDS)
def add_note(mention_id: int, json: NoteBody) -> Response:
    """Keep a note for colleagues."""
    given = json.text, json.pinned
    return perform(
        mention_id, lambda session, user, now: notes.add_note(session, mention_id, user, given[0], now, given[1]), 201
    )


@blueprint.post("/mentions/<mention_id:mention_id>/replies")
@spec.validate(resp=ADDS)
def log_reply(mention_id: int, json: ReplyBody) -> Response:
    """Log a public reply that was posted on the platform. Needs the claim."""
    given = json.text, json.url, here().settings.brand
    return perform(
        mention_id, lambda session, user, now: log_with_promises(session, mention_id, user, *given, now), 201
    )


@blueprint.post("/mentions/<mention_id:mention_id>/resolve")
@spec.validate(resp=WRITES)
def resolve(mention_id: int, json: CloseBody) -> Response:
    """Close a mention, with what came of it."""
    given = json.outcome or "", json.reason, json.duplicate_of
    return perform(mention_id, lambda session, user, now: close(session, mention_id, user, now, *given))


@blueprint.post("/mentions/<mention_id:mention_id>/reopen")
@spec.validate(resp=WRITES)
def reopen(mention_id: int) -> Response:
    """Put a resolved or snoozed mention back into the queue."""
    return perform(mention_id, lambda session, user, now: desk.reopen(session, mention_id, user, now))


@blueprint.post("/mentions/<mention_id:mention_id>/snooze")
@spec.validate(resp=WRITES)
def snooze(mention_id: int, json: SnoozeBody) -> Response:
    """Put a mention aside until a moment to come."""
    return perform(mention_id, lambda session, user, now: desk.snooze(session, mention_id, user, json.until, now))


@blueprint.post("/mentions/<mention_id:mention_id>/labels")
@spec.validate(resp=WRITES)
def relabel(mention_id: int, json: LabelsBody) -> Response:
    """Correct the judgement; each change is kept as a Correction."""
    labels = json.model_dump(exclude_none=True)
    brand = here().settings.brand
    return perform(
        mention_id, lambda session, user, now: correcting.relabel(session, mention_id, user, labels, brand, now)
    )


@blueprint.post("/mentions/<mention_id:mention_id>/confirm")
@spec.validate(resp=WRITES)
def confirm(mention_id: int) -> Response:
    """Say that the judgement is right; the classifier learns from that too."""
    return perform(mention_id, lambda session, user, now: correcting.confirm(session, mention_id, user, now))


@blueprint.post("/mentions/<mention_id:mention_id>/retry")
@spec.validate(resp=WRITES)
def retry(mention_id: int) -> Response:
    """Have a mention judged again that could not be."""
    return perform(mention_id, lambda session, user, now: retrying.retry(session, mention_id, user, now))


@blueprint.post("/mentions/retry")
@spec.validate(resp=WRITES)
def retry_all() -> Response:
    """Have everything judged again that could not be: `{"retried": 3}`."""
    return write_once(lambda session, user, now: {"retried": retrying.retry_all(session, user, now)})
