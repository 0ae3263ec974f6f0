"""What was done to mentions, as the board says it: how many, which could not be, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from monitor.deeds import Last, Result, Undone
from monitor.models import Activity, Mention
from monitor.words import Did
from web.context import this_moment
from web.words.deeds import say_done, say_left, say_nothing_done, say_refused, say_same, say_undone

MOVING = (Did.MUTE_AUTHOR, Did.MUTE_THREAD)


@dataclass(frozen=True)
class Unchanged:
    """A mention that stays as it was: why, and what happened to it last."""

    id: int
    mention: Mention | None
    why: str
    line: Activity | None


@dataclass(frozen=True)
class Told:
    """`deed_id`: what can be taken back; `touched`: the mentions whose rows say something else now."""

    sentence: str
    deed_id: int | None = None
    unchanged: Sequence[Unchanged] = ()
    touched: Sequence[int] = ()
    moved: bool = False  # mentions may have left the queue, or come back


def tell_done(db: Session, did: Did, results: Sequence[Result]) -> Told:
    """What became of many."""
    done = [result for result in results if result.deed_id]
    refused = {result.mention_id: result.refusal for result in results if result.refusal}
    same = len(results) - len(done) - len(refused)
    sentence = " ".join([say_done(did, len(done)) if done else say_nothing_done()] + ([say_same(same)] if same else []))
    why = {mention_id: say_refused(error, this_moment()) for mention_id, error in refused.items()}
    deed_id = done[-1].deed_id if done else None
    ids = [result.mention_id for result in results]
    return Told(sentence, deed_id, explain(db, why), ids, did in MOVING)


def tell_undone(db: Session, undone: Undone) -> Told:
    """What stands again as it did, and what does not."""
    why = {left.mention_id: say_left(left) for left in undone.left}
    return Told(say_undone(len(undone.done)), None, explain(db, why), undone.done, undone.did in MOVING)


def tell_last(last: Last | None) -> Told | None:
    """What the reader did last and can still take back; for pages that are loaded anew."""
    return Told(say_done(last.did, last.number), last.id) if last else None


def explain(db: Session, why: dict[int, str]) -> list[Unchanged]:
    """Each mention by name, and who did what to it last."""
    if not why:
        return []
    loaded = (joinedload(Mention.author), joinedload(Mention.brand))
    mentions = {one.id: one for one in db.scalars(select(Mention).where(Mention.id.in_(why)).options(*loaded))}
    newest = select(func.max(Activity.id)).where(Activity.mention_id.in_(why)).group_by(Activity.mention_id)
    lines = db.scalars(select(Activity).where(Activity.id.in_(newest)).options(joinedload(Activity.user)))
    last = {line.mention_id: line for line in lines}
    return [Unchanged(id_, mentions.get(id_), said, last.get(id_)) for id_, said in why.items()]
