"""Rounding to int8: what fits 16 bits on old processors, how close it stays, and what outlying inputs do to it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from classifier.encoder import Encoder, Layer, Norm, Product
from classifier.rounding import Spread, choose_divisors, choose_scale, even_out, round_rows, round_weights

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


def attend(layer: Layer, states: np.ndarray) -> np.ndarray:
    """What a layer mixes of its values where attention is the same everywhere."""
    gathered = (states @ layer.value.weight + layer.value.bias).mean(0)
    return np.asarray(gathered @ layer.mix.weight + layer.mix.bias)


def make_encoder(random: np.random.Generator) -> Encoder:
    """An encoder of one layer, 40 wide, with random weights."""
    width = 40

    def make_product() -> Product:
        return Product(*(random.normal(size=size).astype(np.float32) for size in ((width, width), width)))

    norm = Norm(np.ones(width, np.float32), np.zeros(width, np.float32), 1e-12)
    query, key, value, mix, up, down = (make_product() for _ in range(6))
    layer = Layer(query, key, value, mix, norm, up, down, norm)
    nothing = np.zeros((1, width), np.float32)
    return Encoder(nothing, nothing, norm, (layer,), 1, None)


def test_values_are_divided_ahead_and_what_is_mixed_stays_the_same() -> None:
    random = np.random.default_rng(2)
    encoder = make_encoder(random)
    high = np.ones(40, dtype=np.float32)
    even = Spread(-high, high)
    outlying = Spread(-high, np.where(np.arange(40) == 7, 24, high).astype(np.float32))
    after, spreads = even_out(encoder, [even, outlying, outlying, outlying])
    states = random.normal(size=(5, 40)).astype(np.float32)
    assert np.abs(after.layers[0].value.weight - encoder.layers[0].value.weight).max() > 0.1
    assert np.allclose(attend(after.layers[0], states), attend(encoder.layers[0], states), atol=1e-4)
    assert [choose_divisors(spread) is None for spread in spreads] == [True, True, False, False]


def test_values_that_do_not_outlie_stay_as_they_are() -> None:
    encoder = make_encoder(np.random.default_rng(3))
    high = np.ones(40, dtype=np.float32)
    after, _ = even_out(encoder, [Spread(-high, high)] * 4)
    assert after.layers[0] is encoder.layers[0]
