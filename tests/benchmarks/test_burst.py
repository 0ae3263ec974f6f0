"""A small burst on every platform that shows so many: all of it is stored, in order."""

import json

from click.testing import CliRunner

from tests.benchmarks.burst import LIMITS, burst


def test_a_burst_is_stored_whole_and_in_order() -> None:
    done = CliRunner().invoke(burst, ["--posts", "120", "--json"])
    assert done.exit_code == 0, done.output
    found = {each["source"]: each for each in json.loads(done.stdout)}
    assert found.keys() == LIMITS.keys()
    for each in found.values():
        assert (each["stored"], each["ordered"]) == (120, 120)
        assert each["least"] <= each["requests"] <= 3 * each["least"]
