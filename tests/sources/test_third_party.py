"""A source of somebody else, as docs/sources/your-own.md shows it: one file and one entry point, really polled."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "sources" / "your-own.md"
TOY, ENTRY_POINT = re.findall(r"```(?:python|text)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
CONFIGURATION = """
[[brand]]
name = "Aurora Air"

[[brand.feed]]
name = "toys"
source = "toy"
file = "{file}"
"""
PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A desk whose configuration names a source of the package `toybox`, which lies beside it as pip leaves one."""
    packages = tmp_path / "packages"
    about = packages / "toybox-1.0.dist-info"
    about.mkdir(parents=True)
    (packages / "toybox.py").write_text(TOY, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toybox\nVersion: 1.0\n", encoding="utf-8")
    name, target = tomllib.loads(ENTRY_POINT)["project"]["entry-points"]["mentiondesk.sources"].popitem()
    (about / "entry_points.txt").write_text(f"[mentiondesk.sources]\n{name} = {target}\n", encoding="utf-8")
    (tmp_path / "lines.txt").write_text("one\ntwo\n", encoding="utf-8")
    (tmp_path / "mentiondesk.toml").write_text(CONFIGURATION.format(file=tmp_path / "lines.txt"), encoding="utf-8")
    return tmp_path


def poll(home: Path, packages: str = "packages", key: str = "sesame") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTIONDESK_")}
    path = os.pathsep.join((str(home / packages), str(Path(__file__).parents[2])))
    environment = {**kept, "MENTIONDESK_HOME": str(home), "MENTIONDESK_TOY_KEY": key, "PYTHONPATH": path}
    return subprocess.run([*PROGRAM, "poll", "--json"], env=environment, cwd=home, capture_output=True, text=True)


def test_an_installed_source_is_polled_and_goes_on_where_it_was(home: Path) -> None:
    first = poll(home)
    assert (first.returncode, first.stderr) == (0, "")
    assert {"feed": "toys", "state": "reading", "stored": 2}.items() <= json.loads(first.stdout).items()
    (home / "lines.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    again = json.loads(poll(home).stdout)
    assert (again["stored"], again["duplicates"]) == (1, 0)


def test_its_errors_and_options_are_told_like_those_of_ours(home: Path) -> None:
    refused = poll(home, key="")
    assert refused.returncode == 2
    assert "MENTIONDESK_TOY_KEY" in json.loads(refused.stdout)["reason"]
    (home / "mentiondesk.toml").write_text(CONFIGURATION.format(file="x").replace("file =", "fiel ="), encoding="utf-8")
    assert "did you mean 'file'?" in poll(home).stderr


def test_without_the_package_the_configuration_names_what_there_is(home: Path) -> None:
    missing = poll(home, packages="none")
    assert missing.returncode == 2
    assert "There is no source 'toy'; there are " in missing.stderr
