"""How single precision becomes int8: weights by column, activations by scales that a sample of texts has set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.encoder import Encoder, Floats, Product

_USUAL = 95  # per cent of a product's inputs reach no further than what counts as usual
_OUTLYING = 1.2  # times the usual reach: an input beyond would take the others' precision
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Spread:
    """The least and the greatest value seen of each input of a product, `low` and `high` [in]; zero counts as seen."""

    low: Floats
    high: Floats

    def joined(self, values: Floats) -> "Spread":
        """With what was seen in `values` [..., in]."""
        rows = values.reshape(-1, values.shape[-1])
        return Spread(np.minimum(self.low, rows.min(0)), np.maximum(self.high, rows.max(0)))

    def divided(self, divisors: Floats) -> "Spread":
        """With each input divided by its own divisor."""
        return Spread(self.low / divisors, self.high / divisors)


def round_rows(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """An embedding table [rows, width] as int8 and a scale for each row [rows, 1]."""
    scale = np.maximum(np.abs(table).max(1, keepdims=True) / 127, _LEAST).astype(np.float32)
    return np.round(table / scale).astype(np.int8), scale


def round_weights(weight: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A product's weights [in, out], `in` even, as int8 and a scale for each column [out].

    Processors without VNNI add two neighbouring products of activation and weight in 16 bits and saturate in silence.
    255 is the largest activation, and 255 · 128 just fits: so no two neighbours may come to more than 128. That is
    seldom in the way of 8 bits, while the usual guard, weights of 7 bits, costs a whole bit everywhere.
    """
    size = np.abs(weight)
    reach = np.maximum(size.max(0), (size[0::2] + size[1::2]).max(0))  # two roundings may add up to one
    scale = np.maximum(reach / 127, _LEAST).astype(np.float32)
    return np.round(weight / scale).astype(np.int8), scale


def choose_divisors(spread: Spread) -> Floats | None:
    """What to divide each input by [in], so that a few that always outlie do not coarsen all; None if none does.

    The weights are multiplied by the same numbers (Xiao et al. 2023, SmoothQuant), here for outlying inputs alone.
    """
    reach = np.maximum(spread.high, -spread.low)
    usual = max(float(np.percentile(reach, _USUAL)), _LEAST)
    return np.maximum(reach / usual, 1).astype(np.float32) if reach.max() > _OUTLYING * usual else None


def even_out(encoder: Encoder, spreads: Sequence[Spread]) -> tuple[Encoder, list[Spread]]:
    """The same encoder, whose attention gathers what no longer needs to be divided; `spreads`, four to a layer, follow.

    What is gathered is a mean of values, so the weights that make the values can be divided instead, once and for all.
    """
    layers, after = list(encoder.layers), list(spreads)
    for number, layer in enumerate(layers):
        gathered = 4 * number + 1
        divisors = choose_divisors(after[gathered])
        if divisors is not None:
            value = Product(layer.value.weight / divisors, layer.value.bias / divisors)
            mix = Product(layer.mix.weight * divisors[:, None], layer.mix.bias)
            layers[number] = replace(layer, value=value, mix=mix)
            after[gathered] = after[gathered].divided(divisors)
    return replace(encoder, layers=tuple(layers)), after


def choose_scale(spread: Spread, divisors: Floats | float) -> tuple[Any, Any]:
    """Scale and zero point that map what was seen, once divided, to 0…255."""
    low, high = float((spread.low / divisors).min()), float((spread.high / divisors).max())
    scale = np.float32(max(high - low, _LEAST) / 255)
    return scale, np.uint8(np.clip(round(-low / float(scale)), 0, 255))
