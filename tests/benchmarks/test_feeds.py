"""A few feeds through the clockwork for a few seconds: healthy ones are polled on time beside one that hangs."""

import json

from click.testing import CliRunner

from tests.benchmarks.feeds import feeds


def test_healthy_feeds_are_polled_beside_one_that_hangs() -> None:
    done = CliRunner().invoke(
        feeds, ["--feeds", "8", "--hanging", "0.125", "--every", "2", "--minutes", "0.08", "--json"]
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["feeds"], found["healthy"], found["polled"]) == (8, 7, 7)
    assert found["polls"] >= 7
    assert found["rss_mb"] > 0
