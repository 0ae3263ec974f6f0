"""The command that says what is missing: one line for each thing it looked at."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
from sqlalchemy.exc import DatabaseError

from classifier.judgement import ModelError
from monitor import queries
from monitor.brands import feed_settings
from monitor.channels.base import ChannelError
from monitor.channels.registry import build as build_channel
from monitor.cli.context import Desk, pass_desk, print_json
from monitor.clock import utcnow
from monitor.collecting import hooks
from monitor.collecting.abilities import say_abilities
from monitor.collecting.polling import source_for
from monitor.configuration import ConfigError
from monitor.escalation.calling import members_of
from monitor.escalation.settings import GroupSettings
from monitor.judging.loading import load_classifier
from monitor.models import Feed
from monitor.settings import Settings
from monitor.store import Store, StoreError, explain_failure
from monitor.units import say_duration
from monitor.words import FeedState
from sources.base import SourceError


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    say: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@pass_desk
def doctor(desk: Desk, as_json: bool) -> None:
    """Check what the desk needs. The configuration, the database, the model, each feed and channel: one line each."""
    troubles = 0
    for finding in examine(desk):
        troubles += not finding.well
        if as_json:
            print_json(vars(finding))
        else:
            click.echo(f"{'ok     ' if finding.well else 'TROUBLE'} {finding.what}: {finding.say}")
    if troubles:
        raise click.ClickException(f"{troubles} thing{'s need' if troubles > 1 else ' needs'} attention.")


def examine(desk: Desk) -> Iterator[Finding]:
    config = attempt("configuration", lambda: describe_settings(desk.settings))
    yield config
    if not config.well:
        return
    yield (database := attempt("database", lambda: describe_store(desk)))
    yield attempt("model", lambda: describe_model(desk.settings))
    if database.well:
        yield from examine_feeds(desk)
        yield from examine_groups(desk)
    yield from examine_channels(desk.settings)


def attempt(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except DatabaseError as error:
        return Finding(what, False, explain_failure(error))
    except (ConfigError, StoreError, ModelError, SourceError, ChannelError) as error:
        return Finding(what, False, str(error))


def describe_settings(settings: Settings) -> str:
    if settings.demo:
        return "none found, so this is the demo; write mentiondesk.toml to watch your own brand"
    feeds = sum(len(brand.feeds) for brand in settings.brands)
    if not feeds:
        raise ConfigError("it names no feed, so nothing is collected; add [[brand]] and [[brand.feed]]")
    return f"{len(settings.brands)} brand(s), {feeds} feed(s), {len(settings.channels)} channel(s)"


def describe_store(desk: Desk) -> str:
    with desk.store.read() as session:
        waiting = queries.waiting_for_triage(session)
        users = queries.count_users(session)
    return f"{desk.store.engine.dialect.name}, up to date; {users} user(s), {waiting} mention(s) waiting to be judged"


def describe_model(settings: Settings) -> str:
    """Which model it is, once it has judged a post: what is wrong with one may show only then."""
    classifier = load_classifier(settings)
    classifier.judge(["My parcel is two weeks late and nobody answers."])
    return f"{classifier.version}, loaded, and it judges"


def examine_feeds(desk: Desk) -> Iterator[Finding]:
    with desk.store.read() as session:
        feeds = queries.feeds(session)
    for feed in feeds:
        yield attempt(f"feed {feed.name}", lambda feed=feed: describe_feed(desk, feed))  # type: ignore[misc]


def describe_feed(desk: Desk, feed: Feed) -> str:
    """Whether its credentials are set and how its last poll ended. Asks the platform nothing: that may cost money."""
    configured = feed_settings(desk.settings, feed.brand.name, feed.name)
    if configured is None:
        raise ConfigError("the configuration no longer names it")
    source_for(*configured, os.environ)
    if feed.source == hooks.SOURCE:
        hooks.find_secret(configured[1], os.environ)
    if feed.state not in (FeedState.NEW, FeedState.READING):
        raise ConfigError(f"{feed.state} since {feed.state_since:%Y-%m-%d %H:%M} UTC: {feed.state_reason}")
    read = f"read {say_duration(utcnow() - feed.read_at)} ago" if feed.read_at else "not polled yet"
    return f"{feed.source}, {read}; it {say_abilities(feed.source) or 'takes what is brought'}"


def examine_groups(desk: Desk) -> Iterator[Finding]:
    for group in desk.settings.groups:
        yield attempt(f"group {group.name}", lambda group=group: describe_group(desk.store, group))  # type: ignore[misc]


def describe_group(store: Store, group: GroupSettings) -> str:
    """Whom it calls: a name that nobody has calls nobody."""
    with store.read() as session:
        called = [member.name for member in members_of(session, group)]
    known = {name.lower() for name in called}
    if missing := [name for name in group.members if name.lower() not in known]:
        raise ConfigError(f"nobody who works here is called {missing[0]}")
    if not called:
        raise ConfigError("nobody who works here is a lead or an admin")
    return f"calls {', '.join(called)}, and {group.next or 'nobody'} after {say_duration(group.within)}"


def examine_channels(settings: Settings) -> Iterator[Finding]:
    if not settings.channels:
        yield Finding("channel console", True, "no channel is configured, so alerts are printed where the desk runs")
    for channel in settings.channels:

        def look(channel=channel) -> str:  # type: ignore[no-untyped-def]
            build_channel(channel, os.environ)
            return f"{channel.kind}, for {', '.join(channel.when.urgency)}"

        yield attempt(f"channel {channel.name}", look)
