"""A try to get in: counted over all processes that serve the board, in the transaction in which it is made."""

from collections.abc import Callable

from flask import request
from sqlalchemy.orm import Session

from monitor.desk import Invalid
from monitor.models import User
from monitor.tries import begin_try, end_badly, end_well
from web.context import here, this_moment


def try_once(name: str, attempt: Callable[[Session], User]) -> User:
    """Whom `attempt` lets in as `name`. Raises `Invalid` as it does, and `TooManyTries`."""
    address, now = request.remote_addr or "", this_moment()
    with here().store.write() as db:
        begin_try(db, name, address, now)
        try:
            with db.begin_nested():
                user = attempt(db)
        except Invalid as error:
            end_badly(db, address, now)
            refusal = error
        else:
            end_well(db, name, address)
            return user
    raise refusal
