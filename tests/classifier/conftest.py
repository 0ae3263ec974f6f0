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


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Base weights of a thimble's size."""
    from tests.classifier.thimble import make_base

    return make_base(tmp_path / "base")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Labelled sets of a thimble's size."""
    from tests.classifier.thimble import write_sets

    return write_sets(tmp_path / "data")
