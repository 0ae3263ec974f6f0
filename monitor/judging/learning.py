"""Learning from the team: labels out of the store, a trial for each head, and the swap to what proved better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from classifier.decide import Floats
from classifier.guard import read_guard
from classifier.judgement import ModelError
from classifier.labels import HEADS
from classifier.learn import Examples
from classifier.learned import Learned, Teachable
from classifier.trial import Trial, try_head
from monitor.activity import record
from monitor.desk import Refused
from monitor.judging.corrections import GivenLabel, read_labels
from monitor.judging.known import Known, examples_of, know, read_background, read_known
from monitor.judging.lessons import find_version, keep_lesson, load_lesson, roll_back, take_turn
from monitor.judging.rejudging import rejudge_open
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened

MOST_LABELS = 1_000  # of one head, the newest; more make the fit slow and hardly better


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of `learn`."""

    learned: bool  # whether a new version is in use, or would be but for a dry run
    model: str  # in use afterwards
    trials: Sequence[Trial]
    gone: int  # labels of mentions of which nothing is left
    rejudged: int  # mentions that have another label now

    def as_json(self) -> dict[str, Any]:
        heads = {trial.head: trial.as_json() for trial in self.trials}
        counts = {"gone": self.gone, "rejudged": self.rejudged}
        return {"learned": self.learned, "model": self.model, "heads": heads, **counts}


def learn(store: Store, settings: Settings, classifier: Teachable, now: datetime, dry_run: bool = False) -> Outcome:
    """Try to learn each head from what people say of judgements; take those that are better, and judge open mentions
    again. What is in use serves on until then, and where nothing is better.

    Raises `Refused` if somebody else taught meanwhile.
    """
    classifier.learned = None
    with store.read() as session:
        given = read_labels(session)
        in_use = read_lesson(session, classifier.encoder)
        background = read_background(session, classifier.encoder, {label.mention_id for label in given})
        known, unread = read_known(session, classifier.encoder, {label.mention_id for label in given})
    known |= dict(zip(unread, know(classifier, list(unread.values())), strict=True))
    rows = read_guard()
    guard = know(classifier, [row["text"] for row in rows])
    seen = np.stack([*(one.vector for one in guard), *background])
    trials = [try_given(head, given, known, seen, examples_of(head, rows, guard), in_use, classifier) for head in HEADS]
    taken = {trial.head: trial.shift for trial in trials if trial.taken and trial.shift}
    gone = sum(label.mention_id not in known for label in given)
    if dry_run:
        return Outcome(bool(taken), in_use.name, trials, gone, 0)
    if any(trial.shift for trial in trials):
        with store.write() as session:
            in_use = swap(session, in_use, taken, trials, now)
    return Outcome(bool(taken), in_use.name, trials, gone, rejudge_open(store, settings, classifier, in_use, now))


def unlearn(store: Store, settings: Settings, classifier: Teachable, now: datetime) -> Outcome:
    """Go back to the version before, or to the model as it came, and judge open mentions again.

    Raises `Refused` where nothing was learned.
    """
    with store.write() as session:
        version, before = roll_back(session, classifier.encoder, now)
        if not version:
            raise Refused(f"Nothing that {classifier.encoder} learned is in use, so there is nothing to go back from.")
        in_use = load_lesson(session, before, classifier.encoder)
    return Outcome(False, in_use.name, (), 0, rejudge_open(store, settings, classifier, in_use, now))


def read_lesson(session: Session, encoder: str) -> Learned:
    """What is in use; the heads as they came where that is damaged, as they serve then."""
    version = find_version(session, encoder)
    try:
        return load_lesson(session, version, encoder)
    except ModelError:
        return Learned(version, encoder, {})


def try_given(
    head: str,
    given: Sequence[GivenLabel],
    known: Mapping[int, Known],
    background: Floats,
    guard: Examples,
    in_use: Learned,
    classifier: Teachable,
) -> Trial:
    """The trial of one head with the newest labels that people gave for it."""
    usable = [one for one in given if one.head == head and head in getattr(known.get(one.mention_id), "scores", {})]
    newest = sorted(usable, key=lambda one: one.at)[-MOST_LABELS:]
    rows = [{head: one.label} for one in newest]
    examples = examples_of(head, rows, [known[one.mention_id] for one in newest])
    ids = [one.mention_id for one in newest]
    return try_head(head, ids, examples, background, guard, in_use.shifts.get(head), classifier.decide)


def swap(
    session: Session, in_use: Learned, taken: Mapping[str, Any], trials: Sequence[Trial], now: datetime
) -> Learned:
    """Put a new version in use, with the heads taken and those of before; and write down how each head did.

    Raises `Refused` if another version is in use than the trials were held against.
    """
    take_turn(session)
    if find_version(session, in_use.encoder) != in_use.version:
        raise Refused("Somebody else taught the classifier meanwhile; nothing was changed. Run `learn` again.")
    learned = keep_lesson(session, in_use.encoder, {**in_use.shifts, **taken}, now) if taken else in_use
    heads = {trial.head: trial.as_json() for trial in trials}
    record(session, Happened.LEARNED, now, version=learned.version if taken else None, model=learned.name, heads=heads)
    return learned
