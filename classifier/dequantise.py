"""Base weights from an int8 ONNX of them: for a base that no package carries in single precision."""

from pathlib import Path
from typing import Any

import numpy as np

QUANTISED = "model.onnx"
_SUFFIX = "/MatMul_quant"  # of a node that multiplies by int8 weights, after the layer's name with strokes for points


def dequantise(folder: Path) -> None:
    """Write `model.safetensors` beside the `model.onnx` of a BERT that ONNX Runtime's dynamic quantiser made."""
    import onnx
    from safetensors.numpy import save_file

    graph = onnx.load(folder / QUANTISED).graph
    arrays = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    parts = ("embeddings.", "encoder.")
    weights = {name: arrays[name] for name in arrays if name.startswith(parts) and name.endswith((".weight", ".bias"))}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            table = node.input[1].removesuffix("_scale")  # what is dequantised has been looked up in it
            weights[table] = restore(arrays, f"{table}_quantized", *node.input[1:])
        elif node.name.endswith(_SUFFIX):
            small, zero = node.input[1], node.input[3]
            layer = node.name.removesuffix(_SUFFIX).strip("/").replace("/", ".")
            weights[f"{layer}.weight"] = restore(arrays, small, small.replace("_quantized", "_scale"), zero).T
    save_file({name: np.ascontiguousarray(weight) for name, weight in weights.items()}, folder / "model.safetensors")


def restore(arrays: dict[str, Any], small: str, scale: str, zero: str) -> Any:
    """The weights that were rounded to (weight / scale) + zero, in single precision."""
    return (arrays[small].astype(np.float32) - arrays[zero].astype(np.float32)) * arrays[scale].astype(np.float32)
