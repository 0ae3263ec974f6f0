"""Commands for people and programs: user, token."""

import click

from monitor import queries, users
from monitor.cli.context import Desk, pass_desk, print_json
from monitor.clock import utcnow
from monitor.models import User
from monitor.teamwork import leaving
from monitor.urls import board_url
from monitor.words import Role


@click.group()
def user() -> None:
    """People who work at the desk."""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.AGENT.value,
    show_default=True,
    help="What they may do; docs/operating.md has the list.",
)
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


@user.command("leave")
@click.argument("name")
@click.option("--to", "colleague", help="Who goes on with what they hold; without it, the queue.")
@click.option("--rename", "new_name", help="What the trail calls them from now on, instead of their name.")
@pass_desk
def leave(desk: Desk, name: str, colleague: str | None, new_name: str | None) -> None:
    """Let a user go: no way in is left, and what they hold goes on without them."""
    gone, to = find_user(desk, name), find_user(desk, colleague) if colleague else None
    with desk.store.write() as session:
        user = session.get_one(User, gone.id)
        left = leaving.leave(session, user, to and session.get_one(User, to.id), utcnow())
        if new_name:
            session.flush()
            leaving.rename(session, user, new_name)
    where = f"to {to.name}" if to else "back to the queue"
    click.echo(
        f"{new_name or name} has left: {left.mentions} mentions went {where}, {left.promises} promises with them."
    )


@user.command("rename")
@click.argument("name")
@click.argument("new_name")
@pass_desk
def rename(desk: Desk, name: str, new_name: str) -> None:
    """Call a user otherwise, wherever the desk names them."""
    found = find_user(desk, name)
    with desk.store.write() as session:
        rows = leaving.rename(session, session.get_one(User, found.id), new_name)
    click.echo(f"{name} is {new_name} now, in {rows} rows.")


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
