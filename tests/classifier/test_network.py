"""Training from end to end on a network of a thimble's size; where torch is installed, which serving never needs."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is for training only and is not installed")
pytest.importorskip("onnx", reason="onnx is for training only and is not installed")

from rich.console import Console  # noqa: E402

from classifier import distil, engine, fit, train  # noqa: E402
from classifier.card import SCORES  # noqa: E402
from classifier.dataset import FUEL, MIXTURE, UNLABELLED, Batch  # noqa: E402
from classifier.labels import HEADS  # noqa: E402
from classifier.network import Loss, soften_targets  # noqa: E402
from tests.classifier.test_quality import KNOWN  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and its exporter warn of their own affairs


def test_a_run_that_was_stopped_ends_with_the_same_weights(base: Path, data: Path, tmp_path: Path) -> None:
    plan, quiet = fit.Plan(data, base, 1, 1e-3, 7, None), Console(quiet=True)
    whole = fit.train_network(plan, tmp_path / "whole.pt", quiet)
    stopped, batches, loss = fit.prepare_run(plan, tmp_path / "stopped.pt")
    for batch in batches[: len(batches) // 2]:
        fit.take_step(stopped, loss, batch)
    fit.save_run(stopped, tmp_path / "stopped.pt")
    resumed = fit.train_network(plan, tmp_path / "stopped.pt", quiet)
    for name, weight in whole.average.state_dict().items():
        assert torch.equal(weight, resumed.average.state_dict()[name]), name


def test_rows_train_only_the_heads_they_are_labelled_for() -> None:
    loss = Loss({head: np.ones(len(labels), dtype=np.int64) for head, labels in HEADS.items()})
    logits = tuple(torch.zeros(2, len(labels), requires_grad=True) for labels in HEADS.values())
    labels = np.full((2, len(HEADS)), UNLABELLED)
    labels[1, 1] = 3  # the second row is urgent; nothing else is known
    loss(logits, Batch(np.ones((2, 3)), np.ones((2, 3)), labels, np.zeros((2, 0), dtype=np.float32))).backward()
    sentiment, urgency, need, abuse = (head.grad for head in logits)
    assert not sentiment.any()
    assert not need.any()
    assert not abuse.any()
    assert not urgency[0].any()
    assert urgency[1, 3] < 0 < urgency[1, 0]


def test_hints_teach_every_head_of_every_row() -> None:
    loss = Loss({head: np.ones(len(labels), dtype=np.int64) for head, labels in HEADS.items()})
    logits = tuple(torch.zeros(2, len(labels), requires_grad=True) for labels in HEADS.values())
    hints = np.zeros((2, sum(map(len, HEADS.values()))), dtype=np.float32)
    hints[0, 2] = hints[1, 3] = 4  # the teacher finds the first positive and the second of low urgency
    loss(logits, Batch(np.ones((2, 3)), np.ones((2, 3)), np.full((2, len(HEADS)), UNLABELLED), hints)).backward()
    sentiment, urgency, *_ = (head.grad for head in logits)
    assert sentiment[0].argmin() == 2
    assert urgency[1].argmin() == 0


def test_targets_of_urgency_lean_towards_neighbours() -> None:
    targets = soften_targets("urgency")
    assert targets.sum(1).tolist() == pytest.approx([1, 1, 1, 1])
    assert targets[0].tolist() == pytest.approx([0.9, 0.1, 0, 0])
    assert targets[1].tolist() == pytest.approx([0.05, 0.9, 0.05, 0])


def test_from_the_command_line_to_a_model_that_serves(base: Path, data: Path, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(f"{SCORES.begin}\n{SCORES.end}\n", encoding="utf-8")
    arguments = [
        "--data",
        data,
        "--base",
        base,
        "--out",
        tmp_path / "out",
        "--card",
        card,
        "--rate",
        "1e-2",
        "--threads",
        "1",
    ]
    train.main([*map(str, arguments), "--epochs", "6", "--holdout", "2015test"])
    served, exact = engine.load(tmp_path / "out" / "model"), engine.load(tmp_path / "out" / "model-exact")
    texts = [row[0] for row in KNOWN]
    for rough, fine in zip(served.judge(texts), exact.judge(texts), strict=True):
        assert rough.scores["need"] == pytest.approx(fine.scores["need"], abs=0.1)
    learnt = [judgement.need for judgement in served.judge(texts)]
    assert sum(need == (row[3] or "none") for need, row in zip(learnt, KNOWN, strict=True)) >= 8
    assert "| model: care/dev.jsonl | urgency | 220 |" in card.read_text(encoding="utf-8")


def test_a_student_learns_from_its_teacher(base: Path, data: Path, tmp_path: Path) -> None:
    arguments = [
        "--data",
        data,
        "--base",
        base,
        "--teacher",
        base,
        "--out",
        tmp_path / "out",
        "--epochs",
        "1",
        "--threads",
        "1",
    ]
    train.main([*map(str, arguments)])
    assert engine.load(tmp_path / "out" / "accurate").version.startswith("mentiondesk-mpnet")
    assert engine.load(tmp_path / "out" / "model").version.startswith("mentiondesk-bge")
    assert set(distil.load_hints(tmp_path / "out" / "hints.npz")) == {part.file for part in MIXTURE + FUEL}
