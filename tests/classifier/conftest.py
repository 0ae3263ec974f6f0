"""The classifier that comes with the program, loaded once; and the labelled sets, where they are."""

from pathlib import Path

import pytest

from classifier import engine
from classifier.engine import OnnxClassifier

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def classifier() -> OnnxClassifier:
    return engine.load()


@pytest.fixture(scope="session")
def labelled() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the labelled sets are not at ../shared/data")
    return SHARED
