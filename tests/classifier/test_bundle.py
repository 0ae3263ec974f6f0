"""A model folder that is not whole is refused, with what to do about it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classifier.bundle import CARD, MODEL_DIR, open_bundle, sha256
from classifier.engine import load
from classifier.judgement import ModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL_DIR, tmp_path / "model"))


def edit_card(folder: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
    card = json.loads((folder / CARD).read_text())
    edit(card)
    (folder / CARD).write_text(json.dumps(card))


def test_the_model_that_comes_with_the_program_is_whole() -> None:
    bundle = open_bundle()
    assert bundle.version.startswith("mentiondesk-bge ")
    assert set(bundle.scales) == {"sentiment", "urgency", "need", "abuse"}
    assert list(bundle.urgency_thresholds) == sorted(bundle.urgency_thresholds)


def test_no_model_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"No model at .*nowhere.*docs/training\.md"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "tokenizer_config.json", "config.json"])
def test_a_file_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} is missing; restore it"):
        load(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_is_truncated(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match=rf"{name} is damaged or of another version; restore it"):
        load(folder)


def test_a_file_is_swapped(folder: Path) -> None:
    shutil.copyfile(folder / "config.json", folder / "tokenizer.json")
    with pytest.raises(ModelError, match=r"tokenizer\.json is damaged or of another version"):
        load(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_the_card_is_garbled(folder: Path, text: str) -> None:
    (folder / CARD).write_text(text)
    with pytest.raises(ModelError, match=r"restore it"):
        load(folder)


@pytest.mark.parametrize("key", ["files", "heads", "scales", "urgency_thresholds", "abuse_threshold", "name"])
def test_the_card_lacks_something(folder: Path, key: str) -> None:
    edit_card(folder, lambda card: card.pop(key))
    with pytest.raises(ModelError, match=rf"lacks or garbles '{key}'"):
        load(folder)


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf")])
def test_a_temperature_that_cannot_be(folder: Path, temperature: float) -> None:
    edit_card(folder, lambda card: card["scales"]["need"].update(temperature=temperature))
    with pytest.raises(ModelError, match="lacks or garbles the number"):
        load(folder)


@pytest.mark.parametrize("biases", [[], [0.0], [0.0, float("nan")], [0.0, 0.0, 0.0]])
def test_biases_that_cannot_be(folder: Path, biases: list[float]) -> None:
    edit_card(folder, lambda card: card["scales"]["abuse"].update(biases=biases))
    with pytest.raises(ModelError, match="lacks or garbles the biases"):
        load(folder)


def test_labels_of_another_program(folder: Path) -> None:
    edit_card(folder, lambda card: card["heads"].update(sentiment=["bad", "good"]))
    with pytest.raises(ModelError, match="“sentiment” has labels that this program does not know"):
        load(folder)


def test_a_model_with_the_right_sum_that_is_no_model(folder: Path) -> None:
    shutil.copyfile(folder / "config.json", folder / "model.onnx")
    edit_card(folder, lambda card: card["files"].update({"model.onnx": card["files"]["config.json"]}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        load(folder)


def test_a_model_that_answers_with_numbers_that_are_none(folder: Path) -> None:
    model = bytearray((folder / "model.onnx").read_bytes())
    name = b"word_embeddings.weight_scale"
    start = model.index(name + b"\x4a") + len(name) + 8  # 0x4a: the tensor's bytes follow, after their length
    model[start : start + 100_000] = b"\xff\xff\x7f\x7f" * 25_000  # the greatest number: it overflows
    (folder / "model.onnx").write_bytes(model)
    edit_card(folder, lambda card: card["files"].update({"model.onnx": sha256(folder / "model.onnx")}))
    with pytest.raises(ModelError, match=r"answers with numbers that are none; restore it"):
        load(folder).judge(["a post of ordinary words"])
