"""Rounding to int8: what fits 16 bits on old processors, how close it stays, and what outlying inputs do to it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from classifier.compensate import Rounded, round_product, weigh_inputs
from classifier.encoder import Encoder, Layer, Norm, Product
from classifier.rounding import Spread, choose_divisors, choose_scale, even_out, round_rows

TENS = st.floats(-10, 10, width=32)


def see(values: np.ndarray) -> Spread:
    nothing = np.zeros(values.shape[-1], dtype=np.float32)
    return Spread(nothing, nothing).joined(values)


def round_weights(weight: np.ndarray, values: np.ndarray) -> Rounded:
    """The weights, without a bias, rounded for inputs such as these [rows, in]."""
    return round_product(Product(weight, np.zeros(weight.shape[1], np.float32)), weigh_inputs(see(values)))


@settings(max_examples=200, deadline=None)
@given(
    arrays(
        np.float32, array_shapes(min_dims=2, max_dims=2, max_side=12).map(lambda s: (2 * s[0], s[1])), elements=TENS
    ),
    st.integers(0, 99),
)
def test_no_two_neighbours_overflow_16_bits(weight: np.ndarray, seed: int) -> None:
    random = np.random.default_rng(seed)
    tied = random.normal(size=(50, 3)) @ random.normal(size=(3, len(weight)))  # so errors are handed on
    size = np.abs(round_weights(weight, tied.astype(np.float32)).weight.astype(int))
    assert 255 * (size[0::2] + size[1::2]).max() <= np.iinfo(np.int16).max


def test_inputs_that_move_alone_have_their_weights_rounded_to_the_nearest() -> None:
    weight = np.random.default_rng(1).normal(size=(384, 64)).astype(np.float32)
    alone = np.concatenate([np.eye(384, dtype=np.float32), -np.eye(384, dtype=np.float32)])
    rounded = round_weights(weight, alone)
    assert np.abs(rounded.weight * rounded.scale - weight).max() <= rounded.scale.max() * 0.51
    assert np.abs(rounded.weight).max(0).mean() > 90  # the usual 7 bits end at 63


def test_errors_of_rounding_make_up_for_each_other() -> None:
    random = np.random.default_rng(5)
    inputs = (random.normal(size=(2000, 40)) @ random.normal(size=(40, 160)) + 3).astype(np.float32)
    weight = random.normal(size=(160, 64)).astype(np.float32)
    rounded = round_weights(weight, inputs)
    nearest = np.round(weight / rounded.scale) * rounded.scale
    wanted, got = inputs @ weight, inputs @ (rounded.weight * rounded.scale) + rounded.bias
    assert np.square(got - wanted).mean() < 0.2 * np.square(inputs @ nearest - wanted).mean()
    assert np.abs((got - wanted).mean(0)).max() < 1e-3  # the bias makes up for the mean


def test_sums_of_what_was_seen_follow_a_division() -> None:
    values = np.random.default_rng(6).normal(size=(30, 4)).astype(np.float32)
    by = np.array([1, 2, 1, 8], dtype=np.float32)
    divided, seen = see(values).divided(by), see(values / by)
    assert np.allclose(divided.mean, seen.mean)
    assert np.allclose(divided.covariance, seen.covariance, atol=1e-6)
    assert np.allclose(seen.covariance, np.cov(values / by, rowvar=False, ddof=0), atol=1e-6)


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
    scale, zero = choose_scale(see(np.array([[[-1, 0], [0.5, 3]]], dtype=np.float32)))
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
