"""One thing done to many mentions at once: each in a transaction of its own, and each that refuses is named."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from monitor import desk
from monitor.abusive import sparing
from monitor.care.closing import REASONS, close
from monitor.collecting import hiding
from monitor.collecting.muting import mute_thread
from monitor.deeds.keeping import Command, keep
from monitor.desk import DeskError, Invalid, Refused, required
from monitor.judging import correcting
from monitor.models import Mention, User
from monitor.settings import Settings
from monitor.store import Store, explain_failure
from monitor.words import Did, Ended

MOST = 500  # at once

Until = Callable[[Mention], datetime]
"""Until when a mention sleeps: the morning of one brand is not that of another."""


@dataclass(frozen=True)
class Asked:
    """What is to be done, with what it needs."""

    did: Did
    to_id: int | None = None
    reason: str = ""
    outcome: str = ""
    duplicate_of: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    days: int = 0
    until: Until | None = None


@dataclass(frozen=True)
class Result:
    """What became of one mention: it was changed, was so already, or `refusal` says why not."""

    mention_id: int
    deed_id: int | None = None
    refusal: DeskError | None = None


class Away(Refused):
    """The database does not answer."""


def check(session: Session, asked: Asked, ids: Sequence[int]) -> None:
    """Raises `Invalid` for what could be done to no mention at all."""
    if not ids:
        raise Invalid("Choose at least one mention.")
    if len(ids) > MOST:
        raise Invalid(f"That is {len(ids):,} mentions; the desk takes up to {MOST} at once.")
    if asked.did not in COMMANDS:
        raise Invalid(f"Many mentions cannot be done with '{asked.did}'; choose from {', '.join(COMMANDS)}.")
    if asked.did in CHECKS:
        CHECKS[asked.did](session, asked)


def check_colleague(session: Session, asked: Asked) -> None:
    colleague = session.get(User, asked.to_id or 0)
    if colleague is None:
        raise Invalid("Choose to whom they go.")
    if not colleague.active:
        raise Invalid(f"{colleague.name} no longer works here.")


def check_labels(_session: Session, asked: Asked) -> None:
    if not asked.labels:
        raise Invalid("Choose a label.")
    for head, label in asked.labels.items():
        correcting.checked_label(head, label)


def check_outcome(_session: Session, asked: Asked) -> None:
    if asked.outcome and asked.outcome not in tuple(Ended):
        raise Invalid(f"'{asked.outcome}' is no outcome; choose from {', '.join(Ended)}.")
    if asked.outcome in REASONS:
        required(asked.reason, REASONS[Ended(asked.outcome)])
    if asked.outcome == Ended.DUPLICATE and asked.duplicate_of is None:
        raise Invalid("Please give the number of the mention that these are duplicates of.")


def check_time(_session: Session, asked: Asked) -> None:
    if asked.until is None:
        raise Invalid("Choose until when they sleep.")


CHECKS: dict[Did, Callable[[Session, Asked], object]] = {
    Did.ASSIGN: check_colleague,
    Did.LABEL: check_labels,
    Did.RESOLVE: check_outcome,
    Did.SNOOZE: check_time,
    Did.MUTE_AUTHOR: lambda _session, asked: hiding.check_mute(asked.days, asked.reason),
    Did.MUTE_THREAD: lambda _session, asked: hiding.check_mute(asked.days, asked.reason),
}


def claim(_asked: Asked, settings: Settings) -> Command:
    return lambda session, mention_id, user, now: sparing.claim(session, mention_id, user, settings, now)


def assign(asked: Asked, settings: Settings) -> Command:
    def give(session: Session, mention_id: int, user: User, now: datetime) -> None:
        colleague = session.get_one(User, asked.to_id)
        sparing.assign(session, mention_id, user, colleague, asked.reason, settings, now)

    return give


def label(asked: Asked, settings: Settings) -> Command:
    labels = dict(asked.labels)
    return lambda session, mention_id, user, now: correcting.relabel(
        session, mention_id, user, labels, settings.brand, now
    )


def resolve(asked: Asked, _settings: Settings) -> Command:
    given = asked.outcome, asked.reason, asked.duplicate_of
    return lambda session, mention_id, user, now: close(session, mention_id, user, now, *given)


def snooze(asked: Asked, _settings: Settings) -> Command:
    def put_aside(session: Session, mention_id: int, user: User, now: datetime) -> None:
        mention = desk.get(session, mention_id)
        if asked.until:
            desk.snooze(session, mention_id, user, asked.until(mention), now)

    return put_aside


def mute_author(asked: Asked, _settings: Settings) -> Command:
    def mute(session: Session, mention_id: int, user: User, now: datetime) -> None:
        author = desk.get(session, mention_id).author
        if author is None:
            raise Refused("Its author is not known, so there is nobody to mute.")
        hiding.mute(session, author.id, user, asked.days, asked.reason, now)

    return mute


def mute_conversation(asked: Asked, _settings: Settings) -> Command:
    given = asked.days, asked.reason
    return lambda session, mention_id, user, now: mute_thread(session, mention_id, user, *given, now)


COMMANDS: dict[Did, Callable[[Asked, Settings], Command]] = {
    Did.CLAIM: claim,
    Did.ASSIGN: assign,
    Did.LABEL: label,
    Did.RESOLVE: resolve,
    Did.SNOOZE: snooze,
    Did.MUTE_AUTHOR: mute_author,
    Did.MUTE_THREAD: mute_conversation,
}


def carry_out(
    store: Store, settings: Settings, asked: Asked, ids: Sequence[int], user_id: int, now: datetime
) -> Iterator[Result]:
    """Do it, one mention after the other, as one deed; what `check` refuses must have been refused before.

    A database that does not answer ends it: what was done is whole, and the rest is refused with the reason.
    """
    command, deed_id = COMMANDS[asked.did](asked, settings), None
    away: Away | None = None
    for mention_id in ids:
        result = (
            Result(mention_id, refusal=away)
            if away
            else do_one(store, asked.did, command, mention_id, user_id, now, deed_id)
        )
        deed_id = result.deed_id or deed_id
        away = result.refusal if isinstance(result.refusal, Away) else None
        yield result


def do_one(
    store: Store, did: Did, command: Command, mention_id: int, user_id: int, now: datetime, deed_id: int | None
) -> Result:
    try:
        with store.write() as session:
            user = session.get_one(User, user_id)
            return Result(mention_id, keep(session, did, mention_id, user, command, now, deed_id))
    except DeskError as error:
        return Result(mention_id, refusal=error)
    except OperationalError as error:
        return Result(mention_id, refusal=Away(explain_failure(error)))
