"""Who somebody is: links that work once, passwords, tokens; and only hashes kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from monitor import users
from monitor.desk import Invalid
from monitor.store import Store

PASSWORD = "correct horse battery"


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as opened:
        yield opened


def test_a_link_signs_in_once_and_for_a_day(session: Session, now: datetime) -> None:
    ana = users.add_user(session, "Ana", "agent", now)
    token = users.make_sign_in_link(session, ana, now)
    assert users.use_sign_in_link(session, token, now).name == "Ana"
    with pytest.raises(Invalid, match="used already"):
        users.use_sign_in_link(session, token, now)
    late = users.make_sign_in_link(session, ana, now)
    with pytest.raises(Invalid, match="only good for a day"):
        users.use_sign_in_link(session, late, now + timedelta(hours=25))
    with pytest.raises(Invalid, match="not one of ours"):
        users.use_sign_in_link(session, "made up \ud800", now)


def test_a_password_opens_the_desk_only_with_its_name(session: Session, now: datetime) -> None:
    ana = users.add_user(session, "Ana", "agent", now)
    users.add_user(session, "Ben", "agent", now)
    users.set_password(ana, PASSWORD)
    session.flush()
    assert users.sign_in(session, " ana ", PASSWORD, now) is ana
    for name, password in (
        ("Ana", "wrong horse battery"),
        ("Ben", PASSWORD),
        ("Ben", ""),
        ("Zed", PASSWORD),
        ("Ana", "x" * 10**6),
    ):
        with pytest.raises(Invalid, match="do not go together"):
            users.sign_in(session, name, password, now)
    with pytest.raises(Invalid, match="at least 10 characters"):
        users.set_password(ana, "short")


def test_who_has_left_gets_in_no_way(session: Session, now: datetime) -> None:
    ana = users.add_user(session, "Ana", "agent", now)
    users.set_password(ana, PASSWORD)
    link, token = users.make_sign_in_link(session, ana, now), users.make_api_token(session, ana, "x", now)
    session.flush()
    assert users.user_of_token(session, token) is ana
    ana.active = False
    session.flush()
    assert users.user_of_token(session, token) is None
    with pytest.raises(Invalid):
        users.sign_in(session, "Ana", PASSWORD, now)
    with pytest.raises(Invalid):
        users.use_sign_in_link(session, link, now)


@pytest.mark.parametrize("name", ["", "  ", "a" * 81, "\x00"])
def test_names_that_nobody_could_read_are_refused(session: Session, now: datetime, name: str) -> None:
    with pytest.raises(Invalid, match="1 to 80 characters"):
        users.add_user(session, name, "agent", now)


def test_no_secret_is_kept_as_it_is(session: Session, now: datetime) -> None:
    ana = users.add_user(session, "Ana", "agent", now)
    users.set_password(ana, PASSWORD)
    secrets = [PASSWORD, users.make_sign_in_link(session, ana, now), users.make_api_token(session, ana, "x", now)]
    session.flush()
    kept = str(
        [session.execute(text(f"SELECT * FROM {table}")).all() for table in ('"user"', "sign_in_link", "api_token")]
    )
    assert not any(secret in kept for secret in secrets)
