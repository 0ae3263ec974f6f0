"""The weekly account for people: as a page for mail, as text, and as a short message for a chat."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from classifier.labels import NEEDS, SENTIMENTS, URGENCIES
from monitor.alerting.alerts import DIGEST, Moot
from monitor.channels.base import Letter, Link, Message
from monitor.digest.account import Digest, compute_digest
from monitor.digest.facts import Unseen
from monitor.digest.tally import FirstReply, Table, in_order
from monitor.digest.weeks import IsoWeek
from monitor.mail_page import render, render_plain
from monitor.models import Brand
from monitor.queries.escalations import EscalationTally
from monitor.queries.incidents import IncidentTally
from monitor.queries.outcomes import OutcomeTally
from monitor.settings import Settings
from monitor.urls import board_url
from monitor.wording import excerpt, platform_title

SHOWN = 8  # unanswered mentions on the page, and reasons for escalating; the board has them all
MARKS = {"urgent": "●", "high": "◐", "normal": "○", "low": "·"}  # as on the board


@dataclass(frozen=True, slots=True)
class Bar:
    """One label of a table: this week against the week before, and how long to draw them (per cent of the longest)."""

    label: str
    now: int
    before: int
    now_width: int
    before_width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One table of the account."""

    title: str
    bars: tuple[Bar, ...]


def render_html(digests: Sequence[Digest], settings: Settings) -> str:
    """The accounts of one week on one page, fit to be mailed. Everything a stranger wrote is escaped."""
    return render("digest.html.j2", digests=digests, **vocabulary(settings))


def render_text(digests: Sequence[Digest], settings: Settings) -> str:
    """The same as plain text."""
    return render_plain("digest.txt.j2", digests=digests, **vocabulary(settings))


def vocabulary(settings: Settings) -> dict[str, Any]:
    """What the templates may ask."""
    return {
        "board": board_url(settings) + "/",
        "charts": charts,
        "days": say_days,
        "headline": headline,
        "marks": MARKS,
        "platform": platform_title,
        "share": share,
        "span": say_span,
        "shown": SHOWN,
        "window": say_window,
    }


def digest_message(session: Session, payload: Mapping[str, Any], settings: Settings, now: datetime) -> Message:
    """The account that a notification promises, counted now: short for a chat, whole for mail."""
    brand = session.get(Brand, payload["brand_id"])
    if brand is None:
        raise Moot("The brand is no longer kept.")
    digest = compute_digest(session, settings, brand, IsoWeek.parse(payload["week"]), now)
    return Message(
        kind=DIGEST,
        title=f"{digest.brand}: week {digest.week.number}, {say_mentions(digest.counts.mentions)}",
        lines=tuple(headline(digest)),
        fields=tuple((label, f"{number:,}") for label, number in digest.counts.by_urgency.items()),
        items=tuple(Link(f"{named.author}: {named.text}", named.link) for named in digest.unanswered_urgent[:SHOWN]),
        links=(Link("Open mentiondesk", board_url(settings) + "/"),),
        data={"digest": digest.as_json()},
        letter=Letter(render_text([digest], settings), render_html([digest], settings)),
    )


def headline(digest: Digest) -> Iterator[str]:
    """The week in a few sentences."""
    mentions, reply = digest.counts.mentions, digest.first_reply
    yield f"{say_mentions(mentions)}, {say_change(mentions, digest.before.mentions)}."
    if reply.answered:
        times = f"half of them within {say_span(reply.median)}, nine in ten within {say_span(reply.p90)}"
        yield f"{reply.answered:,} answered in public, {times}."
    elif mentions:
        yield "None was answered."
    yield say_neglected(digest)
    if digest.promises.due:
        yield say_promises(digest)
    if digest.outcomes.closed:
        yield say_outcomes(digest.outcomes)
    if digest.outcomes.followed:
        yield say_recovery(digest.outcomes)
    if digest.outcomes.praise_passed_on:
        yield say_praise(digest.outcomes)
    if digest.incidents.titles:
        yield say_incidents(digest.incidents)
    if digest.escalations.escalated:
        yield say_escalations(digest.escalations)
    if digest.gaps or digest.blind:
        yield "Some of the week could not be read, so there may have been more."


def say_neglected(digest: Digest) -> str:
    older = f"; {digest.unanswered_urgent_older:,} from before it still wait" if digest.unanswered_urgent_older else ""
    if not digest.unanswered_urgent_count:
        return f"Nothing urgent of the week is waiting for an answer{older}."
    are = "is" if digest.unanswered_urgent_count == 1 else "are"
    return f"{digest.unanswered_urgent_count:,} urgent {are} still unanswered{older}."


def say_promises(digest: Digest) -> str:
    """`Of 5 promises due in the week 4 were kept, 1 was broken.`"""
    tally = digest.promises
    due = f"Of {tally.due:,} promises due in the week" if tally.due > 1 else "Of the 1 promise due in the week"
    kept, broken = (f"{number:,} {'was' if number == 1 else 'were'}" for number in (tally.kept, tally.broken))
    still = f", {tally.open:,} still to be kept" if tally.open else ""
    return f"{due} {kept} kept, {broken} broken{still}."


def say_outcomes(tally: OutcomeTally) -> str:
    """`9 closed: 4 solved, 3 answered, 1 declined; 1 opened again by its author.`"""
    parts = [f"{number:,} {outcome.replace('_', ' ')}" for outcome, number in tally.by_outcome.items()]
    again = f"{tally.reopened:,} opened again by {'their authors' if tally.reopened > 1 else 'its author'}"
    told = "; ".join([*([", ".join(parts)] if parts else []), *([again] if tally.reopened else [])])
    return f"{tally.closed:,} closed: {told}."


def say_recovery(tally: OutcomeTally) -> str:
    """`Of 3 authors who wrote again 2 felt better, 1 worse.`"""
    return f"Of {tally.followed:,} who wrote again {tally.better:,} felt better, {tally.worse:,} worse."


def say_praise(tally: OutcomeTally) -> str:
    """`Praise was passed on 3 times to those who earned it.`"""
    times = "once" if tally.praise_passed_on == 1 else f"{tally.praise_passed_on:,} times"
    return f"Praise was passed on {times} to those who earned it."


def say_escalations(tally: EscalationTally) -> str:
    """`4 escalated: 3 taken on, half of them within 6 min; 1 went on to the next group; 1 waits still.`"""
    taken = f", half of them within {say_span(tally.median)}" if tally.taken else ""
    parts = [f"{tally.taken:,} taken on{taken}"]
    parts += [f"{tally.further:,} went on to the next group"] if tally.further else []
    parts += [f"{tally.waiting:,} {'waits' if tally.waiting == 1 else 'wait'} still"] if tally.waiting else []
    return f"{tally.escalated:,} escalated: {'; '.join(parts)}."


def say_incidents(tally: IncidentTally) -> str:
    """`2 incidents were opened and 1 closed, with 31 mentions: Belt in Oslo; Refunds.`"""
    opened = f"{tally.opened:,} incident{' was' if tally.opened == 1 else 's were'} opened"
    names = "; ".join(excerpt(title, 60) for title in tally.titles)
    return f"{opened} and {tally.closed:,} closed, with {say_mentions(tally.mentions)}: {names}."


def say_mentions(number: int) -> str:
    return f"{number:,} mention{'' if number == 1 else 's'}"


def say_change(now: int, before: int) -> str:
    if now == before:
        return "as many as the week before"
    return f"{abs(now - before):,} {'more' if now > before else 'fewer'} than the week before"


def say_span(span: timedelta | None) -> str:
    """`12 min`, `3 h 20 min`, `2 d 4 h`; a dash for nothing."""
    if span is None:
        return "–"
    minutes = round(span.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"


def share(reply: FirstReply) -> str:
    """How many of those due were answered in time, as a percentage; a dash where none was due."""
    return f"{reply.within_due / reply.due:.0%}" if reply.due else "–"


def charts(digest: Digest) -> list[Chart]:
    """The tables of the week, each beside that of the week before."""
    now, before = digest.counts, digest.before
    platforms = by_platform(now.by_source)
    return [
        chart("Urgency", now.by_urgency, before.by_urgency, URGENCIES[::-1]),
        chart("Need", now.by_need, before.by_need, NEEDS),
        chart("Sentiment", now.by_sentiment, before.by_sentiment, SENTIMENTS),
        chart("Platform", platforms, by_platform(before.by_source), list(platforms)),
    ]


def by_platform(table: Table) -> Table:
    """The table under the names that people use; sources of one name are one row."""
    named = Counter[str]()
    for source, number in table.items():
        named[platform_title(source)] += number
    return named


def chart(title: str, now: Table, before: Table, labels: Sequence[str]) -> Chart:
    """A bar for every label of either week, drawn from zero to the greatest number of both."""
    longest = max([*now.values(), *before.values()], default=1)

    def bar(label: str) -> Bar:
        this, last = now.get(label, 0), before.get(label, 0)
        return Bar(label, this, last, round(100 * this / longest), round(100 * last / longest))

    return Chart(title, tuple(bar(label) for label in in_order(Counter(now) + Counter(before), labels)))


def say_days(digest: Digest) -> str:
    """`9 November to 15 November 2026`."""
    first, last = digest.week.monday, digest.week.monday + timedelta(days=6)
    return f"{first.day} {first:%B} to {last.day} {last:%B %Y}"


def say_window(unseen: Unseen, digest: Digest) -> str:
    """When a feed could not be read, by the brand's clock."""
    zone = ZoneInfo(digest.timezone)
    since, until = (moment and f"{moment.astimezone(zone):%a %d %b %H:%M}" for moment in (unseen.since, unseen.until))
    if until is None:
        return f"since {since}, and still"
    return f"{since} to {until}" if since else f"until {until}"
