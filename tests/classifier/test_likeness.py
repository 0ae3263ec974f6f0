"""From which cosine two posts are alike: measured for each model, and read from its folder without loading it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from classifier.bundle import CARD, MODEL_DIR, read_likeness
from classifier.judgement import ModelError
from classifier.likeness import ALIKE, SAME, Likeness, measure_likeness


def test_the_nearest_pairs_are_alike() -> None:
    rows = np.random.default_rng(0).normal(size=(300, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = measure_likeness(rows)
    cosines = (rows @ rows.T)[np.triu_indices(300, 1)]
    assert np.mean(cosines >= found.alike) == pytest.approx(ALIKE, rel=0.1)
    assert np.mean(cosines >= found.same) == pytest.approx(SAME, rel=0.1)
    assert found.alike < found.same


def test_the_model_that_comes_with_the_program_says_its_own() -> None:
    assert 0 < read_likeness().alike < read_likeness().same < 1
    assert "likeness" in json.loads((MODEL_DIR / CARD).read_text())


@pytest.mark.parametrize("said", [[], {"alike": "much"}, {"alike": 0}, {"near": 0.5}, 7])
def test_a_garbled_likeness_is_told(said: object, tmp_path: Path) -> None:
    shutil.copyfile(MODEL_DIR / CARD, tmp_path / CARD)
    card = json.loads((tmp_path / CARD).read_text())
    (tmp_path / CARD).write_text(json.dumps(card | {"likeness": said}))
    with pytest.raises(ModelError, match="garbles its likeness"):
        read_likeness(tmp_path)


def test_a_model_from_before_it_was_measured(tmp_path: Path) -> None:
    card = json.loads((MODEL_DIR / CARD).read_text())
    card.pop("likeness", None)
    (tmp_path / CARD).write_text(json.dumps(card))
    assert read_likeness(tmp_path) == Likeness()
