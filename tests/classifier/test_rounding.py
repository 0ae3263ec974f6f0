"""Rounding to int8: what fits 16 bits on old processors, how close it stays, and what outlying inputs do to it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from classifier.rounding import Spread, choose_divisors, choose_scale, round_rows, round_weights

TENS = st.floats(-10, 10, width=32)


@settings(max_examples=200, deadline=None)
@given(
    arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=12).map(lambda s: (2 * s[0], s[1])), elements=TENS)
)
def test_no_two_neighbours_overflow_16_bits(weight: np.ndarray) -> None:
    small, scale = round_weights(weight)
    size = np.abs(small.astype(int))
    assert 255 * (size[0::2] + size[1::2]).max() <= np.iinfo(np.int16).max
    assert np.abs(small * scale - weight).max() <= scale.max() * 0.51


def test_ordinary_weights_keep_nearly_8_bits() -> None:
    weight = np.random.default_rng(1).normal(size=(384, 64)).astype(np.float32)
    small, _ = round_weights(weight)
    assert np.abs(small).max(0).mean() > 90  # the usual 7 bits end at 63


def test_rows_of_a_table_have_their_own_scales() -> None:
    table = np.array([[1, -2], [100, 50]], dtype=np.float32)
    small, scale = round_rows(table)
    assert np.abs(small * scale - table).max(1).tolist() < [0.01, 0.5]


def test_only_outlying_inputs_are_divided() -> None:
    high = np.ones(400, dtype=np.float32)
    assert choose_divisors(Spread(-high, high)) is None
    high[7] = 24
    divisors = choose_divisors(Spread(-np.ones_like(high), high))
    assert divisors is not None
    assert divisors[7] == 24
    assert (np.delete(divisors, 7) == 1).all()


def test_what_was_seen_is_mapped_to_all_of_8_bits() -> None:
    nothing = np.zeros(2, dtype=np.float32)
    spread = Spread(nothing, nothing).joined(np.array([[[-1, 0], [0.5, 3]]], dtype=np.float32))
    scale, zero = choose_scale(spread, 1.0)
    assert (np.round(np.array([-1, 0, 3]) / scale) + zero).tolist() == [0, 64, 255]
