"""From float to integers: close to the float model, within the ranges of ARITHMETIC.md."""

from dataclasses import replace

import numpy as np
import pytest
from random_models import random_model

import microbit_ml as mb
from microbit_ml.arithmetic.fixed_point import SMALL_INT_LIMIT
from microbit_ml.errors import ModelError
from microbit_ml.features import N_FEATURES, log_scale
from microbit_ml.kinds import (
    OPEN,
    IntegerConv,
    IntegerDense,
    IntegerNoveltyDetector,
    IntegerPool,
    RawScale,
)
from microbit_ml.quantize import Normaliser, NoveltyDetector, from_bytes, to_bytes
from microbit_ml.quantize.float_model import INPUT_STEP, exact_scale
from microbit_ml.quantize.quantizer import quantize_dense, quantize_gate, quantize_scale


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


def test_int8_covers_six_scales():
    scales = exact_scale(np.geomspace(3, 600, N_FEATURES))
    normaliser = Normaliser(np.round(np.linspace(-900, 900, N_FEATURES)), scales)
    scale = quantize_scale(normaliser)
    features = normaliser.mean + scales * np.array([[-9], [-1], [0], [2], [9]])
    x = scale.apply(np.round(features).astype(int))
    assert x[0].tolist() == [-127] * N_FEATURES
    assert x[4].tolist() == [127] * N_FEATURES
    rounding = 10 / scales.min() + 0.5  # half a count, and half a step
    np.testing.assert_allclose(
        x[1:4], np.array([[-20], [0], [40]]) * np.ones(N_FEATURES), atol=rounding
    )


def test_the_scale_is_exactly_what_the_float_model_divides_by():
    rng = np.random.default_rng(0)
    scales = exact_scale(np.exp(rng.uniform(1, 6, 30)))
    rows = rng.integers(-2000, 2000, (200, 30))
    x = Normaliser(np.zeros(30), scales).apply(rows) / INPUT_STEP
    inside = np.abs(x) < 126
    scaled = quantize_scale(Normaliser(np.zeros(30), scales)).apply(rows)
    assert np.abs(scaled - x)[inside].max() <= 0.5 + 1e-9


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ModelError, match="not finite"):
        quantize_dense(np.array([[np.nan]]), np.zeros(1), 0.1, 0.1, (0, 255), (0, 255))
    with pytest.raises(ModelError, match="too small"):
        quantize_scale(Normaliser(np.zeros(2), np.array([1e-9, 1.0])))
    with pytest.raises(ModelError, match="mean is not a number"):
        quantize_scale(Normaliser(np.array([np.nan]), np.ones(1)))


@pytest.mark.parametrize("seed", range(40))
def test_no_sum_can_leave_31_bits(seed):
    network = random_model(np.random.default_rng(seed))[0].network
    largest = 127
    for layer in network.stages[1:]:
        if isinstance(layer, IntegerPool):
            continue
        _check_layer(layer.dense if isinstance(layer, IntegerConv) else layer, largest)
        if layer is not network.stages[-1]:
            largest = 255
    gate = network.gate
    if gate.hidden_means.shape[1]:
        no_bias = np.zeros(len(gate.weights), dtype=int)
        _check_layer(
            IntegerDense(gate.weights, no_bias, gate.multiplier, gate.shift, -1023, 1023), 255
        )
    first = network.stages[0]  # a raw window has no centers: counts are below 2**12
    assert isinstance(first, RawScale) or np.abs(first.center).max() <= 1 << 14
    assert gate.margin_limit * gate.margin_factor < SMALL_INT_LIMIT
    assert np.abs(gate.radius).max() <= 32767


def _check_layer(layer, largest_input):
    bound = np.abs(layer.bias) + np.abs(layer.weights.astype(int)).sum(axis=1) * largest_input
    assert (bound * layer.multiplier + 2 ** (layer.shift - 1) < SMALL_INT_LIMIT).all()
    worst = np.sign(layer.weights.astype(int)) * largest_input  # the worst possible input
    sums = (layer.weights.astype(int) * worst).sum(axis=1)
    assert (np.abs(sums) <= bound).all()


def test_a_convolution_is_a_dense_layer_on_pieces():
    dense = IntegerDense(
        np.array([[1, -1], [2, 0]], dtype=np.int8), np.array([0, 1]), np.array([2, 2]),
        np.array([1, 1]), 0, 255,
    )  # fmt: skip
    x = np.array([[9, 4, 5, 7, 3]])
    # pieces (9, 4), (5, 7): 9 - 4 = 5 and 18 + 1; 5 - 7 < 0 and 10 + 1
    assert IntegerConv(dense, 2, 2).apply(x).tolist() == [[5, 19, 0, 11]]
    assert IntegerPool(2, 1, 2).apply(x).tolist() == [[9, 7]]


def test_a_gate_by_hand():
    gate = IntegerNoveltyDetector(
        radius=np.array([100, 200]),
        hidden_means=np.array([[10, 20], [0, 0]], dtype=np.uint8),
        weights=np.array([[2, 1], [0, 3]], dtype=np.int8),
        multiplier=np.array([1, 1]),
        shift=np.array([1, 1]),
        feature_centers=np.array([[5], [-5]], dtype=np.int8),
        margin_limit=100,
        margin_factor=64,
    )
    x, hidden, scores = np.array([[9]]), np.array([[14, 16]]), np.array([[50, 0, -90]])
    # hidden differs by 4 and -4: (2 * 4 - 4) / 2 = 2 and 3 * -4 / 2 = -6: 4 + 36 = 40, L = 28
    # the feature differs by 4: 16, L = 16; the margin is 140, clipped to 100: 50
    assert log_scale(np.array([40]))[0] == 28 and log_scale(np.array([16]))[0] == 16
    assert gate.confidence(x, hidden, scores, np.array([0])).tolist() == [100 - 28 - 16 + 50]


@pytest.mark.parametrize("seed", range(20))
def test_model_bin_loses_nothing(seed):
    device, windows = random_model(np.random.default_rng(seed))
    again = from_bytes(to_bytes(device))
    assert (again.labels, again.window, again.hop) == (device.labels, device.window, device.hop)
    before, after = device.network.run(windows), again.network.run(windows)
    for name in ("features", "scores", "confidence", "best_index", "label_index"):
        assert (getattr(before, name) == getattr(after, name)).all()
    assert to_bytes(again) == to_bytes(device)


@pytest.mark.parametrize("seed", range(5))
def test_every_flipped_byte_of_model_bin_is_noticed(seed):
    rng = np.random.default_rng(seed)
    data = to_bytes(random_model(rng)[0])
    for offset in rng.integers(0, len(data), 50):
        damaged = bytearray(data)
        damaged[offset] ^= 1 << rng.integers(0, 8)
        with pytest.raises(ModelError):
            from_bytes(bytes(damaged))
    for length in rng.integers(0, len(data), 20):
        with pytest.raises(ModelError):
            from_bytes(data[:length])


def test_a_threshold_is_added_to_every_radius():
    rng = np.random.default_rng(5)
    device, windows = random_model(rng)
    network = device.network.with_threshold(-OPEN)
    before, after = network.run(windows), network.with_threshold(16).run(windows)
    assert (after.confidence == before.confidence + 16).all()
    assert (device.network.with_threshold(OPEN).run(windows).confidence >= 0).all()
    assert (after.scores == before.scores).all()


def test_the_gate_measures_in_standard_deviations():
    rng = np.random.default_rng(0)
    hidden = rng.normal(0, 1, (4000, 3)) * [1.0, 10.0, 0.1] + [5.0, 0.0, 1.0]
    no_features = np.zeros((4000, 0))
    gate = NoveltyDetector.fit(no_features, hidden, np.zeros(4000, int), 1)
    # Shrinkage widens narrow directions; the wide one keeps about its own standard deviation.
    along = gate.distance(no_features[:1], np.array([[5.0, 20.0, 1.0]]), np.array([0]))[0]
    squared = (
        2.0 ** ((along + 64) / 16) / 256
    )  # from 1/16 octaves, in steps of 1/16 of a standard deviation
    assert 3.0 < squared < 6.0  # two standard deviations, squared, and the shrinkage


def test_each_class_has_its_own_offset():
    rng = np.random.default_rng(1)
    targets = np.repeat([0, 1], 500)
    x = rng.normal(0, 1, (1000, 4)) * np.where(targets, 8.0, 1.0)[:, None]
    hidden = np.abs(x[:, :2])
    gate = NoveltyDetector.fit(x, hidden, targets, 2).with_class_offsets(x, hidden, targets)
    assert gate.class_offsets.sum() == pytest.approx(0)
    # 8 times as far is 3 octaves, squared 6 of 16 steps, in each of the two distances; a little
    # less, because the logarithm starts with a straight line
    assert 160 < gate.class_offsets[1] - gate.class_offsets[0] <= 2 * 6 * 16


def test_floats_and_integers_agree_closely():
    data = mb.simulate(people=3, repeats=3, seed=4)
    for arch in ("16", "cnn", ""):
        model = mb.train(data, arch=arch, seed=1)
        integer, real = model.predict(data), model.predict_float(data)
        assert np.mean([a == b for a, b in zip(integer.best, real.best, strict=True)]) > 0.97
        assert np.abs(integer.confidence - real.confidence).mean() < 8, arch


def test_enormous_scores_still_fit_the_file():
    rng = np.random.default_rng(2)
    gate = NoveltyDetector.fit(rng.normal(0, 1, (40, 2)), rng.random((40, 3)), np.arange(40) % 2, 2)
    for score_step, factor in ((1 / 64, 9), (100.0, 58_880), (1e6, 65_535)):
        integer = quantize_gate(gate, 0.01, score_step)
        assert integer.margin_factor == factor
        assert integer.margin_limit == int(6 / score_step)  # 0 for the largest: no margin counts
        device, _ = random_model(rng)
        network = replace(
            device.network,
            gate=replace(
                device.network.gate,
                margin_limit=integer.margin_limit,
                margin_factor=integer.margin_factor,
            ),
        )
        again = from_bytes(to_bytes(replace(device, network=network))).network.gate
        assert (again.margin_limit, again.margin_factor) == (int(6 / score_step), factor)
