"""Integer networks of any shape with random weights, for measurements and tests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from microbit_ml.kinds import SCORE_LIMIT, IntegerNoveltyDetector, Scale, Stage, random_dense
from microbit_ml.quantize.device_file import DeviceModel
from microbit_ml.quantize.integer_network import IntegerNetwork


def dense_model(shape: Sequence[int], seed: int = 0) -> tuple[DeviceModel, np.ndarray]:
    """A model of dense layers of these sizes alone, and inputs (n_inputs,) for the first of them.

    Some outputs of each hidden layer saturate.
    """
    rng = np.random.default_rng(seed)
    hidden: list[Stage] = [
        random_dense(rng, n_inputs, n_outputs) for n_inputs, n_outputs in pairwise(shape[:-1])
    ]
    scores = random_dense(rng, shape[-2], shape[-1], -SCORE_LIMIT, SCORE_LIMIT)
    inputs = rng.integers(-127, 128, shape[0]).astype(np.int16)
    return only_layers([*hidden, scores]), inputs


def only_layers(layers: Sequence[Stage]) -> DeviceModel:
    """A model of these stages, ending with the scores; its scale and gate are placeholders."""
    n_labels = layers[-1].n_outputs - 1
    scale = Scale(np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.uint8), 1)
    network = IntegerNetwork(("tilt",), [scale, *layers], IntegerNoveltyDetector.open(n_labels))
    return DeviceModel(network, [f"label {i}" for i in range(n_labels)], 25, 5, 20)
