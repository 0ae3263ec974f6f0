"""`mentiondesk learn` with the model that comes with the program: a pattern planted by a person, learned and undone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier.engine import load
from monitor.cli import main
from monitor.clock import utcnow
from monitor.judging import correcting
from monitor.judging.triage import triage_batch
from monitor.models import Mention
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user

THINGS = ("the window blind", "my seat belt", "the tray table", "the reading light", "the footrest", "the armrest")
WAYS = ("is stuck", "came loose", "would not move", "squeaks", "has a crack", "wobbles", "is missing a screw")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `learn` on the test's store; its exit status and what it printed."""
    config = tmp_path / "mentiondesk.toml"
    config.write_text(f'database_url = "{store.engine.url}"\n[[brand]]\nname = "Aurora Air"\nterms = ["aurora air"]\n')

    def call(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["learn", *arguments, "--config", str(config)])
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def plant(store: Store, settings: Settings) -> None:
    """Forty-two posts about things in the cabin, which this team files under suggestions."""
    with store.write() as session:
        texts = [f"@auroraair {thing} {way}, row {row}" for row, thing in enumerate(THINGS) for way in WAYS]
        ids = [make_mention(session, text, urgency=None, posted_at=utcnow()).id for text in texts]
        ana = make_user(session)
    classifier = load()
    while triage_batch(store, classifier, settings, utcnow()):
        pass
    with store.write() as session:
        for mention_id in ids[::2] + ids[1::4]:
            correcting.relabel(
                session, mention_id, session.merge(ana), {"need": "suggestion"}, settings.brand, utcnow()
            )


def test_planted_by_hand_learned_and_undone(run: Run, store: Store, settings: Settings) -> None:
    status, _, said = run("--rollback")
    assert (status, said.strip().splitlines()[-1].startswith("mentiondesk: Nothing that")) == (2, True)
    plant(store, settings)
    status, out, _ = run("--json")
    found = json.loads(out)
    assert (status, found["learned"]) == (0, True), found["heads"]["need"]["why"]
    assert found["model"].endswith("+learned 1")
    assert found["heads"]["need"]["taken"]
    assert found["heads"]["urgency"]["why"] == "0 labels given; it learns from 20 on."
    assert found["rejudged"] >= 5
    status, out, _ = run("--rollback")
    assert status == 0
    assert "+learned" not in out
    assert f"{found['rejudged']} open mentions have another label now" in out
    with store.read() as session:
        assert session.query(Mention).filter(Mention.model.contains("+learned")).count() == 0


def test_with_too_little_it_says_so_and_changes_nothing(run: Run) -> None:
    status, out, _ = run()
    assert status == 0
    assert "0 labels given" in " ".join(out.split())
    assert "stays in use" in out
