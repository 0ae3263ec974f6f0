"""Rounding that makes up for itself: what rounding one weight does to a product, weights still to be rounded undo."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.encoder import Floats, Product
from classifier.rounding import FULL, MOST, Spread, scale_columns

_DAMPING = 0.01  # of the mean variance, given to every input: a sample shows some that hardly ever move
_LEAST = 1e-12
_BLOCK = 128  # inputs after which the others hear of the errors; it only saves time


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a sample of texts says of the inputs of a product: their `mean` [in] and how they move together."""

    mean: NDArray[np.float64]
    order: NDArray[np.int64]  # [in], those that move most first
    undoing: NDArray[np.float64]  # [in, in], in that order: the upper Cholesky factor of the inverse covariance


@dataclass(frozen=True, slots=True)
class Rounded:
    """A product in int8: `weight` [in, out], and a `scale` and a `bias` for each column [out]."""

    weight: NDArray[np.int8]
    scale: Floats
    bias: Floats


def weigh_inputs(spread: Spread) -> Inputs:
    """Prepare the rounding of all products of the same inputs."""
    covariance, size = spread.covariance, len(spread.low)
    covariance += (_DAMPING * np.trace(covariance) / size + _LEAST) * np.eye(size)
    order = np.argsort(-np.diag(covariance), kind="stable")
    undoing = np.linalg.cholesky(np.linalg.inv(covariance[np.ix_(order, order)])).T
    return Inputs(spread.mean, order, undoing)


def round_product(product: Product, inputs: Inputs) -> Rounded:
    """The product, rounded so that what comes of such inputs moves little.

    GPTQ (Frantar et al. 2023): input by input, its rounding error is handed on to those after it, in so far as they
    move with it. What the mean of the inputs then still loses, the bias makes up for. The scales, and what two
    neighbours may come to, are those of `scale_columns`.
    """
    scale = scale_columns(product.weight)
    small = np.empty(product.weight.shape, dtype=np.int64)
    small[inputs.order] = _round_in_order(product.weight[inputs.order].astype(np.float64), scale, inputs)
    lost = inputs.mean @ (product.weight - small * scale)
    return Rounded(small.astype(np.int8), scale, (product.bias + lost).astype(np.float32))


def _round_in_order(weight: NDArray[np.float64], scale: Floats, inputs: Inputs) -> NDArray[np.int64]:
    """The weights, in the order of the inputs, as whole numbers; `weight` is used up."""
    small = np.zeros(weight.shape, dtype=np.int64)  # of a neighbour that is still to come, nothing is known yet
    neighbours = np.argsort(inputs.order)[inputs.order ^ 1]
    for start in range(0, len(weight), _BLOCK):
        block = slice(start, start + _BLOCK)
        errors = np.zeros_like(weight[block])
        for at in range(start, min(start + _BLOCK, len(weight))):
            most = np.minimum(MOST, FULL - np.abs(small[neighbours[at]]))
            small[at] = np.clip(np.round(weight[at] / scale), -most, most)
            error = (weight[at] - small[at] * scale) / inputs.undoing[at, at]
            weight[at + 1 : block.stop] -= inputs.undoing[at, at + 1 : block.stop, None] * error
            errors[at - start] = error
        weight[block.stop :] -= inputs.undoing[block, block.stop :].T @ errors
    return small
