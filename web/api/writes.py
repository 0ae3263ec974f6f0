"""Writing through the API: one transaction, and an Idempotency-Key that makes sending it twice harmless."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from monitor.clock import utcnow
from monitor.models import IdempotencyKey, User
from monitor.queries import mention_detail
from web.api.blueprint import asking_user
from web.api.problems import Problem
from web.api.shapes import show_detail
from web.context import here

Command = Callable[[Session, User, datetime], object]
Finder = Callable[[Session, int, int], object]
PartCommand = Callable[[Session, int, User, datetime], object]


def perform(mention_id: int, command: Command, status: int = 200) -> Response:
    """Carry out a command on a mention; answers with the mention as it is then."""

    def run(session: Session, user: User, now: datetime) -> int:
        command(session, user, now)
        return mention_id

    return perform_found(run, status)


def perform_on(find: Finder, mention_id: int, part_id: int, command: PartCommand) -> Response:
    """Carry out a command on a part of a mention, such as a reply; 404 where `find` finds none of that mention."""

    def run(session: Session, user: User, now: datetime) -> None:
        find(session, part_id, mention_id)
        command(session, part_id, user, now)

    return perform(mention_id, run)


def perform_found(command: Callable[[Session, User, datetime], int], status: int = 200) -> Response:
    """Carry out a command that says on which mention it did so; answers with that mention as it is then."""

    def run(session: Session, user: User, now: datetime) -> dict[str, Any]:
        mention_id = command(session, user, now)
        session.flush()
        return show_now(session, mention_id, now)

    return write_once(run, status)


def write_once(command: Callable[[Session, User, datetime], dict[str, Any]], status: int = 200) -> Response:
    """Carry out a command in one transaction and answer with what it returns, the same again to the same key."""
    now = utcnow()
    with here().store.write() as session:
        user = session.get_one(User, asking_user().id)
        kept = find_kept(session, user)
        if kept is None:
            body = command(session, user, now)
            keep(session, user, status, body, now)
        else:
            body, status = kept.body, kept.status
    response = jsonify(body)
    response.status_code = status
    return response


def show_now(session: Session, mention_id: int, now: datetime) -> dict[str, Any]:
    detail = mention_detail(session, mention_id)
    if detail is None:
        raise Problem(404, f"There is no mention {mention_id}.")
    return show_detail(detail, now)


def find_kept(session: Session, user: User) -> IdempotencyKey | None:
    """What the same request was answered before. Raises a 422 problem where the key came with another request."""
    key = given_key()
    kept = session.get(IdempotencyKey, (user.id, key)) if key else None
    if kept and kept.request_hash != request_hash():
        raise Problem(422, "This Idempotency-Key was used for another request; make a new one for each write.")
    return kept


def keep(session: Session, user: User, status: int, body: dict[str, Any], now: datetime) -> None:
    key = given_key()
    if key:
        kept = {"request_hash": request_hash(), "status": status, "body": body, "created_at": now}
        session.add(IdempotencyKey(user_id=user.id, key=key, **kept))


def given_key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 200:
        raise Problem(400, "An Idempotency-Key has at most 200 characters.")
    return key


def request_hash() -> str:
    """The same for the same path and body."""
    return hashlib.sha256(request.path.encode() + b"\0" + request.get_data()).hexdigest()
