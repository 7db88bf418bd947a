"""Random models of prototypes, including extreme ones, and windows to test them on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from random_models import extreme_windows, random_groups, random_windows

from microbit_ml.features import compute_features, features_of
from microbit_ml.kinds import ACTIVATION_LIMIT, IntegerNearest, IntegerNoveltyDetector, Scale
from microbit_ml.quantize import DeviceModel, IntegerNetwork


def random_nearest(rng: np.random.Generator) -> tuple[DeviceModel, np.ndarray]:
    """A model and windows, int16 (12, n, 3), whose features some prototypes meet exactly."""
    length = int(rng.integers(25, 151))
    windows = random_windows(rng, 12, length)
    windows[1:3] = rng.permutation(extreme_windows(length))[:2]
    groups = random_groups(rng)
    n = len(features_of(groups))
    codes = rng.integers(1, 256, n).astype(np.uint8)
    scale = Scale(rng.integers(-400, 400, n), codes, int(rng.integers(4, 16)))
    nearest = IntegerNearest.random(rng, n)
    n_labels = nearest.n_outputs - 1
    prototypes = rng.integers(-1, 2, (len(nearest.labels), n)) * ACTIVATION_LIMIT
    prototypes[:, : nearest.n_inputs] = nearest.prototypes
    x = scale.apply(compute_features(windows, groups))
    met = rng.random(len(prototypes)) < 0.3
    prototypes[met] = x[rng.integers(0, len(x), met.sum())] + rng.integers(0, 2, (met.sum(), n))
    prototypes = np.clip(prototypes, -ACTIVATION_LIMIT, ACTIVATION_LIMIT)
    gate = replace(
        IntegerNoveltyDetector.open(n_labels),
        radius=rng.integers(0, 300, n_labels),
        margin_limit=(1 << 15) - 1,
        margin_factor=8,
    )
    stages = [scale, replace(nearest, prototypes=prototypes.astype(np.int8))]
    names = [f"label {i}" for i in range(n_labels)]
    network = IntegerNetwork(groups, stages, gate)
    return DeviceModel(network, names, length, int(rng.integers(1, 50)), 20), windows
