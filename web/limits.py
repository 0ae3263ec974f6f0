"""How often a sign-in may be tried."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web import auth

PER_NAME = "10 per minute"
PER_ADDRESS = "100 per minute"  # a whole office may sit behind one address


def init_limits(app: Flask) -> None:
    """Slow down guessing. Counted in this process: a second one allows as many again."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    limiter.limit(PER_NAME, key_func=who_tries, methods=["POST"])(auth.blueprint)
    limiter.limit(PER_ADDRESS, methods=["POST"])(auth.blueprint)


def who_tries() -> str:
    """One name from one address; a stranger cannot lock a colleague out from elsewhere."""
    return f"{get_remote_address()} {request.form.get('name', '').strip().lower()[:80]}"
