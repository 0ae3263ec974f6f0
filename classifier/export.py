"""From a trained network to the model's folder: ONNX, int8 weights, tokenizer, and the numbers that go with them."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from torch.nn import functional

from classifier.bundle import CARD, sha256
from classifier.calibrate import Calibration
from classifier.dataset import MAX_TOKENS
from classifier.labels import HEADS

VERSION = "2"
UNCALIBRATED = Calibration(dict.fromkeys(HEADS, 1.0), (0.5, 1.5, 2.5), 0.5)
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "config.json")
_BIG_TABLE = 1 << 20  # numbers; an embedding table of more is packed


class Serving(nn.Module):  # type: ignore[misc]  # torch is absent where types are checked
    """The network as it is served: one text, no padding, and the urgency head's logits token by token (`pull`)."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, tokens: Any) -> tuple[Any, ...]:
        """Logits [1, labels] of each head in the order of HEADS, embedding [1, width], pull [1, tokens, urgencies]."""
        states = self.network.encoder(input_ids=tokens).last_hidden_state
        pooled, heads = states.mean(1), self.network.heads
        pull = heads["urgency"](states)
        logits = {head: heads[head](pooled) for head in HEADS} | {"urgency": pull.mean(1)}
        return (*(logits[head] for head in HEADS), functional.normalize(pooled, dim=-1), pull)


def export_network(network: Any, path: Path) -> None:
    """Write the network as ONNX in single precision."""
    network = network.cpu().eval().float()
    network.encoder.set_attn_implementation("eager")
    names = [*HEADS, "embedding", "pull"]
    torch.onnx.export(
        Serving(network),
        (torch.tensor([[101, 7592, 2088, 102]]),),
        str(path),
        input_names=["tokens"],
        output_names=names,
        dynamic_axes={"tokens": {1: "length"}, "pull": {1: "length"}},
        opset_version=17,
        dynamo=False,  # the newer exporter needs onnxscript, one more dependency
    )


def quantise(source: Path, target: Path) -> None:
    """Write the model at `source` with int8 weights: the encoder's products by column, the word embeddings by row."""
    model = onnx.load(str(source))
    quantize_dynamic(
        str(source),
        str(target),
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=_choose_exact(model.graph),
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,  # 7 bits: processors without VNNI add in 16 bits, and would overflow in silence
    )
    packed = onnx.load(str(target))
    _pack_embeddings(packed.graph)
    onnx.save(packed, str(target))


def _choose_exact(graph: Any) -> list[str]:
    """The products that stay in single precision: the urgency head, a few numbers that decide much; and the first
    layer's way back from its wide middle, where single activations are so large that the others would be rounded away.
    """
    makers = {output: node for node in graph.node for output in node.output}
    heights = {tensor.name: tensor.dims[0] for tensor in graph.initializer if len(tensor.dims) == 2}
    pull = [makers[name].name for name in makers["pull"].input if name in makers]
    products = [node for node in graph.node if node.op_type == "MatMul" and node.input[1] in heights]
    width = min(heights[node.input[1]] for node in products)
    narrowing = [node.name for node in products if heights[node.input[1]] > width]
    return [*pull, narrowing[0]]


def _pack_embeddings(graph: Any) -> None:
    """Keep big embedding tables as int8 with one scale a row, and multiply only the rows that are looked up."""
    tables = {tensor.name: tensor for tensor in graph.initializer}
    for at, node in reversed(list(enumerate(graph.node))):
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or np.prod(table.dims) < _BIG_TABLE:
            continue
        rows = numpy_helper.to_array(table)
        scale = np.maximum(np.abs(rows).max(1, keepdims=True) / 127, 1e-12).astype(np.float32)
        small = np.round(rows / scale).astype(np.int8)
        graph.initializer.remove(table)
        graph.initializer.extend(
            [
                numpy_helper.from_array(small, f"{table.name}_int8"),
                numpy_helper.from_array(scale, f"{table.name}_scale"),
            ]
        )
        graph.node.remove(node)
        for step in reversed(_look_up(table.name, node.input[1], node.output[0])):
            graph.node.insert(at, step)


def _look_up(table: str, index: str, output: str) -> list[Any]:
    """The nodes that look up rows of a packed table."""
    return [
        helper.make_node("Gather", [f"{table}_int8", index], [f"{table}_rows"], axis=0),
        helper.make_node("Cast", [f"{table}_rows"], [f"{table}_floats"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}_scale", index], [f"{table}_scales"], axis=0),
        helper.make_node("Mul", [f"{table}_floats", f"{table}_scales"], [output]),
    ]


def copy_tokenizer(base: Path, folder: Path) -> None:
    """Put the tokenizer's files beside the model."""
    for name in _TOKENIZER_FILES:
        shutil.copyfile(base / name, folder / name)


def write_card(folder: Path, name: str, calibration: Calibration, trained: dict[str, Any]) -> None:
    """Describe the folder in `model.json`: labels, calibration, the checksum of each file, and how it was trained."""
    card = {
        "name": name,
        "version": VERSION,
        "heads": HEADS,
        "max_tokens": MAX_TOKENS,
        **asdict(calibration),
        "files": {file: sha256(folder / file) for file in ("model.onnx", *_TOKENIZER_FILES)},
        "trained": trained,
    }
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
