"""The weights of a trained encoder under one set of names, whatever its family calls them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.dataset import MAX_TOKENS

Floats = NDArray[np.float32]

_FEEDING = {"up": "intermediate.dense", "down": "output.dense", "after_feeding": "output.LayerNorm"}
_FAMILIES = {
    "bert": {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "mix": "attention.output.dense",
        "after_attention": "attention.output.LayerNorm",
        **_FEEDING,
    },
    "mpnet": {
        "query": "attention.attn.q",
        "key": "attention.attn.k",
        "value": "attention.attn.v",
        "mix": "attention.attn.o",
        "after_attention": "attention.LayerNorm",
        **_FEEDING,
    },
}


@dataclass(frozen=True, slots=True)
class Product:
    """x · weight + bias: `weight` [in, out], `bias` [out]."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Norm:
    """A layer normalisation: `scale` and `shift` [width]."""

    scale: Floats
    shift: Floats
    epsilon: float


@dataclass(frozen=True, slots=True)
class Layer:
    """Attention, which mixes what it gathered, and two products with GELU between; each is added and normalised."""

    query: Product
    key: Product
    value: Product
    mix: Product
    after_attention: Norm
    up: Product
    down: Product
    after_feeding: Norm


@dataclass(frozen=True, slots=True)
class Encoder:
    """All there is to a BERT-like encoder of texts of at most MAX_TOKENS tokens."""

    words: Floats  # [vocabulary, width]
    positions: Floats  # [MAX_TOKENS, width], and in it whatever else every token gets
    norm: Norm
    layers: tuple[Layer, ...]
    attention_heads: int
    nearness: Floats | None  # [1, attention heads, MAX_TOKENS, MAX_TOKENS], added to the scores of attention


def read_encoder(encoder: Any) -> Encoder:
    """The weights of a transformers encoder. Raises ValueError if it is of a family that we do not know."""
    config = encoder.config
    if config.model_type not in _FAMILIES or config.hidden_act != "gelu":
        raise ValueError(
            f"An encoder of the family {config.model_type} with {config.hidden_act} cannot be exported;"
            f" {' and '.join(_FAMILIES)} with gelu can."
        )
    names = _FAMILIES[config.model_type]
    return Encoder(
        read_array(encoder.embeddings.word_embeddings.weight),
        read_positions(encoder.embeddings),
        read_part(encoder.embeddings.LayerNorm),
        tuple(
            Layer(**{part: read_part(layer.get_submodule(name)) for part, name in names.items()})
            for layer in encoder.encoder.layer
        ),
        config.num_attention_heads,
        read_nearness(encoder.encoder),
    )


def read_array(tensor: Any) -> Floats:
    return np.asarray(tensor.detach().float().cpu().numpy())


def read_part(module: Any) -> Any:
    """A linear layer as a Product, a layer normalisation as a Norm."""
    weight, bias = read_array(module.weight), read_array(module.bias)
    if weight.ndim == 1:
        return Norm(weight, bias, float(module.eps))
    return Product(np.ascontiguousarray(weight.T), bias)


def read_positions(embeddings: Any) -> Floats:
    """What tokens get for where they stand; MPNet begins to count behind its padding, BERT adds a type of token."""
    first = getattr(embeddings, "padding_idx", -1) + 1
    positions = read_array(embeddings.position_embeddings.weight)[first : first + MAX_TOKENS]
    if hasattr(embeddings, "token_type_embeddings"):
        positions = positions + read_array(embeddings.token_type_embeddings.weight)[0]
    return positions


def read_nearness(layers: Any) -> Floats | None:
    """What MPNet adds to the attention between tokens for how far apart they are; BERT adds nothing."""
    if not hasattr(layers, "compute_position_bias"):
        return None
    blank = layers.relative_attention_bias.weight.new_zeros(1, MAX_TOKENS, 1)
    return read_array(layers.compute_position_bias(blank))
