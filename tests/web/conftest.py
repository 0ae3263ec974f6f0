"""The board over the test's store, and people signed in to it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from monitor import users
from monitor.clock import utcnow
from monitor.models import User
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user
from tests.web.forms import spend_link
from web import create_app


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    return create_app(settings, store, secret_key="a key for tests")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def enter(app: Flask, store: Store) -> Callable[..., FlaskClient]:
    """A new browser, signed in as a new user of the given name."""

    def enter(name: str, role: str = "agent") -> FlaskClient:
        with store.write() as session:
            user = make_user(session, name, role)
            token = users.make_sign_in_link(session, user, utcnow())
        browser = app.test_client()
        assert spend_link(browser, token).status_code == 303
        return browser

    return enter


@pytest.fixture
def ana(enter: Callable[..., FlaskClient]) -> FlaskClient:
    return enter("Ana")


@pytest.fixture
def ben(enter: Callable[..., FlaskClient]) -> FlaskClient:
    return enter("Ben")


@pytest.fixture
def mention_id(store: Store) -> int:
    """An open, urgent mention, posted ten minutes ago."""
    with store.write() as session:
        return make_mention(session, urgency="urgent", posted_at=utcnow() - timedelta(minutes=10)).id


@pytest.fixture
def user_named(store: Store) -> Callable[[str], User]:
    def find(name: str) -> User:
        with store.read() as session:
            return session.query(User).filter_by(name=name).one()

    return find
