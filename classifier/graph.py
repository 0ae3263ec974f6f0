"""The network as an ONNX graph of few, wide operators, its products exact or in int8."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from classifier.compensate import Rounded, round_product, weigh_inputs
from classifier.encoder import Encoder, Floats, Layer, Norm, Product
from classifier.labels import HEADS
from classifier.rounding import Spread, choose_divisors, choose_scale, round_rows

OPSET, IR_VERSION = 23, 10  # the first with Attention; the newest that all runtimes with it can read
RUNTIME = "com.microsoft"  # the domain of ONNX Runtime's own operators
OUTPUTS = (*HEADS, "embedding", "pull")


class Graph:
    """Nodes and constants, in the order in which they are added."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def keep(self, array: Any, name: str = "") -> str:
        """Keep a constant; gives its name."""
        name = name or f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def add(self, operator: str, *inputs: Any, name: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node; inputs are names, or arrays to keep. Gives the name of its output."""
        name = name or f"{operator}_{len(self._nodes)}"
        names = [given if isinstance(given, str) else self.keep(given) for given in inputs]
        self._nodes.append(helper.make_node(operator, names, [name], name=name, domain=domain, **attributes))
        return name

    def build(self, outputs: Sequence[str]) -> Any:
        """The model: `tokens` [rows, length] in, `outputs` out."""
        tokens = helper.make_tensor_value_info("tokens", TensorProto.INT64, ["rows", "length"])
        floats = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self._nodes, "mentiondesk", [tokens], floats, self._constants)
        versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION)


class Arithmetic(Protocol):
    """How words are looked up and products are worked out."""

    def look_up(self, graph: Graph, words: Floats) -> str:
        """The rows of `words` for the tokens, [rows, length, width]."""
        ...

    def multiply(self, graph: Graph, states: str, products: Sequence[Product]) -> list[str]:
        """Each of the products of `states` [rows, length, in]."""
        ...


class Exact:
    """Single precision; remembers what goes into products, in their order."""

    def __init__(self) -> None:
        self.inputs: list[str] = []

    def look_up(self, graph: Graph, words: Floats) -> str:
        return graph.add("Gather", words, "tokens")

    def multiply(self, graph: Graph, states: str, products: Sequence[Product]) -> list[str]:
        self.inputs.append(states)
        return [graph.add("Add", graph.add("MatMul", states, one.weight), one.bias) for one in products]


class Small:
    """int8, with scales from the spreads of what goes into products, in their order.

    The scales are fixed, not taken from each run: so a text's neighbours in a run cannot change its answer.
    """

    def __init__(self, spreads: Sequence[Spread]) -> None:
        self._spreads: Iterator[Spread] = iter(spreads)

    def look_up(self, graph: Graph, words: Floats) -> str:
        table, scale = round_rows(words)
        rows = graph.add("Cast", graph.add("Gather", table, "tokens"), to=TensorProto.FLOAT)
        return graph.add("Mul", rows, graph.add("Gather", graph.keep(scale, "word_embeddings.weight_scale"), "tokens"))

    def multiply(self, graph: Graph, states: str, products: Sequence[Product]) -> list[str]:
        spread = next(self._spreads)
        divisors = choose_divisors(spread)
        if divisors is not None:
            states = graph.add("Mul", states, 1 / divisors)
            products = [Product(one.weight * divisors[:, None], one.bias) for one in products]
            spread = spread.divided(divisors)
        scale, zero = (graph.keep(number) for number in choose_scale(spread))
        small, inputs = graph.add("QuantizeLinear", states, scale, zero), weigh_inputs(spread)
        return [self._multiply_one(graph, small, scale, zero, round_product(one, inputs)) for one in products]

    def _multiply_one(self, graph: Graph, small: str, scale: str, zero: str, rounded: Rounded) -> str:
        # The weights have no zero point, so the place of it stays empty.
        given = (small, rounded.weight, scale, rounded.scale, zero, "", rounded.bias)
        return graph.add("MatMulIntegerToFloat", *given, domain=RUNTIME)


def write_network(encoder: Encoder, heads: dict[str, Product], arithmetic: Arithmetic) -> Graph:
    """The graph from `tokens` [rows, length], without padding, to the OUTPUTS: logits [rows, labels] of each head,
    embedding [rows, width] of unit length, and the urgency head's logits token by token, `pull` [rows, length, 4].
    """
    graph = Graph()
    length = graph.add("Shape", "tokens", start=1, end=2)
    positions = graph.add("Slice", encoder.positions, [0], length, [0])
    words = arithmetic.look_up(graph, encoder.words)
    states = write_norm(graph, encoder.norm, words, positions)
    nearness = []
    if encoder.nearness is not None:
        square = graph.add("Concat", length, length, axis=0)
        nearness = [graph.add("Slice", encoder.nearness, [0, 0], square, [2, 3])]
    for layer in encoder.layers:
        states = write_layer(graph, layer, states, encoder.attention_heads, nearness, arithmetic)
    write_heads(graph, heads, states)
    return graph


def write_norm(graph: Graph, norm: Norm, one: str, other: str) -> str:
    """The sum of the two, normalised. As two nodes: the runtime's fused one is many times slower."""
    both = graph.add("Add", one, other)
    return graph.add("LayerNormalization", both, norm.scale, norm.shift, axis=-1, epsilon=norm.epsilon)


def write_layer(
    graph: Graph, layer: Layer, states: str, heads: int, nearness: Sequence[str], arithmetic: Arithmetic
) -> str:
    """One layer of the encoder."""
    asked = arithmetic.multiply(graph, states, [layer.query, layer.key, layer.value])
    gathered = graph.add("Attention", *asked, *nearness, q_num_heads=heads, kv_num_heads=heads)
    (mixed,) = arithmetic.multiply(graph, gathered, [layer.mix])
    states = write_norm(graph, layer.after_attention, mixed, states)
    (wide,) = arithmetic.multiply(graph, states, [layer.up])
    (fed,) = arithmetic.multiply(graph, graph.add("Gelu", wide), [layer.down])
    return write_norm(graph, layer.after_feeding, fed, states)


def write_heads(graph: Graph, heads: dict[str, Product], states: str) -> None:
    """The outputs. A head judges the mean of the tokens; of the urgency head there is also what it says of each.

    States stand in columns here: so the runtime works out each row by itself, and the number of rows changes no bit.
    """
    turned = graph.add("Transpose", states, perm=[0, 2, 1])
    mean = graph.add("ReduceMean", turned, [2], keepdims=1)
    for head, product in heads.items():
        graph.add("Squeeze", write_head(graph, product, mean), [2], name=head)
    graph.add("Transpose", write_head(graph, heads["urgency"], turned), perm=[0, 2, 1], name="pull")
    graph.add("LpNormalization", graph.add("Squeeze", mean, [2]), axis=-1, p=2, name="embedding")


def write_head(graph: Graph, head: Product, states: str) -> str:
    """What a head says of states that stand in columns, [rows, width, any] to [rows, labels, any]."""
    return graph.add("Add", graph.add("MatMul", head.weight.T, states), head.bias[:, None])
