"""Calibration: by hand, and beside scikit-learn's calibration curve."""

import json

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.metrics.calibration import calibration
from microbit_ml.quantize.prediction import best_probability


def test_by_hand():
    result = calibration([0.92, 0.55, 0.95, 0.59, 0.98], [True, True, True, False, False])
    assert result.error == pytest.approx(3 / 5 * abs(2 / 3 - 0.95) + 2 / 5 * abs(0.5 - 0.57))
    assert [one.n for one in result.bins] == [0, 0, 0, 0, 0, 2, 0, 0, 0, 3]
    last = result.bins[-1]
    assert (last.low, last.high) == (pytest.approx(0.9), 1.0)
    assert (last.confidence, last.accuracy) == (pytest.approx(0.95), pytest.approx(2 / 3))
    assert (result.bins[0].confidence, result.bins[0].accuracy) == (0.0, 0.0)
    assert json.loads(json.dumps(result.as_json()))["bins"][9]["recordings"] == 3


def test_a_number_on_an_edge_belongs_to_the_bin_below():
    counts = [one.n for one in calibration([0.0, 0.5, 1.0], [True] * 3, bins=2).bins]
    assert counts == [2, 1]


def test_the_degenerate_cases():
    assert calibration([1.0, 1.0], [True, True]).error == 0.0
    assert calibration([1.0, 1.0], [False, False]).error == 1.0
    with pytest.raises(DataError, match="0 probabilities and 0 answers"):
        calibration([], [])
    with pytest.raises(DataError, match="1 probabilities and 2 answers"):
        calibration([0.5], [True, False])
    with pytest.raises(DataError, match="Probabilities must be from 0 to 1"):
        calibration([1.5], [True])


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(seed):
    curve = pytest.importorskip("sklearn.calibration").calibration_curve
    rng = np.random.default_rng(seed)
    probability = np.round(rng.random(300) ** 0.3, 2)  # rounded: many on an edge
    right = rng.random(300) < probability
    accuracy, mean_probability = curve(right, probability, n_bins=10)
    bins = [one for one in calibration(probability, right).bins if one.n]
    assert [one.accuracy for one in bins] == pytest.approx(accuracy, abs=1e-9)
    assert [one.confidence for one in bins] == pytest.approx(mean_probability, abs=1e-9)
    n = np.array([one.n for one in bins])
    expected = (n / 300 * np.abs(accuracy - mean_probability)).sum()
    assert calibration(probability, right).error == pytest.approx(expected, abs=1e-9)


def test_the_probability_is_softmax():
    probability = best_probability(np.array([[64, 0], [0, 0], [-32000, 32000]]), 1 / 64)
    assert probability == pytest.approx([1 / (1 + np.exp(-1)), 0.5, 1.0])


def test_integer_and_float_network_give_about_the_same_probability():
    data = mb.simulate(["shake", "still", "twist"], people=2, repeats=2, seed=4)
    model = mb.train(data, steps=40)
    step = model.network.score_step
    assert step == pytest.approx(1 / 64, rel=0.01)
    integer = model.predict(data).probability
    assert integer == pytest.approx(model.predict_float(data).probability, abs=0.1)
