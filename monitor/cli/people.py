"""Commands for people and programs: user, token."""

import click

from monitor import queries, users
from monitor.cli.context import Desk, pass_desk, print_json
from monitor.clock import utcnow
from monitor.models import User
from monitor.urls import board_url
from monitor.words import Role


@click.group()
def user() -> None:
    """People who work at the desk."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.AGENT.value, show_default=True)
@pass_desk
def add_user(desk: Desk, name: str, role: str) -> None:
    """Add a user and print a one-time sign-in link."""
    with desk.store.write() as session:
        print_link(desk, users.make_sign_in_link(session, users.add_user(session, name, role, utcnow()), utcnow()))


@user.command("link")
@click.argument("name")
@pass_desk
def link_user(desk: Desk, name: str) -> None:
    """Print a new one-time sign-in link."""
    with desk.store.write() as session:
        print_link(desk, users.make_sign_in_link(session, find_user(desk, name), utcnow()))


def print_link(desk: Desk, token: str) -> None:
    click.echo(f"{board_url(desk.settings)}/sign-in/{token}")
    click.echo("It signs in once, within a day.", err=True)


def find_user(desk: Desk, name: str) -> User:
    with desk.store.read() as session:
        found = queries.user_named(session, name)
    if found is None:
        raise click.ClickException(f"There is no user called {name}; add them with `mentiondesk user add {name}`.")
    return found


@click.group()
def token() -> None:
    """Keys for programs that use the API."""


@token.command("add")
@click.argument("user")
@click.option("--name", default="api", show_default=True, help="What the token is for.")
@click.option("--json", "as_json", is_flag=True, help="Print the token as a JSON object.")
@pass_desk
def add_token(desk: Desk, user: str, name: str, as_json: bool) -> None:
    """Print an API token, once."""
    owner = find_user(desk, user)
    with desk.store.write() as session:
        made = users.make_api_token(session, owner, name, utcnow())
    if as_json:
        print_json({"token": made})
    else:
        click.echo(made)
