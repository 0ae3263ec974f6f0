"""From which cosine two posts are alike: each model spreads its embeddings in its own way, so each says its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALIKE, SAME = 1 / 28, 1 / 135
"""The share of all pairs of posts to a few brands that is this alike, found by looking at what a desk then shows:
beyond the nearest 135th, people would not call many of the incidents it proposes one trouble (docs/incidents.md)."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Cosines of two embeddings."""

    alike: float = 0.75  # from here on two posts say much the same
    same: float = 0.9  # from here on they may tell of one trouble


def measure_likeness(embeddings: NDArray[np.float32]) -> Likeness:
    """From the embeddings of everyday posts [rows, width], each of length 1."""
    pairs = np.triu_indices(len(embeddings), 1)
    alike, same = np.quantile((embeddings @ embeddings.T)[pairs], [1 - ALIKE, 1 - SAME])
    return Likeness(round(float(alike), 3), round(float(same), 3))
