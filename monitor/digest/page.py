"""The weekly account for people, in the language that is spoken: a page for mail, text, a short message for a chat."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from classifier.labels import NEEDS, SENTIMENTS, URGENCIES
from monitor.alerting.alerts import DIGEST, Moot
from monitor.channels.base import Letter, Link, Message
from monitor.digest.account import Digest, compute_digest
from monitor.digest.sentences import headline, say_days, say_in_time, say_mentions, say_span, say_taking_on, say_window
from monitor.digest.tally import Table, in_order
from monitor.digest.weeks import IsoWeek
from monitor.mail_page import render, render_plain
from monitor.models import Brand
from monitor.settings import Settings
from monitor.translating import _, say_number
from monitor.translations.labels import say_label
from monitor.urls import board_url
from monitor.wording import platform_title

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
        "share": say_in_time,
        "span": say_span,
        "shown": SHOWN,
        "taking_on": say_taking_on,
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
        title=say_title(digest),
        lines=tuple(headline(digest)),
        fields=tuple((say_label(label), say_number(number)) for label, number in digest.counts.by_urgency.items()),
        items=tuple(Link(f"{named.author}: {named.text}", named.link) for named in digest.unanswered_urgent[:SHOWN]),
        links=(Link(_("Open mentiondesk"), board_url(settings) + "/"),),
        data={"digest": digest.as_json()},
        letter=Letter(render_text([digest], settings), render_html([digest], settings)),
    )


def say_title(digest: Digest) -> str:
    mentions = say_mentions(digest.counts.mentions)
    return _("%(brand)s: week %(week)s, %(mentions)s", brand=digest.brand, week=digest.week.number, mentions=mentions)


def charts(digest: Digest) -> list[Chart]:
    """The tables of the week, each beside that of the week before."""
    now, before = digest.counts, digest.before
    platforms = by_platform(now.by_source)
    return [
        chart(_("Urgency"), now.by_urgency, before.by_urgency, URGENCIES[::-1]),
        chart(_("Need"), now.by_need, before.by_need, NEEDS),
        chart(_("Sentiment"), now.by_sentiment, before.by_sentiment, SENTIMENTS),
        chart(_("Platform"), platforms, by_platform(before.by_source), list(platforms)),
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
