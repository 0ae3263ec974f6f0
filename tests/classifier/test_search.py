"""The search for settings, on a network of a thimble's size: trials, a log to go on from, a table; where torch is."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is for training only and is not installed")
pytest.importorskip("optuna", reason="optuna is for training only and is not installed")

from classifier import fit, heldout, search  # noqa: E402
from classifier.card import SEARCH  # noqa: E402
from classifier.dataset import MIXTURE, read_rows  # noqa: E402
from classifier.export import read_network  # noqa: E402
from classifier.network import TUNED, Network, Tuning, imitate  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and optuna warn of their own affairs


def search_for(trials: int, base: Path, data: Path, folder: Path, *more: str) -> None:
    given = ["--data", data, "--base", base, "--log", folder / "log.jsonl", "--card", folder / "card.md"]
    search.main([*map(str, given), "--share", "1", "--threads", "1", "--trials", str(trials), *more])


def rows_of(card: Path) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in card.read_text(encoding="utf-8").splitlines() if line[0] == "|"]
    return lines[2:]


def test_a_search_goes_on_where_its_log_ends(base: Path, data: Path, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(f"{SEARCH.begin}\n{SEARCH.end}\n", encoding="utf-8")
    search_for(1, base, data, tmp_path)
    (first,) = rows_of(card)
    assert first[:5] == ["0", "0.0001", "1", "1", "mean"]  # the settings in use
    search_for(3, base, data, tmp_path)
    rows = rows_of(card)
    assert sorted(row[0] for row in rows) == ["0", "1", "2"]
    assert first in rows
    assert len({row[1] for row in rows}) == 3  # no rate proposed twice
    search_for(3, base, data, tmp_path)  # all are there
    assert rows_of(card) == rows


def test_a_log_of_other_posts_is_refused(base: Path, data: Path, tmp_path: Path) -> None:
    (tmp_path / "card.md").write_text(f"{SEARCH.begin}\n{SEARCH.end}\n", encoding="utf-8")
    search_for(1, base, data, tmp_path)
    with pytest.raises(SystemExit, match=r"another base or other posts; give another --log"):
        search_for(2, base, data, tmp_path, "--share", "0.5")


def test_what_is_held_out_is_not_learnt(base: Path, data: Path) -> None:
    posts = heldout.read_posts(data, base, 1.0, None)
    rows = {part.file: read_rows(data / part.file) for part in MIXTURE}
    learnt = {part.file: len(examples) for part, examples in posts.mixture}
    assert learnt == {file: sum(not heldout.is_held_out(row) for row in some) for file, some in rows.items()}
    assert len(posts.judged) == sum(map(len, rows.values())) - sum(learnt.values())


def test_a_share_is_drawn_evenly() -> None:
    assert heldout.draw_evenly(range(100), 0.05) == [0, 20, 40, 60, 80]
    assert heldout.draw_evenly(range(7), 1.0) == list(range(7))


def test_hints_are_those_of_the_posts_that_are_drawn(base: Path, data: Path, tmp_path: Path) -> None:
    hints = {part.file: np.arange(20 * 220, dtype=np.float32).reshape(220, 20) for part in (*MIXTURE, *heldout.FUEL)}
    np.savez(tmp_path / "hints.npz", **hints)
    posts = heldout.read_posts(data, base, 0.5, tmp_path / "hints.npz")
    assert [example.hints[0] for example in posts.mixture[0][1][:3]] == [0, 80, 160]  # every second is held out


def test_lower_layers_learn_more_slowly_and_heads_faster(base: Path) -> None:
    network = Network(base)
    groups = fit.group_parameters(network, 1e-3, 0.5)
    rates = {id(one): group["lr"] for group in groups for one in group["params"]}
    named = dict(network.named_parameters())
    assert len(rates) == sum(one.requires_grad for one in named.values())
    assert rates[id(named["encoder.encoder.layer.1.output.dense.weight"])] == 1e-3
    assert rates[id(named["encoder.encoder.layer.0.output.dense.weight"])] == 5e-4
    assert rates[id(named["heads.need.weight"])] == 1e-2


def test_only_the_mean_can_be_exported(base: Path) -> None:
    with pytest.raises(ValueError, match="pools by first cannot be exported"):
        read_network(Network(base, "first"))


def test_pooling_by_the_first_token_sees_that_token_alone(base: Path) -> None:
    tokens, mask = torch.tensor([[101, 2000, 102]]), torch.ones(1, 3, dtype=torch.long)
    first, mean = (Network(base, pooling).eval() for pooling in ("first", "mean"))
    first.load_state_dict(mean.state_dict())
    states = mean.encoder(input_ids=tokens, attention_mask=mask).last_hidden_state[0]
    wanted = {first: states[0], mean: states.mean(0)}
    for network, state in wanted.items():
        assert torch.allclose(network(tokens, mask)[0], network.heads["sentiment"](state)[None], atol=1e-5)


def test_a_trial_weighs_heads_as_it_is_told() -> None:
    assert [TUNED.weight(head) for head in ("sentiment", "urgency", "need", "abuse")] == [1, 1, 0.7, 0.4]
    assert Tuning(need_weight=2.0).weight("need") == 2


def test_a_student_that_thinks_like_its_teacher_has_no_slope() -> None:
    hints = torch.tensor([[1.0, 2.0, 3.0]])
    logits = hints.clone().requires_grad_()
    imitate(logits, hints, 3.0).backward()
    assert logits.grad.abs().max() < 1e-6
