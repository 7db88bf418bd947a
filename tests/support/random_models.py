"""Random windows and random networks, extreme ones among them."""

from __future__ import annotations

import numpy as np

from microbit_ml.features import N_FEATURES, compute_features
from microbit_ml.network import Network
from microbit_ml.quantize import DeviceModel, FloatGate, FloatModel, Normaliser, quantize, to_bytes


def random_windows(rng: np.random.Generator, n: int, length: int) -> np.ndarray:
    """Windows from stillness to saturation: int16 (n, length, 3)."""
    strength = np.exp(rng.uniform(0, np.log(6000), (n, 1, 3)))
    offset = rng.uniform(-2500, 2500, (n, 1, 3)) * rng.integers(0, 2, (n, 1, 3))
    steps = rng.normal(0, 1, (n, length, 3))
    smooth = rng.integers(0, 2, (n, 1, 1))
    walk = np.where(smooth, np.cumsum(steps, axis=1) / 4, steps)
    windows = np.clip(np.round(offset + strength * walk), -2048, 2047).astype(np.int16)
    windows[0] = rng.choice([-2048, 2048], (length, 3))  # the hardest shaking there is
    return windows


def small_random_model(rng: np.random.Generator) -> tuple[DeviceModel, np.ndarray]:
    """The same, as large as V1 has room for beside everything else."""
    while True:
        device, windows = random_model(rng, widest=20)
        if len(to_bytes(device)) + 6 * device.window <= 2400:
            return device, windows


def random_model(rng: np.random.Generator, widest: int = 40) -> tuple[DeviceModel, np.ndarray]:
    """A network with random sizes and weights, quantized, and windows to try it on."""
    length = int(rng.integers(25, 151))
    hidden = [int(rng.integers(1, widest)) for _ in range(rng.integers(0, 3))]
    n_labels = int(rng.integers(2, 12))
    windows = random_windows(rng, 12, length)
    normaliser = Normaliser(
        rng.normal(0, 300, N_FEATURES), np.exp(rng.uniform(np.log(2), np.log(600), N_FEATURES))
    )
    network = Network([N_FEATURES, *hidden, n_labels], rng)
    size = np.exp(rng.uniform(-5, 5))
    for layer in network.dense:
        layer.weights *= size
        layer.bias = rng.normal(0, size, layer.bias.shape)
        layer.weights[:, rng.random(layer.weights.shape[1]) < 0.1] = 0  # a dead unit
    features = compute_features(windows)
    hidden = network.hidden(normaliser.apply(features))
    gate = FloatGate.fit(hidden, np.arange(len(windows)) % n_labels, n_labels)
    integer = quantize(FloatModel(normaliser, network, gate), features)
    integer = integer.with_limit(int(rng.integers(0, 400)))
    labels = [f"label {i} 一ï"[: rng.integers(7, 11)] for i in range(n_labels)]
    return DeviceModel(integer, labels, length, int(rng.integers(1, 50)), 20), windows
