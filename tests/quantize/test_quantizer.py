"""From float to integers: close to the float model, within the ranges of ARITHMETIC.md."""

import numpy as np
import pytest
from random_models import random_model

from microbit_ml.errors import ModelError
from microbit_ml.features import N_FEATURES, compute_features
from microbit_ml.quantize import Normaliser, from_bytes, to_bytes
from microbit_ml.quantize.fixed_point import SMALL_INT_LIMIT
from microbit_ml.quantize.float_model import FloatGate, distance_at
from microbit_ml.quantize.quantizer import OPEN_GATE, quantize_dense, quantize_scale


def test_a_layer_by_hand():
    # weights 1.27 and -0.635: step 0.01, so 127 and -63.5, which rounds half up to -63
    layer = quantize_dense(
        np.array([[1.27], [-0.635]]), np.array([0.5]), 0.1, 0.05, (-127, 127), (-127, 127)
    )
    assert layer.weights.tolist() == [[127, -63]]
    assert layer.bias.tolist() == [500]  # 0.5 / (0.01 * 0.1)
    # 10 * 127 - 20 * 63 + 500 = 510 steps of 0.001 -> 0.51 -> 10.2 steps of 0.05
    assert layer.apply(np.array([[10, 20]])).tolist() == [[10]]


def test_a_large_bias_beside_tiny_weights_still_fits():
    layer = quantize_dense(
        np.full((3, 1), 1e-9), np.array([2.0]), 0.05, 1 / 64, (-127, 127), (-32767, 32767)
    )
    assert abs(layer.bias[0]) <= 1 << 20
    assert layer.apply(np.array([[5, -7, 9]]))[0, 0] == 128


def test_weights_of_zero_give_the_bias():
    layer = quantize_dense(
        np.zeros((3, 2)), np.array([0.0, -0.5]), 0.05, 1 / 64, (0, 255), (-32767, 32767)
    )
    assert layer.apply(np.array([[255, 0, 1]]))[0].tolist() == [0, -32]


def test_the_scale_covers_six_spreads():
    normaliser = Normaliser(np.linspace(-900, 900, N_FEATURES), np.linspace(3, 600, N_FEATURES))
    scale = quantize_scale(normaliser)
    features = normaliser.mean + normaliser.spread * np.array([[-9], [-1], [0], [2], [9]])
    x = scale.apply(np.round(features).astype(int))
    assert x[0].tolist() == [-127] * N_FEATURES
    assert x[4].tolist() == [127] * N_FEATURES
    rounding = 20 / normaliser.spread.min() + 1  # one count more or less, and half a step
    np.testing.assert_allclose(x[1:4], np.array([[-20], [0], [40]]) * np.ones(24), atol=rounding)
    assert scale.multiplier.max() <= 32767


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ModelError, match="not finite"):
        quantize_dense(np.array([[np.nan]]), np.zeros(1), 0.1, 0.1, (0, 255), (0, 255))
    with pytest.raises(ModelError, match="too small"):
        quantize_scale(Normaliser(np.zeros(2), np.array([1e-9, 1.0])))


@pytest.mark.parametrize("seed", range(40))
def test_no_sum_can_leave_31_bits(seed):
    device, _ = random_model(np.random.default_rng(seed))
    dense = [*device.network.layers, device.network.gate.projection]
    largest = 127
    for layer in dense[:-1]:
        _check_layer(layer, largest)
        last, largest = largest, 255
    _check_layer(dense[-1], last)
    assert np.abs(device.network.gate.centers).max() <= 1023


def _check_layer(layer, largest_input):
    bound = np.abs(layer.bias) + np.abs(layer.weights.astype(int)).sum(axis=1) * largest_input
    assert (bound * layer.multiplier + 2 ** (layer.shift - 1) < SMALL_INT_LIMIT).all()
    worst = np.sign(layer.weights.astype(int)) * largest_input  # the hardest input there is
    sums = (layer.weights.astype(int) * worst).sum(axis=1)
    assert (np.abs(sums) <= bound).all()


@pytest.mark.parametrize("seed", range(20))
def test_model_bin_loses_nothing(seed):
    device, windows = random_model(np.random.default_rng(seed))
    again = from_bytes(to_bytes(device))
    assert (again.labels, again.window, again.hop) == (device.labels, device.window, device.hop)
    before, after = device.network.run(windows), again.network.run(windows)
    for name in ("features", "scores", "confidence", "best", "label"):
        assert (getattr(before, name) == getattr(after, name)).all()
    assert to_bytes(again) == to_bytes(device)


@pytest.mark.parametrize("seed", range(5))
def test_every_flipped_byte_of_model_bin_is_noticed(seed):
    rng = np.random.default_rng(seed)
    data = to_bytes(random_model(rng)[0])
    for place in rng.integers(0, len(data), 50):
        damaged = bytearray(data)
        damaged[place] ^= 1 << rng.integers(0, 8)
        with pytest.raises(ModelError):
            from_bytes(bytes(damaged))
    for length in rng.integers(0, len(data), 20):
        with pytest.raises(ModelError):
            from_bytes(data[:length])


def test_the_open_gate_lets_everything_through():
    rng = np.random.default_rng(5)
    device, windows = random_model(rng)
    assert (device.network.with_limit(OPEN_GATE).run(windows).confidence >= 0).all()
    confidence = device.network.with_limit(100).run(windows).confidence
    assert (device.network.with_limit(116).run(windows).confidence == confidence + 16).all()


def test_the_float_limit_is_where_the_integers_turn():
    for limit in range(0, 300, 7):
        steps = distance_at(limit) * 256  # in squared steps of 1/16
        from microbit_ml.features import log_scale

        assert log_scale(np.array([int(np.ceil(steps)) - 1]))[0] <= limit
        assert log_scale(np.array([int(np.ceil(steps))]))[0] > limit


def test_the_gate_measures_in_spreads():
    rng = np.random.default_rng(0)
    hidden = rng.normal(0, 1, (4000, 3)) * [1.0, 10.0, 0.1] + [5.0, 0.0, 1.0]
    gate = FloatGate.fit(hidden, np.zeros(4000, int), 1)
    # Shrinkage makes narrow directions wider; the wide one is measured in about its own spread.
    along = gate.distance(np.array([[5.0, 20.0, 1.0]]), np.array([0]))[0]
    assert 3.0 < along < 6.0  # two spreads, squared, and the shrinkage
    assert compute_features(np.zeros((1, 50, 3), int)).shape == (1, N_FEATURES)
