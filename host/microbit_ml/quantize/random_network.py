"""Integer networks of any shape with random weights: to measure and test with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from microbit_ml.arithmetic.fixed_point import choose_multipliers
from microbit_ml.kinds import HIDDEN_LIMIT, SCORE_LIMIT, IntegerDense, IntegerGate, Scale, Stage
from microbit_ml.quantize.device_file import DeviceModel
from microbit_ml.quantize.integer_network import IntegerNetwork


def dense_model(shape: Sequence[int], seed: int = 0) -> tuple[DeviceModel, np.ndarray]:
    """Dense layers of these sizes and nothing else, and inputs (n_inputs,) for the first of them.

    Their sums and factors are such that some outputs of each hidden layer saturate.
    """
    rng = np.random.default_rng(seed)
    hidden: list[Stage] = [
        random_dense(rng, n_inputs, n_outputs) for n_inputs, n_outputs in pairwise(shape[:-1])
    ]
    scores = random_dense(rng, shape[-2], shape[-1], -SCORE_LIMIT, SCORE_LIMIT)
    inputs = rng.integers(-127, 128, shape[0]).astype(np.int16)
    return only_layers([*hidden, scores]), inputs


def only_layers(layers: Sequence[Stage]) -> DeviceModel:
    """A model of these stages, the last of which makes scores; scale and gate are not for use."""
    n_labels = layers[-1].n_outputs - 1
    scale = Scale(np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.uint8), 1)
    network = IntegerNetwork(("tilt",), [scale, *layers], IntegerGate.open(n_labels))
    return DeviceModel(network, [f"label {i}" for i in range(n_labels)], 25, 5, 20)


def random_dense(
    rng: np.random.Generator, n_inputs: int, n_outputs: int, low: int = 0, high: int = HIDDEN_LIMIT
) -> IntegerDense:
    """A dense layer with any weights or extreme ones, some outputs of which leave low .. high."""
    shape = (n_outputs, n_inputs)
    if rng.random() < 0.3:
        weights = rng.choice([-127, 127], shape)
    else:
        weights = rng.integers(-127, 128, shape)
    bias = rng.integers(-(1 << 14), 1 << 14, n_outputs)
    bound = np.abs(bias) + 255 * np.abs(weights).sum(axis=1)
    usual = 127 * 74 * np.sqrt(n_inputs)  # how far a sum is from 0
    factor = rng.uniform(0.5, 2, n_outputs) * high / usual
    multiplier, shift = choose_multipliers(factor, np.maximum(bound, 2 * usual).astype(np.int64))
    return IntegerDense(weights.astype(np.int8), bias, multiplier, shift, low, high)
