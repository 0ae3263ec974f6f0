"""Learning from the team, from corrections in the store to the mentions that wait: on both databases."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from classifier.decide import Floats, decide_labels, name_scores
from classifier.judgement import Judgement
from classifier.labels import HEADS
from classifier.learned import Learned
from monitor import desk
from monitor.collecting.recheck import purge
from monitor.judging import correcting
from monitor.judging.corrections import read_labels
from monitor.judging.learning import Outcome, learn, unlearn
from monitor.judging.lessons import find_version
from monitor.judging.triage import triage_batch
from monitor.models import Activity, Edition, Embedding, Lesson, Mention, User
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user

WORDS = ["late", "card", "gate", "app", "price", "crew", "seat", "food", "help", "form", "call", "week", "line", "room"]


class WordJudge:
    """Its embedding is the sum of a direction for each word; a post is `normal`, `fault`, `neutral`, not abusive."""

    encoder = "words 1"

    def __init__(self) -> None:
        self.learned: Learned | None = None
        self.read = 0

    @property
    def version(self) -> str:
        return self.learned.name if self.learned else self.encoder

    def decide(self, scores: Mapping[str, Floats]) -> dict[str, Any]:
        return decide_labels(scores, (0.5, 1.5, 2.5), 0.5)

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        self.read += len(texts)
        return [self.judge_one(text, self.learned or Learned(0, self.encoder, {})) for text in texts]

    def judge_one(self, text: str, learned: Learned) -> Judgement:
        vector = np.sum([np.random.default_rng(crc32(word.encode())).normal(size=64) for word in text.split()], axis=0)
        vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        plain = {head: np.full(len(labels), 0.3 / (len(labels) - 1)) for head, labels in HEADS.items()}
        for head, label in (("urgency", "normal"), ("need", "fault"), ("sentiment", "neutral"), ("abuse", "0")):
            plain[head][HEADS[head].index(label)] = 0.7
        scores = learned.adjust(plain, vector)
        said = {"scores": name_scores(scores), "embedding": vector, "unlearned": name_scores(plain)}
        return Judgement(**self.decide(scores), **said, model=learned.name, lang="en")


class Team:
    """A desk with judged mentions, and one person who relabels."""

    def __init__(self, store: Store, settings: Settings, now: datetime) -> None:
        self.store, self.settings, self.now, self.judge = store, settings, now, WordJudge()
        self.dice = np.random.default_rng(11)
        with store.write() as session:
            self.user = make_user(session)

    def receive(self, number: int, about: str) -> list[int]:
        """Mentions about something, judged."""
        with self.store.write() as session:
            texts = [" ".join([about, about, about, *self.dice.choice(WORDS, 4)]) for _ in range(number)]
            ids = [make_mention(session, text, urgency=None, posted_at=self.now).id for text in texts]
        self.triage()
        return ids

    def triage(self) -> None:
        while triage_batch(self.store, self.judge, self.settings, self.now):
            pass

    def relabel(self, ids: Sequence[int], labels: Callable[[], dict[str, Any]]) -> None:
        with self.store.write() as session:
            user = session.get_one(User, self.user.id)
            for mention_id in ids:
                correcting.relabel(session, mention_id, user, labels(), self.settings.brand, self.now)

    def learn(self, **options: Any) -> Outcome:
        return learn(self.store, self.settings, WordJudge(), self.now + timedelta(minutes=1), **options)

    def unlearn(self) -> Outcome:
        return unlearn(self.store, self.settings, WordJudge(), self.now + timedelta(minutes=2))

    def judgements(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        heads = (Mention.urgency, Mention.need, Mention.sentiment, Mention.abuse, Mention.model)
        place = (Mention.scores, Mention.due_at, Mention.press_rank, Mention.press_at)
        with self.store.read() as session:
            rows = session.execute(select(*heads, *place).where(Mention.id.in_(ids)).order_by(Mention.id))
            return [tuple(row) for row in rows]


@pytest.fixture
def team(any_store: Store, settings: Settings, now: datetime) -> Team:
    return Team(any_store, settings, now)


@pytest.fixture
def taught(team: Team) -> tuple[Team, list[int], list[int]]:
    """Sixty posts about the kiosk, relabelled; twenty more that nobody has looked at; forty about anything."""
    corrected, alike = team.receive(60, "kiosk"), team.receive(20, "kiosk")
    team.receive(40, "plane")
    team.relabel(corrected, lambda: {"need": "billing", "urgency": "urgent"})
    return team, corrected, alike


def happened(session: Session, what: str) -> list[Activity]:
    return list(session.scalars(select(Activity).where(Activity.happened == what).order_by(Activity.id)))


def test_a_planted_pattern_is_learned_used_and_rolled_back(taught: tuple[Team, list[int], list[int]]) -> None:
    team, corrected, alike = taught
    before, theirs = team.judgements(alike), team.judgements(corrected)
    outcome = team.learn()
    assert outcome.learned
    assert {trial.head for trial in outcome.trials if trial.taken} == {"need", "urgency"}
    assert outcome.model == "words 1+learned 1"
    after = team.judgements(alike)
    assert sum(row[:2] == ("urgent", "billing") for row in after) >= 16
    assert {row[4] for row in after if row[1] == "billing"} == {"words 1+learned 1"}
    assert all(row[6] == team.now + timedelta(minutes=15) for row in after if row[0] == "urgent")
    assert team.judgements(corrected) == theirs
    new = team.receive(5, "kiosk")
    assert [row[1] for row in team.judgements(new)].count("billing") >= 4
    assert team.judge.version == "words 1+learned 1"
    back = team.unlearn()
    assert (back.model, back.rejudged >= 16) == ("words 1", True)
    assert team.judgements(alike) == before
    assert {row[1] for row in team.judgements(new)} == {"fault"}
    with team.store.read() as session:
        assert [line.data["version"] for line in happened(session, "learned")] == [1]
        assert [line.data["in_use"] for line in happened(session, "unlearned")] == [0]
        assert (
            sum(line.data.get("again", False) for line in happened(session, "judged"))
            == outcome.rejudged + back.rejudged
        )
    with pytest.raises(desk.Refused, match="nothing to go back from"):
        team.unlearn()


def test_luck_is_refused_and_written_down(team: Team) -> None:
    ids = team.receive(60, "plane")
    needs = [need for need in HEADS["need"] if need != "fault"]
    team.relabel(ids, lambda: {"need": str(team.dice.choice(needs))})
    others = team.receive(10, "plane")
    before = team.judgements(others)
    outcome = team.learn()
    assert (outcome.learned, outcome.model, outcome.rejudged) == (False, "words 1", 0)
    assert team.judgements(others) == before
    with team.store.read() as session:
        (line,) = happened(session, "learned")
        assert (line.data["version"], line.data["heads"]["need"]["taken"]) == (None, False)
        assert session.scalar(select(func.count(Lesson.id))) == 0


def test_too_little_changes_nothing_and_a_dry_run_neither(taught: tuple[Team, list[int], list[int]]) -> None:
    team, corrected, alike = taught
    before = team.judgements(alike)
    assert team.learn(dry_run=True).learned
    assert team.judgements(alike) == before
    with team.store.write() as session:
        for number in corrected[10:]:
            purge(session, number, team.now)
    outcome = team.learn()
    assert (outcome.learned, outcome.gone) == (False, 100)
    assert {trial.why for trial in outcome.trials} >= {"10 labels given; it learns from 20 on."}
    with team.store.read() as session:
        assert happened(session, "learned") == []


def test_the_last_word_counts_and_only_of_the_newest_text(team: Team) -> None:
    one, two = team.receive(2, "plane")
    team.relabel([one, two], lambda: {"need": "billing"})
    team.now += timedelta(minutes=1)
    team.relabel([one], lambda: {"need": "delivery"})
    with team.store.write() as session:
        session.add(Edition(mention_id=two, post_id="1", text="before", replaced_at=team.now))
    with team.store.read() as session:
        (label,) = read_labels(session)
    assert (label.mention_id, label.judged, label.label, label.model) == (one, "fault", "delivery", "words 1")


def test_what_is_right_can_be_said(team: Team) -> None:
    (number,) = team.receive(1, "plane")
    team.relabel([number], lambda: {"need": "billing"})
    with team.store.write() as session:
        correcting.confirm(session, number, session.get_one(User, team.user.id), team.now)
        correcting.confirm(session, number, session.get_one(User, team.user.id), team.now)
    with team.store.read() as session:
        said = {(label.head, label.judged, label.label) for label in read_labels(session)}
        assert len(happened(session, "confirmed")) == 1
    assert said == {
        ("need", "fault", "billing"),
        ("urgency", "normal", "normal"),
        ("sentiment", "neutral", "neutral"),
        ("abuse", "0", "0"),
    }


def test_embeddings_of_another_model_are_made_anew(taught: tuple[Team, list[int], list[int]]) -> None:
    team, _, _ = taught
    with team.store.write() as session:
        session.execute(update(Embedding).values(model="words 0"))
    reader = WordJudge()
    outcome = learn(team.store, team.settings, reader, team.now)
    assert outcome.learned
    assert reader.read >= 60 + 200  # the labelled posts and the guard set
    assert outcome.rejudged == 0  # what another model judged is not touched


def test_a_damaged_lesson_is_told_and_the_heads_serve_as_they_came(taught: tuple[Team, list[int], list[int]]) -> None:
    team, _, _ = taught
    team.learn()
    with team.store.write() as session:
        session.execute(update(Lesson).values(shifts=b"rubbish"))
    team.judge = WordJudge()
    assert {row[1] for row in team.judgements(team.receive(3, "kiosk"))} == {"fault"}
    assert team.learn().model == "words 1+learned 2"


def test_two_who_teach_at_once_know_of_each_other(taught: tuple[Team, list[int], list[int]]) -> None:
    team, _, _ = taught

    class Meanwhile(WordJudge):
        def judge(self, texts: Sequence[str]) -> list[Judgement]:
            if self.learned is None and not self.read:
                self.read = 1
                team.learn()
            return super().judge(texts)

    with pytest.raises(desk.Refused, match="Somebody else taught the classifier meanwhile"):
        learn(team.store, team.settings, Meanwhile(), team.now)
    with team.store.read() as session:
        assert find_version(session, "words 1") == 1


class Killed(BaseException):
    """What ends a process in the middle of it."""


def test_killed_half_way_the_next_run_goes_on(taught: tuple[Team, list[int], list[int]]) -> None:
    team, _, alike = taught

    class Mortal(WordJudge):
        reading = False

        def judge(self, texts: Sequence[str]) -> list[Judgement]:
            self.reading = True
            judged = super().judge(texts)
            self.reading = False
            return judged

        def decide(self, scores: Mapping[str, Floats]) -> dict[str, Any]:
            if set(scores) == set(HEADS) and not self.reading:  # an open mention, after the swap
                raise Killed
            return super().decide(scores)

    with pytest.raises(Killed):
        learn(team.store, team.settings, Mortal(), team.now)
    with team.store.read() as session:
        assert find_version(session, "words 1") == 1
    assert {row[1] for row in team.judgements(alike)} == {"fault"}
    assert team.learn().rejudged >= 16
