"""The commands for personal data, copies and people who leave, as programs run them."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.cli import main
from monitor.clock import utcnow
from monitor.models import Activity, Mention, User
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention
from tests.monitor.privacy.planting import HANDLE, SECRET, SOURCE, find_traces, plant

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Store]:
    """The demo's store, in which somebody is known."""
    store = Store(f"sqlite:///{tmp_path}/var/demo.db")
    store.ensure()
    with store.write() as session:
        plant(session, utcnow())
    yield store
    store.close()


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("MENTIONDESK_HOME", str(tmp_path))

    def run(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


HER = ("--source", SOURCE, "--author", f"@{HANDLE}")


def test_a_person_is_exported_and_erased(planted: Store, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "dana.json"
    status, said, _ = command("person", "export", *HER, "--json", file)
    assert status == 0
    assert said.endswith(f"rows written to {file}.\n")
    assert SECRET in str(json.loads(file.read_text(encoding="utf-8"))["held"])
    assert file.stat().st_mode & 0o077 == 0
    status, said, _ = command("person", "erase", *HER, "--yes", "--json")
    assert (status, json.loads(said)["mentions"]) == (0, 1)
    assert find_traces(planted) == set()
    kept = b"".join(part.read_bytes() for part in (tmp_path / "var").glob("demo.db*"))
    assert SECRET.encode() not in kept
    status, _, trouble = command("person", "export", *HER)
    assert (status, trouble) == (2, f"mentiondesk: The desk holds nothing of {HANDLE} on {SOURCE}.\n")


def test_forgetting_says_what_went(planted: Store, command: Command) -> None:
    assert command("forget") == (0, "Nothing is past its time.\n", "")
    with planted.write() as session:
        long_ago = utcnow() - timedelta(days=1_000)
        make_mention(session, status="resolved", resolved_at=long_ago, posted_at=long_ago)
    assert command("forget", "--json")[:2] == (0, '{"mentions": 1}\n')
    with planted.read() as session:
        line = session.scalars(select(Activity).where(Activity.happened == Happened.FORGOTTEN)).one()
        assert line.data == {"what": "mentions", "number": 1}


def test_a_copy_is_made_of_the_running_desk(planted: Store, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    status, said, _ = command("backup", file, "--json")
    assert (status, json.loads(said)) == (0, {"file": str(file), "bytes": file.stat().st_size})
    copy = Store(f"sqlite:///{file}")
    assert find_traces(copy) == find_traces(planted)
    copy.close()
    status, _, trouble = command("backup", file)
    assert (status, "is there already" in trouble) == (2, True)


def test_a_colleague_leaves_and_is_called_otherwise(planted: Store, command: Command) -> None:
    command("user", "add", "Ben")
    status, said, _ = command("user", "leave", "Ana", "--to", "Ben", "--rename", "Colleague 1")
    assert (status, said) == (0, "Colleague 1 has left: 1 mentions went to Ben, 1 promises with them.\n")
    with planted.read() as session:
        assert set(session.scalars(select(User.name).where(User.active.is_(False)))) == {"Colleague 1"}
        holder = session.scalars(select(Mention.assignee_id).where(Mention.assignee_id.is_not(None))).one()
        assert session.get_one(User, holder).name == "Ben"
    assert command("user", "rename", "Ben", "Benjamin")[0] == 0
    status, _, trouble = command("user", "leave", "Ana")
    assert (status, "no user called Ana" in trouble) == (2, True)
