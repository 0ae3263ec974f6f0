"""The likeness of the model that a configuration names, which may not be there."""

import json
from pathlib import Path

from classifier.bundle import CARD, read_likeness
from classifier.likeness import Likeness
from monitor.judging.loading import ACCURATE_FOLDER
from monitor.likeness import likeness_of
from monitor.settings import ClassifierSettings, Settings


def settings(model: str, home: Path) -> Settings:
    return Settings(home=home, classifier=ClassifierSettings(model=model))


def test_it_is_that_of_the_model_in_use(tmp_path: Path) -> None:
    folder = tmp_path / ACCURATE_FOLDER
    folder.mkdir(parents=True)
    (folder / CARD).write_text(json.dumps({"likeness": {"alike": 0.85, "same": 0.95}}))
    assert likeness_of(settings("accurate", tmp_path)) == Likeness(0.85, 0.95)
    assert likeness_of(settings("default", tmp_path)) == read_likeness()
    assert likeness_of(settings("hub:somebody/sentiment", tmp_path)) == read_likeness()


def test_a_model_that_has_gone(tmp_path: Path) -> None:
    assert likeness_of(settings("accurate", tmp_path)) == Likeness()
