"""Recordings in many forms are read, every item is accounted for, and the fuzz would notice a careless source."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sources.base import Budget, Page
from tests.benchmarks.fuzzing import Victim
from tests.benchmarks.recorded import recorded
from tests.benchmarks.recordings import NoRecording, read_file
from tests.platforms import Platforms
from tests.sources.rows import ROWS

POST = {"id": "1346889436626259968", "text": "aurora air &amp; me", "author_id": "7"}
CASSETTE = """
interactions:
- request: {method: GET, uri: "https://api.twitter.com/2/tweets/search/recent?query=a"}
  response:
    status: {code: 200}
    headers: {Content-Type: [application/json]}
    body: {string: '%s'}
"""


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps({"data": [POST]})),
        ("a.jsonl", json.dumps({"data": [POST]}) + "\n"),
        ("a.yaml", CASSETTE % json.dumps({"data": [POST]})),
        ("a.json", json.dumps({"interactions": [{"response": {"body": {"string": json.dumps({"data": [POST]})}}}]})),
        ("a.json", json.dumps([{"url": "/2/tweets", "reply": {"data": [POST]}}])),
        ("a.snap", "exports[`one 1`] = `\n" + json.dumps({"data": [POST]}, indent=1).replace("}\n", "},\n") + "\n`;"),
    ],
)
def test_each_form_of_recording_gives_its_answer(tmp_path: Path, name: str, content: str) -> None:
    (answer,) = read_file(write(tmp_path / name, content))
    assert answer.value == {"data": [POST]}


@pytest.mark.parametrize("content", [b"", b"plain words", b"\xff\xfe\x00"])
def test_what_is_no_recording_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NoRecording):
        read_file(write(tmp_path / "a.txt", content))


def test_every_item_is_stored_or_counted_with_a_reason(tmp_path: Path) -> None:
    old = {"id_str": "1", "text": "of the old API", "user": {}}
    write(
        tmp_path / "x" / "some" / "page.json",
        json.dumps({"data": [POST, {"id": "12", "text": "t", "created_at": "?"}]}),
    )
    write(tmp_path / "x" / "some" / "again.yaml", CASSETTE % json.dumps({"data": [POST]}))
    write(tmp_path / "x" / "some" / "old.json", json.dumps([old]))
    write(tmp_path / "slack" / "m.json", json.dumps({"message": {"text": "hi", "ts": "1.2"}}))
    write(tmp_path / "rss" / "f.xml", "<rss version='2.0'><channel><item><title>aurora</title></item></channel></rss>")
    write(tmp_path / "notes.bin", b"\x00\x01")
    done = CliRunner().invoke(recorded, ["--path", str(tmp_path), "--fuzz", "12", "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["files"], found["items"], found["stored"], found["crashed"]) == (6, 6, 2, 0)
    assert found["items"] == found["stored"] + sum(found["dropped"].values())
    assert any("isoformat" in reason for reason in found["dropped"])
    assert found["passed"] == {"neither JSON nor XML nor a cassette": 1}
    assert (found["fuzzed"], found["fuzz_crashed"], found["moved_past"]) == (12, 0, 0)


def test_a_cursor_that_moves_past_posts_is_noticed(platforms: Platforms) -> None:
    """A source that takes every answer for a whole one."""
    (row,) = [row for row in ROWS if row.name == "x"]
    victim = Victim(row, platforms)
    fetch: Callable[..., Iterator[Page]] = victim.source.fetch

    class Careless:
        def fetch(self, cursor: Any, budget: Budget) -> Iterator[Page]:
            for page in fetch(cursor, budget):
                yield Page(page.posts[1:], page.next_cursor)

    victim.source = Careless()  # type: ignore[assignment]
    victim.post(2)
    victim.poll()
    assert not victim.has_all()
