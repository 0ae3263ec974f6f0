"""What the parts refuse to begin with, in one sentence."""

from pathlib import Path

import click
import pytest

from monitor.cli import main
from monitor.cli.parts import refuse_keys_apart
from monitor.clock import utcnow
from monitor.parts.heart import Heart
from monitor.parts.kinds import PartKind
from monitor.store import Store
from tests.monitor.parts.test_roll import enter


def test_giving_out_on_sqlite_is_left_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "mentiondesk.toml"
    config.write_text('[[brand]]\nname = "Aurora Air"\n[claims]\nassign = "round-robin"\n')
    with pytest.raises(SystemExit) as ended:
        main(["scheduler", "--config", str(config)])
    assert ended.value.code == 2
    (said,) = capsys.readouterr().err.strip().splitlines()
    assert "Who is at their board is known across processes on PostgreSQL only" in said


def test_a_port_in_use_is_told_before_anything_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "mentiondesk.toml"
    config.write_text('[[brand]]\nname = "Aurora Air"\n')
    with pytest.raises(SystemExit):
        main(["web", "--host", "192.0.2.1", "--config", str(config)])  # an address that is nobody's
    assert "The board cannot be served at 192.0.2.1:8080" in capsys.readouterr().err


@pytest.mark.postgresql
def test_boards_on_two_machines_need_one_key(postgresql_store: Store) -> None:
    heart = Heart(postgresql_store, PartKind.WEB)
    enter(postgresql_store, utcnow(), kind=PartKind.WORKER, machine="far")
    refuse_keys_apart(postgresql_store, heart)  # a worker signs nothing
    enter(postgresql_store, utcnow(), kind=PartKind.WEB, machine="far", host="other.example")
    with pytest.raises(click.ClickException, match=r"other\.example serves this board too: set MENTIONDESK_SECRET_KEY"):
        refuse_keys_apart(postgresql_store, heart)
