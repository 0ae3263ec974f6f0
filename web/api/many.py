"""The calls that do one thing to many mentions, and that take back what was done."""

from typing import Any, Literal

from flask import Response, jsonify
from pydantic import AwareDatetime, Field
from spectree import Response as Described

from monitor import deeds, queries
from monitor.clock import utcnow
from monitor.deeds import Asked, Result, Undone, carry_out, check
from monitor.desk import LONGEST_TEXT, AlreadyClaimed
from monitor.models import User
from monitor.words import Did, Ended
from web.api.blueprint import asking_user, blueprint, spec
from web.api.bodies import Body, LabelsBody
from web.api.mentions import WRITES
from web.api.problems import Problem
from web.api.shapes import show_activity, when
from web.api.writes import find_kept, keep
from web.context import here

LONG = Described("HTTP_200", "HTTP_400", "HTTP_401", "HTTP_422", "HTTP_503")


class ManyBody(Body):
    """What is to be done to which mentions, in this order. Each `do` reads only what belongs to it."""

    mentions: list[int] = Field(min_length=1, max_length=deeds.MOST)
    do: Literal["claim", "assign", "label", "resolve", "snooze", "mute_author", "mute_thread"]
    reason: str = Field("", max_length=LONGEST_TEXT)
    to: str = Field("", max_length=80, description="assign: the colleague's name.")
    labels: LabelsBody | None = None
    outcome: Ended | None = None
    duplicate_of: int | None = Field(None, ge=1, le=2**31 - 1)
    until: AwareDatetime | None = Field(None, description="snooze: ISO 8601 with a time zone.")
    days: int = Field(7, ge=1, le=90, description="mute_author, mute_thread: for how long.")


@blueprint.post("/mentions/many")
@spec.validate(resp=LONG)
def do_many(json: ManyBody) -> Response:
    """Do one thing to up to 500 mentions, each in a transaction of its own.

    `{"deed": 17, "done": [1, 2], "unchanged": [3], "refused": [{"id": 4, "detail": …, "claimed_by": …}]}`; what was so
    already is unchanged. `deed` can be taken back for ten minutes.
    """
    asked, ids = read_asked(json), list(dict.fromkeys(json.mentions))
    with here().store.read() as session:
        kept = find_kept(session, asking_user())
        if kept:
            return jsonify(kept.body)
        check(session, asked, ids)
    results = list(carry_out(here().store, here().settings, asked, ids, asking_user().id, utcnow()))
    return answer(show_results(results))


@blueprint.post("/deeds/<mention_id:deed_id>/undo")
@spec.validate(resp=WRITES)
def undo_deed(deed_id: int) -> Response:
    """Take back what one did: `{"done": [1, 2], "left": [{"id": 3, "since": …}]}`.

    A mention on which anybody acted since is left; `since` is that line of its timeline.
    """
    with here().store.read() as session:
        kept = find_kept(session, asking_user())
        if kept:
            return jsonify(kept.body)
    return answer(show_undone(deeds.undo(here().store, deed_id, asking_user().id, utcnow())))


def read_asked(body: ManyBody) -> Asked:
    labels = body.labels.model_dump(exclude_none=True) if body.labels else {}
    until = body.until
    if until and until <= utcnow():
        raise Problem(400, "until: snooze until a moment that is still to come.")
    return Asked(
        Did(body.do),
        to_id=find_colleague(body.to) if body.to else None,
        reason=body.reason,
        outcome=body.outcome or "",
        duplicate_of=body.duplicate_of,
        labels={head: str(label) for head, label in labels.items()},
        days=body.days,
        until=(lambda _mention: until) if until else None,
    )


def find_colleague(name: str) -> int:
    with here().store.read() as session:
        user = queries.user_named(session, name)
    if user is None:
        raise Problem(400, f"to: there is no user called {name}.")
    return user.id


def answer(body: dict[str, Any]) -> Response:
    """The answer, kept for the same request sent again."""
    with here().store.write() as session:
        user = session.get_one(User, asking_user().id)
        if find_kept(session, user) is None:
            keep(session, user, 200, body, utcnow())
    return jsonify(body)


def show_results(results: list[Result]) -> dict[str, Any]:
    done = [result for result in results if result.deed_id]
    return {
        "deed": done[0].deed_id if done else None,
        "done": [result.mention_id for result in done],
        "unchanged": [result.mention_id for result in results if not result.deed_id and not result.refusal],
        "refused": [show_refused(result) for result in results if result.refusal],
    }


def show_refused(result: Result) -> dict[str, Any]:
    error = result.refusal
    holder = {"claimed_by": error.holder, "claimed_at": when(error.since)} if isinstance(error, AlreadyClaimed) else {}
    return {"id": result.mention_id, "detail": str(error), **holder}


def show_undone(undone: Undone) -> dict[str, Any]:
    left = [{"id": one.mention_id, "since": show_activity(one.line) if one.line else None} for one in undone.left]
    return {"done": sorted(undone.done), "left": left}
