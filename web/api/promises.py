"""The calls about promises: list them, add one, and say what became of it."""

from datetime import datetime

from flask import Response, jsonify
from sqlalchemy.orm import Session

from monitor import desk, promises
from monitor.clock import utcnow
from monitor.models import User
from monitor.promises.commands import find
from monitor.queries.promises import promises as read_promises
from web.api.blueprint import asking_user, blueprint, spec
from web.api.bodies import ChangeBody, PromiseBody, PromisesQuery, ResolveBody
from web.api.mentions import ADDS, READS, WRITES
from web.api.shapes import show_promise
from web.api.writes import perform, perform_on
from web.context import here

ONE = "/mentions/<mention_id:mention_id>/promises/<mention_id:promise_id>"


@blueprint.get("/promises")
@spec.validate(resp=READS, skip_validation=False)
def list_promises(query: PromisesQuery) -> Response:
    """Promises, what is due first; of what is settled, the newest."""
    with here().store.read() as session:
        found = read_promises(session, query.view, asking_user().id, utcnow())
        return jsonify({"promises": [show_promise(promise) for promise in found]})


@blueprint.post("/mentions/<mention_id:mention_id>/promises")
@spec.validate(resp=ADDS)
def add_promise(mention_id: int, json: PromiseBody) -> Response:
    """Write down a promise by hand."""

    def add(session: Session, user: User, now: datetime) -> None:
        brand = here().settings.brand(desk.get(session, mention_id).brand.name)
        promises.add(session, mention_id, user, json.text, json.due_at, brand, now)

    return perform(mention_id, add, 201)


@blueprint.post(f"{ONE}/confirm")
@spec.validate(resp=WRITES)
def confirm_promise(mention_id: int, promise_id: int) -> Response:
    """Say that a proposal is a promise."""
    return perform_on(find, mention_id, promise_id, promises.confirm)


@blueprint.post(f"{ONE}/keep")
@spec.validate(resp=WRITES)
def keep_promise(mention_id: int, promise_id: int) -> Response:
    """Say that it was kept; too late, it stays broken."""
    return perform_on(find, mention_id, promise_id, promises.keep)


@blueprint.post(f"{ONE}/dismiss")
@spec.validate(resp=WRITES)
def dismiss_promise(mention_id: int, promise_id: int, json: ResolveBody) -> Response:
    """Put it away; one that was confirmed needs a reason."""
    return perform_on(
        find,
        mention_id,
        promise_id,
        lambda session, id_, user, now: promises.dismiss(session, id_, user, json.reason, now),
    )


@blueprint.post(f"{ONE}/change")
@spec.validate(resp=WRITES)
def change_promise(mention_id: int, promise_id: int, json: ChangeBody) -> Response:
    """Put right what is promised, or by when."""
    given = json.text, json.due_at
    return perform_on(
        find, mention_id, promise_id, lambda session, id_, user, now: promises.change(session, id_, user, *given, now)
    )
