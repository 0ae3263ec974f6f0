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
MOST = 127  # of a weight in int8
FULL = 128  # of a weight and its neighbour


@dataclass(frozen=True, slots=True)
class Spread:
    """What was seen of the inputs of a product: the least and the greatest value of each, `low` and `high` [in], zero
    counting as seen; and the sums that tell their mean and how they move together.
    """

    low: Floats
    high: Floats
    rows: int = 0
    total: Any = 0.0  # [in]
    squares: Any = 0.0  # [in, in]

    def joined(self, values: Floats) -> "Spread":
        """With what was seen in `values` [..., in]."""
        rows = values.reshape(-1, values.shape[-1])
        return Spread(
            np.minimum(self.low, rows.min(0)),
            np.maximum(self.high, rows.max(0)),
            self.rows + len(rows),
            self.total + rows.sum(0, dtype=np.float64),
            self.squares + rows.T @ rows,
        )

    def divided(self, divisors: Floats) -> "Spread":
        """With each input divided by its own divisor."""
        squares = self.squares / np.outer(divisors, divisors)
        return Spread(self.low / divisors, self.high / divisors, self.rows, self.total / divisors, squares)

    @property
    def mean(self) -> NDArray[np.float64]:
        """Of each input, [in]; zero where nothing was seen."""
        return np.asarray(self.total / max(1, self.rows) + np.zeros(len(self.low)))

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Of the inputs, [in, in]."""
        return np.asarray(self.squares / max(1, self.rows) - np.outer(self.mean, self.mean), dtype=np.float64)


def round_rows(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """An embedding table [rows, width] as int8 and a scale for each row [rows, 1]."""
    scale = np.maximum(np.abs(table).max(1, keepdims=True) / 127, _LEAST).astype(np.float32)
    return np.round(table / scale).astype(np.int8), scale


def scale_columns(weight: Floats) -> Floats:
    """A scale for each column [out] of a product's weights [in, out], `in` even, by which they fit int8.

    Processors without VNNI add two neighbouring products of activation and weight in 16 bits and saturate in silence.
    255 is the largest activation, and 255 · 128 just fits: so no two neighbours may come to more than FULL. That is
    seldom in the way of 8 bits, while the usual guard, weights of 7 bits, costs a whole bit everywhere.
    """
    size = np.abs(weight)
    reach = np.maximum(size.max(0), (size[0::2] + size[1::2]).max(0))  # two roundings may add up to one
    return np.asarray(np.maximum(reach / MOST, _LEAST), dtype=np.float32)


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


def choose_scale(spread: Spread) -> tuple[Any, Any]:
    """Scale and zero point that map what was seen to 0…255."""
    low, high = float(spread.low.min()), float(spread.high.max())
    scale = np.float32(max(high - low, _LEAST) / 255)
    return scale, np.uint8(np.clip(round(-low / float(scale)), 0, 255))
