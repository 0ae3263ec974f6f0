"""From a trained network to the model's folder: ONNX, int8 weights, tokenizer, and the numbers that go with them."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from classifier.bundle import CARD, sha256
from classifier.calibrate import Calibration
from classifier.dataset import MAX_TOKENS
from classifier.decide import Scale
from classifier.encoder import read_encoder, read_part
from classifier.graph import OUTPUTS, Exact, Small, write_network
from classifier.labels import HEADS
from classifier.likeness import Likeness
from classifier.lines import in_chunks
from classifier.rounding import Spread, even_out

VERSION = "4"
UNCALIBRATED = Calibration(
    {head: Scale(1.0, (0.0,) * len(labels)) for head, labels in HEADS.items()}, (0.5, 1.5, 2.5), 0.5
)
CONFIG = "config.json"
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", CONFIG)


def export_network(network: Any, path: Path) -> None:
    """Write the network as ONNX in single precision. Raises ValueError if its encoder is of an unknown family."""
    onnx.save(write_network(*read_network(network), Exact()).build(OUTPUTS), path)


def quantise(network: Any, samples: Iterable[Sequence[int]], path: Path) -> None:
    """Write the network as ONNX with int8 products, scaled to what the tokens of the sample texts make of them."""
    encoder, heads = read_network(network)
    exact = Exact()
    graph = write_network(encoder, heads, exact)
    encoder, spreads = even_out(encoder, observe(graph.build(exact.inputs), samples))
    onnx.save(write_network(encoder, heads, Small(spreads)).build(OUTPUTS), path)


def read_network(network: Any) -> tuple[Any, dict[str, Any]]:
    """The encoder and the heads of a network, as plain arrays. Raises ValueError if it does not pool by the mean."""
    if network.pooling != "mean":
        raise ValueError(f"A network that pools by {network.pooling} cannot be exported; one that pools by mean can.")
    return read_encoder(network.encoder), {head: read_part(network.heads[head]) for head in HEADS}


def observe(model: Any, samples: Iterable[Sequence[int]]) -> list[Spread]:
    """What each output of the model is like over the samples."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    spreads: list[Spread] = []
    for texts in in_chunks(samples, 50):  # sums of squares are dear: one for many texts
        runs = [session.run(None, {"tokens": np.array([tokens], dtype=np.int64)}) for tokens in texts]
        outputs = [np.concatenate([run[at][0] for run in runs]) for at in range(len(runs[0]))]
        nothing = [Spread(np.zeros(one.shape[-1], one.dtype), np.zeros(one.shape[-1], one.dtype)) for one in outputs]
        spreads = [spread.joined(one) for spread, one in zip(spreads or nothing, outputs, strict=True)]
    return spreads


def copy_tokenizer(base: Path, folder: Path) -> None:
    """Put the tokenizer's files beside the model, without where on somebody's machine the base once lay."""
    for name in _TOKENIZER_FILES:
        shutil.copyfile(base / name, folder / name)
    config = json.loads((base / CONFIG).read_text(encoding="utf-8"))
    config.pop("_name_or_path", None)
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def write_card(folder: Path, name: str, calibration: Calibration, likeness: Likeness, trained: dict[str, Any]) -> None:
    """Describe the folder in `model.json`: labels, calibration, likeness, the files' checksums, how it was trained."""
    card = {
        "name": name,
        "version": VERSION,
        "heads": HEADS,
        "max_tokens": MAX_TOKENS,
        **asdict(calibration),
        "likeness": asdict(likeness),
        "files": {file: sha256(folder / file) for file in ("model.onnx", *_TOKENIZER_FILES)},
        "trained": trained,
    }
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
