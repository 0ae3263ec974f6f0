"""The comparison with a transformers pipeline, on a few posts."""

import json

import pytest

from tests.benchmarks import pipeline

pytest.importorskip("torch", reason="torch is for training only and is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn of their own affairs


@pytest.mark.skipif(not pipeline.STREAM.is_file(), reason="the posts are not at ../shared/data")
def test_ours_is_faster_than_the_pipeline(capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.main(["--rows", "64", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found[pipeline.BASELINE]["ratio"] == 1
    assert len(found) == 4
    assert all(numbers["per_second"] > 0 for numbers in found.values())
    assert found["mentiondesk, 64 at a time"]["ratio"] > 1
