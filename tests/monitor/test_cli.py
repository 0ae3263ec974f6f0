"""The command line as a person meets it: as a program of its own, its output, its exit status."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from monitor.cli import main
from monitor.store import Store
from tests.factories import make_mention

Runner = Callable[..., "Finished"]
PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """As in a terminal that has just been opened."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTIONDESK_")}
    return {**kept, "MENTIONDESK_HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}


@pytest.fixture
def run(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Runner:
    """Run one command to its end, somewhere else than in the repository."""

    def call(*arguments: str) -> Finished:
        monkeypatch.chdir(tmp_path)
        for name in [name for name in os.environ if name.startswith("MENTIONDESK_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capfd.readouterr()
        return Finished(int(ended.value.code or 0), said.out, said.err)

    return call


def refused(finished: Finished) -> str:
    """The one line of a command that was refused."""
    assert finished.returncode == 2
    (line,) = finished.stderr.strip().splitlines()
    assert line.startswith("mentiondesk: ")
    return line


def write_rows(path: Path, *texts: str) -> Path:
    rows = [
        {"id": str(number), "text": text, "author": "dana", "created_at": "2026-11-18T09:31:00Z"}
        for number, text in enumerate(texts)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "web",
        "scheduler",
        "worker",
        "upgrade",
        "doctor",
        "user",
        "token",
        "poll",
        "import",
        "export",
        "triage",
        "classify",
        "evaluate",
        "learn",
        "digest",
    ],
)
def test_every_command_explains_itself(run: Runner, command: str) -> None:
    shown = run(command, "--help")
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"Usage: mentiondesk {command}") or "Usage:" in shown.stdout


@pytest.mark.parametrize("arguments", [[], ["user"], ["token"], ["saved-replies"]])
def test_a_command_that_is_not_named_whole_lists_what_there_is(run: Runner, arguments: list[str]) -> None:
    shown = run(*arguments)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "\nCommands:\n" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["digst"], "No such command 'digst'"),
        (["import", "none.jsonl", "--brand", "A"], "There is no file none.jsonl."),
        (["import", "none.jsonl"], "Missing option '--brand'."),
        (["export", "out.jsonl", "--brand", "Nobody"], "There is no brand named Nobody."),
        (["export", "out.jsonl", "--brand", "A", "--since", "soon"], "'soon' is not a date; write it like 2026-11-18"),
        (["token", "add", "nobody"], "There is no user called nobody; add them with `mentiondesk user add nobody`."),
        (["poll", "--feed", "none"], "There is no feed named none."),
        (["digest", "--week", "2026-W60"], "'2026-W60' is not a week; write one like 2026-W46."),
        (["digest", "--send"], "Nobody is to get it"),
        (["classify"], "Give a text or --file, one of the two."),
        (["evaluate", "none.jsonl"], "none.jsonl"),
        (["learn", "--rollback", "--dry-run"], "Give --rollback or --dry-run, one of the two."),
        (["triage", "--config", "none.toml"], "There is no configuration at none.toml."),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Runner, arguments: list[str], sentence: str) -> None:
    assert sentence in refused(run(*arguments))


def test_a_file_that_is_no_database_is_told(run: Runner, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_text("not a database, whatever its name says" * 100)
    environment["MENTIONDESK_DATABASE_URL"] = f"sqlite:///{tmp_path}/junk.db"
    assert "database" in refused(run("triage"))


def test_import_counts_every_row_as_a_program_may_read(run: Runner, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "posts.jsonl", "one", "two")
    file.write_text(file.read_text() + "{broken\n", encoding="utf-8")
    first = run("import", str(file), "--brand", "Nordlicht", "--json")
    assert json.loads(first.stdout) == {"read": 3, "stored": 2, "duplicates": 0, "edited": 0, "rejected": 1}
    assert "line 3: This line is not valid JSON." in first.stderr
    again = json.loads(run("import", str(file), "--brand", "Nordlicht", "--json").stdout)
    assert (again["stored"], again["duplicates"]) == (0, 2)


def test_what_is_exported_is_imported_again(run: Runner, tmp_path: Path) -> None:
    run("import", str(write_rows(tmp_path / "posts.jsonl", "=one", "two")), "--brand", "Nordlicht")
    out = str(tmp_path / "out.csv")
    done = run("export", out, "--brand", "Nordlicht", "--since", "2026-11-18", "--until", "2026-11-19", "--json")
    assert json.loads(done.stdout) == {"written": 2, "gone": 0}
    again = json.loads(run("import", out, "--brand", "Nordlicht", "--json").stdout)
    assert (again["duplicates"], again["edited"], again["rejected"]) == (2, 0, 0)


def test_users_and_tokens_are_given_out_once(run: Runner) -> None:
    added = run("user", "add", "Ana", "--role", "lead")
    assert added.stdout.startswith("http://127.0.0.1:8080/sign-in/")
    assert "There is a user called ana already." in refused(run("user", "add", "ana"))
    token = json.loads(run("token", "add", "Ana", "--json").stdout)["token"]
    assert token.startswith("md_")
    assert run("user", "link", "Ana").stdout != added.stdout


def test_the_digest_agrees_with_a_count_by_hand(run: Runner, tmp_path: Path) -> None:
    run("import", str(write_rows(tmp_path / "posts.jsonl", "one", "two", "three")), "--brand", "Nordlicht")
    account = json.loads(run("digest", "--week", "2026-W47", "--json").stdout)
    (brand,) = [one for one in account["brands"] if one["brand"] == "Nordlicht"]
    assert (account["mentions"], brand["mentions"], brand["by_source"]) == (3, 3, {"import": 3})
    page = tmp_path / "digest.html"
    assert run("digest", "--week", "2026-W47", "--html", str(page)).returncode == 0
    assert "Nordlicht" in page.read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def desk(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The whole program, started without any configuration."""
    port = free_port()
    process = subprocess.Popen(
        [*PROGRAM, "run", "--port", str(port)],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process, port
    process.kill()
    process.communicate()


def answer(address: str, seconds: float = 30) -> tuple[int, bytes]:
    """What an address answers, once anything does."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=10) as response:  # noqa: S310 - our own server
                return response.status, response.read()
        except URLError:
            assert time.monotonic() < end, f"nothing answers at {address}"
            time.sleep(0.1)


def test_run_without_a_configuration_shows_the_demo(desk: tuple[subprocess.Popen[str], int], run: Runner) -> None:
    process, port = desk
    assert answer(f"http://127.0.0.1:{port}/healthz")[0] == 200
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(4)]
    assert "this is the demo" in said[0]
    assert said[2] == f"Board: http://127.0.0.1:{port}\n"
    assert f"http://127.0.0.1:{port}/sign-in/" in said[3]
    assert answer(said[3].split()[-1])[0] == 200
    assert "Choose another with --host or --port." in refused(run("run", "--port", str(port)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_what_was_stored_survives_kill_9(desk: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    process, port = desk
    answer(f"http://127.0.0.1:{port}/healthz")
    store = Store(f"sqlite:///{tmp_path}/var/demo.db")
    with store.write() as session:
        kept = make_mention(session, posted_at=datetime(2026, 11, 18, tzinfo=UTC), brand="Aurora Air")
    process.kill()
    process.wait()
    with store.read() as session:
        assert session.get(type(kept), kept.id) is not None
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()
