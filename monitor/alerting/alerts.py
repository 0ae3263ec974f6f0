"""Alerts: which channels are told of a mention, and what they are told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, joinedload

from monitor.abusive.masking import mask
from monitor.alerting.folding import begin, quote
from monitor.alerting.phrases import say_rest
from monitor.channels.base import ChannelError, Link, Message
from monitor.judging.press import is_alarm
from monitor.models import Brand, Edition, Mention, Notification
from monitor.settings import ChannelSettings, Settings
from monitor.store import insert
from monitor.translating import _, ngettext, say_number
from monitor.translations.dates import say_date, say_share, say_span
from monitor.translations.labels import begin_large, say_label
from monitor.translations.retelling import retell
from monitor.urls import board_url, mention_url
from monitor.wording import excerpt, one_line, platform_title
from monitor.words import NOT_CLOSED, URGENCIES, Status

CONSOLE = ChannelSettings(name="console", kind="console")  # where alerts go when the configuration names no channel
DIGEST = "digest"  # the kind of a weekly account, and the built-in channel for the addresses of `[digest] to`
FOLD_SHOWS = 20  # mentions named in one folded message; the rest are counted


class Moot(Exception):
    """There is nothing left to tell; the message says why."""


def alert_urgent(
    session: Session,
    mention_ids: Sequence[int],
    settings: Settings,
    now: datetime,
    stood: Mapping[int, str | None] = MappingProxyType({}),
) -> int:
    """Queue a notification for each mention and channel that wants it, in the caller's transaction; how many are new.

    A mention is told of once per channel and urgency, however often it is judged; and once more for an edit that makes
    it more urgent than it `stood` before that, by its id.
    """
    told = list_told(session, mention_ids)
    rows = [
        notification_row(channel.name, row.urgency, row.id, now, edit)
        for row in find_alarming(session, mention_ids)
        if is_alarm(max(row.posted_at, row.edited_at or row.posted_at), now)
        for edit in [row.edits if is_higher(row.urgency, stood.get(row.id)) else 0]
        for channel in alert_channels(settings)
        if wants(channel, row.urgency, row.brand) and (edit or (row.id, row.urgency, channel.name) not in told)
    ]
    return queue(session, rows)


def find_alarming(session: Session, mention_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Those that are to be dealt with, the oldest first: id, urgency, posted_at, brand, edits (how many), edited_at."""
    edits = (
        select(Edition.mention_id, func.count().label("edits"), func.max(Edition.replaced_at).label("edited_at"))
        .where(Edition.mention_id.in_(mention_ids))
        .group_by(Edition.mention_id)
        .subquery()
    )
    mention = (Mention.id, Mention.effective_urgency.label("urgency"), Mention.posted_at, Brand.name.label("brand"))
    statement = select(*mention, func.coalesce(edits.c.edits, 0).label("edits"), edits.c.edited_at)
    statement = statement.join(Brand).outerjoin(edits, edits.c.mention_id == Mention.id)
    waiting = (Mention.id.in_(mention_ids), Mention.status.in_(NOT_CLOSED))
    return session.execute(statement.where(*waiting).order_by(Mention.posted_at, Mention.id)).all()


def list_told(session: Session, mention_ids: Sequence[int]) -> set[tuple[Any, ...]]:
    """What was told already: mention, urgency and channel."""
    columns = (Notification.mention_id, Notification.kind, Notification.channel)
    return {tuple(row) for row in session.execute(select(*columns).where(Notification.mention_id.in_(mention_ids)))}


def is_higher(urgency: str | None, stood: str | None) -> bool:
    return urgency is not None and stood is not None and URGENCIES.index(urgency) > URGENCIES.index(stood)


def queue(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Write outbox rows; one whose key is there already is left as it is. How many were new."""
    if not rows:
        return 0
    statement = insert(session, Notification).on_conflict_do_nothing(index_elements=["key"]).returning(Notification.id)
    return len(session.scalars(statement, rows).all())


def notification_row(channel: str, urgency: str, mention_id: int, now: datetime, edit: int = 0) -> dict[str, Any]:
    return {
        "key": f"{urgency}:{mention_id}:{channel}" + (f":{edit}" if edit else ""),
        "channel": channel,
        "kind": urgency,
        "mention_id": mention_id,
        "payload": {},
        "next_attempt_at": now,
        "created_at": now,
    }


def alert_channels(settings: Settings) -> tuple[ChannelSettings, ...]:
    return settings.channels or (CONSOLE,)


def digest_channels(settings: Settings) -> tuple[ChannelSettings, ...]:
    """Where weekly accounts go: the addresses of `[digest] to`, and the channels that ask for them."""
    addresses = settings.digest.to
    by_mail = (ChannelSettings(name=DIGEST, kind="email", to=addresses),) if addresses else ()
    return (*by_mail, *(channel for channel in settings.channels if channel.digest))


def channel_named(settings: Settings, name: str) -> ChannelSettings:
    """The settings of a channel, built-in ones included. Raises a permanent `ChannelError` for one that has gone."""
    for channel in (*digest_channels(settings), *settings.channels, CONSOLE):
        if channel.name == name:
            return channel
    raise ChannelError(f"The configuration no longer has a channel '{name}'.", permanent=True)


def wants(channel: ChannelSettings, urgency: str | None, brand: str) -> bool:
    """Whether a channel is to be told of such a mention."""
    return urgency in channel.when.urgency and (not channel.when.brand or brand in channel.when.brand)


def mention_message(session: Session, mention_id: int, settings: Settings, now: datetime) -> Message:
    """What to say of a mention, as it stands now. Raises `Moot` where nobody needs to act on it any more."""
    found = load(session, [mention_id])
    if not found:
        raise Moot("The mention is no longer kept.")
    mention = found[0]
    refuse_moot(mention)
    platform = platform_title(mention.source)
    links = [Link(_("Open in mentiondesk"), mention_url(settings, mention.id))]
    if mention.url:
        links.append(Link(_("See it on %(platform)s", platform=platform), mention.url))
    return Message(
        kind=mention.effective_urgency or "",
        title=say_title(mention, platform),
        quote=quote(mention),
        lines=(why(mention),),
        fields=tuple(facts(mention, settings, now)),
        links=tuple(links),
        data={"mention": mention_data(mention, settings)},
    )


def say_title(mention: Mention, platform: str) -> str:
    """`Urgent: Dana R. (@dana) on X`."""
    what = begin_large(say_label(mention.effective_urgency) or _("a mention"))
    return _("%(what)s: %(who)s on %(platform)s", what=what, who=author_name(mention), platform=platform)


def fold_message(session: Session, mention_ids: Sequence[int], since: datetime, settings: Settings) -> Message:
    """One message for many mentions. Raises `Moot` where none of them is left to act on."""
    mentions = [mention for mention in load(session, mention_ids) if not moot_reason(mention)]
    if not mentions:
        raise Moot("Every post in it was deleted or resolved before it could be sent.")
    local = since.astimezone(settings.brand(mentions[0].brand.name).zone)
    return Message(
        kind="fold",
        title=say_fold(mentions, f"{local:%H:%M %Z}"),
        items=tuple(
            Link(f"{author_name(mention)}: {begin(mention, 100)}", mention_url(settings, mention.id))
            for mention in mentions[:FOLD_SHOWS]
        ),
        lines=say_rest(len(mentions) - FOLD_SHOWS),
        links=(Link(_("Open mentiondesk"), board_url(settings) + "/"),),
        data={"mentions": [mention_data(mention, settings) for mention in mentions]},
    )


def say_fold(mentions: Sequence[Mention], since: str) -> str:
    """`3 more urgent mentions since 11:59 GMT`."""
    urgencies = {mention.effective_urgency for mention in mentions}
    return ngettext(
        "%(num)s more %(urgency)s mention since %(since)s",
        "%(num)s more %(urgency)s mentions since %(since)s",
        len(mentions),
        urgency=say_label(urgencies.pop()) if len(urgencies) == 1 else _("pressing"),
        since=since,
    )


def load(session: Session, mention_ids: Sequence[int]) -> Sequence[Mention]:
    """Mentions with their author, brand and assignee, oldest first."""
    statement = select(Mention).where(Mention.id.in_(mention_ids)).order_by(Mention.id)
    return session.scalars(
        statement.options(joinedload(Mention.author), joinedload(Mention.brand), joinedload(Mention.assignee))
    ).all()


def refuse_moot(mention: Mention) -> None:
    if reason := moot_reason(mention):
        raise Moot(reason)


def moot_reason(mention: Mention) -> str:
    """Why nobody needs to be told of it any more; empty where somebody does."""
    if mention.status == Status.GONE:
        return "The author deleted the post."
    if mention.status == Status.RESOLVED:
        return "It was resolved before the alert could be sent."
    return ""


def author_name(mention: Mention) -> str:
    """`Dana R. (@dana)` on one line, slurs masked; hostile."""
    author = mention.author
    if author is None:
        return _("somebody")
    name, handle = mask(excerpt(author.name, 60)), mask(excerpt(author.handle, 60))
    return f"{name} (@{handle})" if name and name != handle else f"@{handle}"


def why(mention: Mention) -> str:
    """Why it is thought so urgent, in one line: the model's certainty, the heaviest words, and what lifts it."""
    said = ", ".join(judged(mention))
    if mention.lifted_to:
        judgement = say_label(mention.urgency) or _("not judged")
        said = _(
            "%(judgement)s, lifted by a rule: %(signals)s",
            judgement=f"{judgement} ({said})" if said else judgement,
            signals=lifting(mention),
        )
    urgency = say_label(mention.effective_urgency)
    return _("Why %(urgency)s: %(said)s.", urgency=urgency, said=said or _("set by hand or by a rule"))


def judged(mention: Mention) -> Iterator[str]:
    """What the model's judgement rests on: `91% sure`, `because of “charged me twice”`."""
    probability = (mention.scores.get("urgency") or {}).get(mention.urgency)
    if probability is not None:
        yield _("%(share)s sure", share=say_share(probability))
    carried = dict.fromkeys(str(word.get("text", "")) for word in mention.reasons.get("words", []))
    words = [mask(excerpt(word, 40)) for word in list(carried)[:4]]
    if words:
        yield _("because of %(words)s", words=", ".join(_("“%(words)s”", words=word) for word in words))


def lifting(mention: Mention) -> str:
    """What lifts it, on one line: `3 posts in 36 h, none answered; names a regulator: Ombudsman`."""
    return "; ".join(excerpt(retell(signal["evidence"]), 80) for signal in mention.signals if signal["lifts"])


def facts(mention: Mention, settings: Settings, now: datetime) -> Iterable[tuple[str, str]]:
    """What a reader weighs before opening it."""
    yield _("Brand"), one_line(mention.brand.name)
    yield _("Posted"), _("%(span)s ago", span=say_span(now - mention.posted_at))
    if mention.due_at:
        yield _("Answer due"), say_due(mention.due_at, settings, mention.brand.name, now)
    if labels := " · ".join(say_label(one) for one in (mention.need, mention.sentiment) if one and one != "none"):
        yield _("About"), labels
    if mention.author and mention.author.followers is not None:
        yield _("Followers"), say_number(mention.author.followers)
    if mention.assignee:
        yield _("Claimed by"), mention.assignee.name


def say_due(due: datetime, settings: Settings, brand: str, now: datetime) -> str:
    """`in 13 min (Wed 12:13 GMT)`, by the brand's clock."""
    local = due.astimezone(settings.brand(brand).zone)
    when = " ".join((say_date(_("%(weekday)s %(time)s"), local), f"{local:%Z}"))
    span = say_span(due - now)
    if due > now:
        return _("in %(span)s (%(when)s)", span=span, when=when)
    return _("%(span)s ago (%(when)s)", span=span, when=when)


def mention_data(mention: Mention, settings: Settings) -> dict[str, Any]:
    """The mention for programs; what attacks people without its text, which the API has."""
    return {
        "id": mention.id,
        "brand": mention.brand.name,
        "source": mention.source,
        "author": mention.author.handle if mention.author else None,
        "text": None if mention.abuse else mention.text,
        "abuse": mention.abuse,
        "url": mention.url,
        "posted_at": mention.posted_at.isoformat(),
        "urgency": mention.urgency,
        "effective_urgency": mention.effective_urgency,
        "sentiment": mention.sentiment,
        "need": mention.need,
        "due_at": mention.due_at.isoformat() if mention.due_at else None,
        "link": mention_url(settings, mention.id),
    }
