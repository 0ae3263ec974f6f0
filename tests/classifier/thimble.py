"""What training needs, of a thimble's size: base weights that have learnt nothing, and labelled sets of known posts."""

import json
import shutil
from pathlib import Path

import pytest

from classifier.bundle import MODEL_DIR
from classifier.dataset import FUEL, MIXTURE
from tests.classifier.test_quality import KNOWN

UNLEARNT = ("sentiment/dev.jsonl", "care/dev.jsonl", "stream/airline.jsonl")


def make_base(folder: Path) -> Path:
    """Base weights: a tiny encoder, with the real tokenizer. Skips where torch is not installed."""
    torch = pytest.importorskip("torch", reason="torch is for training only and is not installed")
    from transformers import BertConfig, BertModel

    config = BertConfig(hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96)
    torch.manual_seed(0)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(MODEL_DIR / name, folder / name)
    return folder


def write_sets(folder: Path) -> Path:
    """Labelled sets by the names that training looks for: the known posts, over and over."""
    care = [
        {"text": text, "urgency": (urgency or "low").split()[0], "need": need or "none", "abuse": int(abuse)}
        for text, _, urgency, need, abuse in KNOWN
    ]
    sentiment = [{"text": text, "sentiment": label or "neutral"} for text, label, *_ in KNOWN]
    named = {"sentiment/train.jsonl": ("release", "2016test"), "care/train.jsonl": ("source", "acl19")}
    for file in (*(part.file for part in MIXTURE + FUEL), *UNLEARNT):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = (sentiment if file.startswith("sentiment") else care) * 20
        if file in named:  # every second row
            key, name = named[file]
            rows = [{**row, key: name if at % 2 else "another"} for at, row in enumerate(rows)]
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder
