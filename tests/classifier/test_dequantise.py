"""Base weights from int8: each where the single-precision network looks for it, as near as a scale allows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is for training only and is not installed")

from safetensors.numpy import load_file  # noqa: E402

from classifier.dequantise import QUANTISED, dequantise  # noqa: E402


def quantise(name: str, weight: np.ndarray) -> list[Any]:
    """What the quantiser keeps of a weight: whole numbers, a scale, a zero point."""
    low, high = weight.min(), weight.max()
    scale = np.float32((high - low) / 255)
    zero = np.uint8(np.round(-low / scale))
    small = np.clip(np.round(weight / scale) + zero, 0, 255).astype(np.uint8)
    kept = {f"{name}_quantized": small, f"{name}_scale": scale, f"{name}_zero_point": zero}
    return [onnx.numpy_helper.from_array(np.asarray(array), key) for key, array in kept.items()]


def test_weights_are_restored_under_the_names_of_the_network(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    table, weight, bias = (random.normal(size=size).astype(np.float32) for size in ((30, 4), (4, 6), 6))
    words, dense = "embeddings.word_embeddings.weight", "encoder.layer.0.intermediate.dense"
    kept = [
        *quantise(words, table),
        *quantise("MatMul_1", weight),
        onnx.numpy_helper.from_array(bias, f"{dense}.bias"),
        onnx.numpy_helper.from_array(bias, "something.else"),
    ]
    make = onnx.helper.make_node
    nodes = [
        make("DequantizeLinear", ["looked up", f"{words}_scale", f"{words}_zero_point"], ["states"]),
        make(
            "MatMulInteger",
            ["small", "MatMul_1_quantized", "zero", "MatMul_1_zero_point"],
            ["wide"],
            name="/encoder/layer.0/intermediate/dense/MatMul_quant",
        ),
    ]
    graph = onnx.helper.make_graph(nodes, "base", [], [], kept)
    onnx.save(onnx.helper.make_model(graph), tmp_path / QUANTISED)
    dequantise(tmp_path)
    restored = load_file(tmp_path / "model.safetensors")
    assert set(restored) == {words, f"{dense}.weight", f"{dense}.bias"}
    assert np.abs(restored[words] - table).max() < 0.02
    assert np.abs(restored[f"{dense}.weight"] - weight.T).max() < 0.02
    assert (restored[f"{dense}.bias"] == bias).all()
