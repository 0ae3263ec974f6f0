"""A row of the queue. How it looks hangs on nothing but a `Row`, so equal rows are drawn once, for everybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import current_app, url_for
from markupsafe import Markup

from monitor.models import Escalation, Mention
from monitor.search import Term
from web.board.filters import address
from web.context import this_moment
from web.texts.customers import EXCERPT
from web.texts.found import READ
from web.translations import language_code
from web.words.due import due_of, zone_of
from web.words.times import Due, age

KEPT = 4_096  # drawn rows, of about 2 kB each


class Person(NamedTuple):
    """Whose name a row shows."""

    name: str
    handle: str = ""


class Step(NamedTuple):
    """Before whom an escalated mention is."""

    group: str
    taken_by: Person | None


class Row(NamedTuple):
    """All that a row shows, under the names of `Mention` where it is the same."""

    id: int
    href: str
    current: bool  # it is the one that is read beside the queue
    swapped: bool  # it takes the place of the one that a page shows
    reader_id: int  # whoever looks, where they hold it; else 0
    assignee_id: int | None
    assignee: Person | None
    author: Person | None
    source: str
    posted_at: datetime
    zone: ZoneInfo  # of its brand
    age: str
    due_at: datetime | None
    due: Due | None
    first_reply_at: bool
    status: str
    urgency: str | None
    effective_urgency: str | None
    lifted_to: str | None
    judged_at: bool
    triage_error: bool
    lang: str | None
    sentiment: str | None
    need: str | None
    escalation: Step | None
    abuse: bool | None
    text: str  # as much of it as is looked at
    terms: tuple[Term, ...]


def queue_row(
    mention: Mention,
    chosen: Mapping[str, str],
    reader_id: int,
    terms: Sequence[Term] = (),
    current: bool = False,
    swapped: bool = False,
) -> Markup:
    """The row of a mention, with links that keep what was chosen; for reader 0, as everybody sees it."""
    path = url_for("mention.show", mention_id=mention.id)
    return draw_row(row_of(mention, address(path, chosen), reader_id, terms, current, swapped), language_code())


@lru_cache(maxsize=KEPT)
def draw_row(row: Row, _language: str) -> Markup:
    """Without what other pages know of the request: it is not the same for whoever sees this row next."""
    return Markup(current_app.jinja_env.get_template("board/row.html").render(one=row))  # noqa: S704 - a template


def row_of(mention: Mention, href: str, reader_id: int, terms: Sequence[Term], current: bool, swapped: bool) -> Row:
    author, assignee, escalation, now = mention.author, mention.assignee, mention.escalation, this_moment()
    return Row(
        id=mention.id,
        href=href,
        current=current,
        swapped=swapped,
        reader_id=reader_id if mention.assignee_id == reader_id else 0,
        assignee_id=mention.assignee_id,
        assignee=Person(assignee.name) if assignee else None,
        author=Person(author.name, author.handle) if author else None,
        source=mention.source,
        posted_at=mention.posted_at,
        zone=zone_of(mention),
        age=age(mention.posted_at, now),
        due_at=mention.due_at,
        due=due_of(mention, now),
        first_reply_at=mention.first_reply_at is not None,
        status=mention.status,
        urgency=mention.urgency,
        effective_urgency=mention.effective_urgency,
        lifted_to=mention.lifted_to,
        judged_at=mention.judged_at is not None,
        triage_error=mention.triage_error is not None,
        lang=mention.lang,
        sentiment=mention.sentiment,
        need=mention.need,
        escalation=step_of(escalation) if escalation else None,
        abuse=mention.abuse,
        text=mention.text[: READ + 1] if terms else mention.text[: 2 * EXCERPT],
        terms=tuple(terms),
    )


def step_of(escalation: Escalation) -> Step:
    """Before whom it is: a colleague who took it on, or a group."""
    taker = escalation.taken_by
    return Step(escalation.group, Person(taker.name) if taker else None)
