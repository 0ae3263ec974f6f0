"""Learning a head: patterns are found, luck is not, and what was learned comes back whole or not at all."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from classifier.bundle import MODEL_DIR, open_bundle
from classifier.decide import Floats, decide_labels
from classifier.engine import OnnxClassifier
from classifier.guard import read_guard
from classifier.judgement import ModelError
from classifier.labels import HEADS
from classifier.learn import STRENGTHS, Examples, Fitting, choose_strength
from classifier.learned import Learned, Shift, Teachable, unpack
from classifier.trial import FEWEST, Score, Trial, coin, is_held_back, refuse_forgetting, try_head

WIDTH = 48
NEEDS = HEADS["need"]
FAULT, BILLING = NEEDS.index("fault"), NEEDS.index("billing")


def decide(scores: Mapping[str, Floats]) -> Mapping[str, Any]:
    return decide_labels(scores, (0.5, 1.5, 2.5), 0.5)


class World:
    """Posts as directions: one kind of them lies apart; the head says `fault` of everything, fairly surely."""

    def __init__(self, seed: int = 7) -> None:
        self.dice = np.random.default_rng(seed)
        self.kind = self.draw(1)[0]

    def draw(self, rows: int, towards: float = 0.0) -> Floats:
        vectors = self.dice.normal(size=(rows, WIDTH))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if towards:
            vectors = (1 - towards) * vectors + towards * self.kind
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def examples(self, vectors: Floats, truth: Any) -> Examples:
        scores = np.full((len(vectors), len(NEEDS)), 0.3 / (len(NEEDS) - 1))
        scores[:, FAULT] = 0.7
        return Examples(vectors, scores, np.broadcast_to(np.asarray(truth, dtype=int), len(vectors)))

    def try_need(self, given: Examples, guard: Examples | None = None) -> Trial:
        guard = guard or self.examples(self.draw(100), FAULT)
        seen = np.concatenate([guard.vectors, self.draw(300)])
        return try_head("need", range(1, len(given) + 1), given, seen, guard, None, decide)


def test_a_pattern_is_learned_and_the_rest_left_alone() -> None:
    world = World()
    trial = world.try_need(world.examples(world.draw(60, towards=0.5), BILLING))
    assert trial.taken, trial.why
    assert trial.before is not None
    assert trial.after is not None
    assert (trial.before.right, trial.after.rows) == (0, sum(map(is_held_back, range(1, 61))))
    assert trial.after.right > 0.8
    assert trial.shift is not None
    fresh, others = world.examples(world.draw(200, towards=0.5), BILLING), world.examples(world.draw(200), FAULT)
    assert (trial.shift.apply(fresh.scores, fresh.vectors).argmax(1) == BILLING).mean() > 0.8
    assert (trial.shift.apply(others.scores, others.vectors).argmax(1) == FAULT).mean() > 0.9


@pytest.mark.parametrize("seed", range(12))
def test_luck_is_refused(seed: int) -> None:
    world = World(seed)
    other = [label for label in range(len(NEEDS)) if label != FAULT]
    trial = world.try_need(world.examples(world.draw(60), world.dice.choice(other, 60)))
    assert not trial.taken
    assert trial.shift is not None


def test_what_the_guard_set_contradicts_is_refused() -> None:
    world = World()
    guard = world.examples(np.concatenate([world.draw(60), world.draw(40, towards=0.5)]), FAULT)
    trial = world.try_need(world.examples(world.draw(60, towards=0.5), BILLING), guard)
    assert not trial.taken
    assert trial.guard_before is not None
    assert trial.guard_after is not None
    assert trial.guard_before.right - trial.guard_after.right <= 0.02 or "guard" in trial.why


def test_the_guards_tolerance() -> None:
    before = Score(200, 0.9, 0.8)
    assert refuse_forgetting(before, Score(200, 0.885, 0.775)) == ""
    assert "falls from 90.0% to 87.5%" in refuse_forgetting(before, Score(200, 0.875, 0.8))
    assert "falls from 0.800 to 0.760" in refuse_forgetting(before, Score(200, 0.9, 0.76))


def test_too_few_labels_are_counted() -> None:
    world = World()
    trial = world.try_need(world.examples(world.draw(FEWEST - 1, towards=0.5), BILLING))
    assert (trial.taken, trial.shift, trial.why) == (False, None, "19 labels given; it learns from 20 on.")


def test_a_third_is_held_back_and_always_the_same() -> None:
    held = [number for number in range(10_000) if is_held_back(number)]
    assert 2_900 < len(held) < 3_100
    assert held[:5] == [number for number in range(60) if is_held_back(number)][:5]


def test_the_coin() -> None:
    assert (coin(0, 4), coin(4, 4), coin(5, 6)) == (1, 1 / 16, 7 / 64)


def test_the_fit_is_the_minimum() -> None:
    world = World()
    given, seen = world.examples(world.draw(30, towards=0.4), BILLING), world.draw(300)
    fitting = Fitting(given, seen)
    pull = fitting._pull(np.ones(30, dtype=bool), 0.1)
    likely = given.scores * np.exp(fitting.kernel @ pull)
    slope = likely / likely.sum(1, keepdims=True) - fitting.targets + 0.1 * pull
    assert np.abs(slope).max() < 0.01
    assert choose_strength(fitting) in STRENGTHS


def make_learned(head: str = "need") -> Learned:
    dice = np.random.default_rng(3)
    return Learned(4, "house 1", {head: Shift(dice.normal(size=(len(HEADS[head]), WIDTH)), np.zeros(len(HEADS[head])))})


def test_what_was_learned_comes_back_whole() -> None:
    learned = make_learned()
    again = unpack(4, learned.pack())
    assert (again.name, again.version) == ("house 1+learned 4", 4)
    vectors, scores = World().draw(5), np.full((5, len(NEEDS)), 1 / len(NEEDS))
    assert np.array_equal(
        again.adjust({"need": scores}, vectors)["need"], learned.adjust({"need": scores}, vectors)["need"]
    )
    untouched = {"urgency": np.full(4, 0.25)}
    assert again.adjust(untouched, vectors[0]) == untouched


@pytest.mark.parametrize("damage", [lambda blob: blob[:-1], lambda blob: blob[:40] + b"x" + blob[41:], lambda _: b""])
def test_damage_is_told(damage: Any) -> None:
    with pytest.raises(ModelError, match=r"version 4 is damaged; run `mentiondesk learn`"):
        unpack(4, damage(make_learned().pack()))


def test_shifts_that_fit_no_head_are_refused() -> None:
    nan = Learned(4, "house 1", {"abuse": Shift(np.full((2, WIDTH), np.nan), np.zeros(2))})
    narrow = Learned(4, "house 1", {"abuse": Shift(np.zeros((3, WIDTH)), np.zeros(3))})
    for wrong in (nan, narrow):
        with pytest.raises(ModelError, match="fits no head"):
            unpack(4, wrong.pack())


def test_the_engine_judges_with_what_was_learned(classifier: OnnxClassifier) -> None:
    (plain,) = classifier.judge(["the kiosk ate my coins"])
    assert plain.embedding is not None
    push = Shift(np.zeros((len(NEEDS), len(plain.embedding))), np.eye(len(NEEDS))[NEEDS.index("booking")] * 20)
    learner = OnnxClassifier(open_bundle(MODEL_DIR), classifier._session, classifier._tokenizer)
    assert isinstance(learner, Teachable)
    learner.learned = Learned(7, learner.encoder, {"need": push})
    (taught,) = learner.judge(["the kiosk ate my coins"])
    assert (taught.need, taught.urgency) == ("booking", plain.urgency)
    assert (taught.model, learner.version) == (f"{plain.model}+learned 7",) * 2
    assert taught.unlearned == plain.scores


def test_the_guard_set_is_sound() -> None:
    rows = read_guard()
    assert len({row["text"] for row in rows}) == len(rows) >= 200
    assert len({row["sector"] for row in rows}) >= 12
    assert all(str(row[head]) in labels for row in rows for head, labels in HEADS.items())
    assert all({str(row[head]) for row in rows} == set(labels) for head, labels in HEADS.items())
