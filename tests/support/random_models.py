"""Random windows and random networks, including extreme ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.features import GROUP_NAMES, features_of, groups_of_mask
from microbit_ml.kinds import (
    RECORDS,
    SCORE_LIMIT,
    IntegerNoveltyDetector,
    Scale,
    Stage,
    random_trees,
)
from microbit_ml.network import Network
from microbit_ml.quantize import (
    DeviceModel,
    FloatModel,
    IntegerNetwork,
    Normaliser,
    NoveltyDetector,
    input_rows,
    last_hidden,
    quantize,
    scratch_numbers,
    to_bytes,
)
from microbit_ml.quantize.float_model import exact_scale
from microbit_ml.quantize.random_network import only_layers, random_dense

V1_ROOM = 2000  # bytes, beside a program of two dozen lines
CONVOLUTIONS = ("conv8x5s2-conv12x5s2-pool2-16", "conv3x4-pool3-5-4", "pool2-conv5x3s3-9")


def random_windows(rng: np.random.Generator, n: int, length: int) -> np.ndarray:
    """Windows from stillness to saturation: int16 (n, length, 3)."""
    strength = np.exp(rng.uniform(0, np.log(6000), (n, 1, 3)))
    offset = rng.uniform(-2500, 2500, (n, 1, 3)) * rng.integers(0, 2, (n, 1, 3))
    steps = rng.normal(0, 1, (n, length, 3))
    smooth = rng.integers(0, 2, (n, 1, 1))
    walk = np.where(smooth, np.cumsum(steps, axis=1) / 4, steps)
    windows = np.clip(np.round(offset + strength * walk), -2048, 2047).astype(np.int16)
    windows[0] = rng.choice([-2048, 2048], (length, 3))  # the strongest possible shaking
    return windows


def extreme_windows(length: int) -> np.ndarray:
    """Windows at the limits of the sensor, int16 (n, length, 3).

    Constant, alternating at several speeds, turning at full strength, one spike, one step.
    """
    t = np.arange(length)[:, None]
    axes = np.arange(3)
    signs = [np.where((t // every + axes * shift) % 2, -2048, 2048)
             for every in (1, 2, 3, 6, length // 2) for shift in (0, 1)]  # fmt: skip
    turns = [np.round(2047 * np.cos(2 * np.pi * (k * t / length + axes / 4)))
             for k in (1, 2, 3, 4, 5, 6, 7, 8, 12)]  # fmt: skip
    still = [np.full((length, 3), value) for value in (2048, -2048, 0, 1, -1)]
    spikes = [
        np.where(t == index, 2048, -2048) + 0 * axes for index in (0, length // 2, length - 1)
    ]
    return np.stack([*still, *signs, *turns, *spikes]).astype(np.int16)


def random_groups(rng: np.random.Generator) -> tuple[str, ...]:
    """All groups of features, one group, or any subset."""
    mask = [255, 1 << int(rng.integers(8)), int(rng.integers(1, 256))][int(rng.integers(3))]
    return groups_of_mask(mask)


def small_random_model(
    rng: np.random.Generator, window: int | None = None
) -> tuple[DeviceModel, np.ndarray]:
    """A random model, at most as large as V1 has room for beside everything else."""
    while True:
        device, windows = random_model(rng, widest=20, window=window)
        if on_board(device) <= V1_ROOM:
            return device, windows


def on_board(device: DeviceModel) -> int:
    """Bytes of a board's heap for the model and its work array."""
    numbers = 56 + 3 * device.window + len(device.labels) + 1 + 2 * scratch_numbers(device.network)
    return len(to_bytes(device)) + 2 * numbers


def random_model(
    rng: np.random.Generator,
    widest: int = 40,
    window: int | None = None,
    groups: tuple[str, ...] | None = None,
) -> tuple[DeviceModel, np.ndarray]:
    """A network with random sizes and weights, quantized, and windows to test it on.

    widest: hidden layers have fewer units than this; window: samples (None: any length); groups: of
    features (None: any, or the raw window with convolutions).
    """
    length = window or int(rng.integers(25, 151))
    n_labels = int(rng.integers(2, 12))
    windows = random_windows(rng, 12, length)
    while True:
        some, architecture = _random_architecture(rng, widest, groups)
        float_model, rows = _float_model(rng, some, architecture, windows, n_labels)
        try:
            integer = quantize(float_model, rows)
            break
        except ModelError:  # weights of such different sizes that no multiplier fits
            continue
    labels = [f"label {i} 一ï"[: rng.integers(7, 11)] for i in range(n_labels)]
    return DeviceModel(integer, labels, length, int(rng.integers(1, 50)), 20), windows


def usual_model(labels: int = 6, seed: int = 0) -> tuple[DeviceModel, np.ndarray]:
    """All features and 16 hidden units on one second at 50 Hz, with random weights."""
    rng = np.random.default_rng(seed)
    windows = random_windows(rng, 12, 50)
    float_model, rows = _float_model(rng, GROUP_NAMES, "16", windows, labels, gate_features=True)
    names = [f"gesture {i}" for i in range(labels)]
    return DeviceModel(quantize(float_model, rows), names, 50, 5, 20), windows


def random_tree_model(
    rng: np.random.Generator, groups: tuple[str, ...] | None = None
) -> tuple[DeviceModel, np.ndarray]:
    """Trees with any questions, a gate, which may ignore the features, and windows (12, n, 3)."""
    groups = groups or random_groups(rng)
    n_inputs, n_labels = len(features_of(groups)), int(rng.integers(2, 12))
    length = int(rng.integers(25, 151))
    centers = rng.integers(-127, 128, (n_labels, n_inputs if rng.random() < 0.8 else 0))
    gate = replace(
        IntegerNoveltyDetector.open(n_labels),
        radius=rng.integers(0, 400, n_labels),
        feature_centers=centers.astype(np.int8),
        margin_limit=96,
        margin_factor=37,
    )
    scale = Scale(
        rng.integers(-300, 300, n_inputs),
        rng.integers(1, 256, n_inputs).astype(np.uint8),
        int(rng.integers(4, 14)),
    )
    network = IntegerNetwork(groups, [scale, random_trees(rng, n_inputs, n_labels)], gate)
    names = [f"label {i}" for i in range(n_labels)]
    return DeviceModel(network, names, length, 5, 20), random_windows(rng, 12, length)


def hidden_kinds() -> list[type[Stage]]:
    """The kinds of records that can be hidden layers."""
    return [one for one in RECORDS.values() if issubclass(one, Stage) and one.HIDDEN]


def random_stack(rng: np.random.Generator) -> tuple[DeviceModel, np.ndarray]:
    """One to four layers of any kind and size, and inputs (n, n_inputs) for them.

    Some weights and inputs are as extreme as possible.
    """
    n_inputs = width = int(rng.integers(1, 70))
    layers: list[Stage] = []
    for kind in rng.choice(hidden_kinds(), rng.integers(0, 4)):
        layer = kind.random(rng, width)
        width = len(layer.apply(np.zeros((1, width), dtype=np.int64))[0])
        layers.append(layer)
    scores = random_dense(rng, width, int(rng.integers(2, 12)), -SCORE_LIMIT, SCORE_LIMIT)
    inputs = rng.integers(-127, 128, (6, n_inputs))
    inputs[:3] = rng.choice([-127, 127], (3, n_inputs))
    inputs[0] = 127
    return only_layers([*layers, scores]), inputs.astype(np.int16)


def _random_architecture(
    rng: np.random.Generator, widest: int, groups: tuple[str, ...] | None
) -> tuple[tuple[str, ...], str]:
    if groups is None and rng.random() < 0.25:
        return (), str(rng.choice(CONVOLUTIONS))
    hidden = [str(rng.integers(1, widest)) for _ in range(rng.integers(0, 4))]
    return groups or random_groups(rng), "-".join(hidden)


def _float_model(
    rng: np.random.Generator,
    groups: tuple[str, ...],
    architecture: str,
    windows: np.ndarray,
    n_labels: int,
    gate_features: bool = False,
) -> tuple[FloatModel, np.ndarray]:
    n_inputs = len(features_of(groups)) if groups else windows[0].size
    network = Network(architecture, n_inputs, n_labels + 1, rng)
    size = np.exp(rng.uniform(-5, 5) / max(1, len(network.trainable_layers) - 1))
    for layer in network.trainable_layers:
        layer.weights *= size
        layer.bias[:] = rng.normal(0, size, layer.bias.shape)
        layer.weights[:, rng.random(layer.weights.shape[1]) < 0.1] = 0  # a dead unit
    if groups:
        scale = np.exp(rng.uniform(np.log(2), np.log(600), n_inputs))
        normaliser = Normaliser(np.round(rng.normal(0, 300, n_inputs)), exact_scale(scale))
    else:
        normaliser = Normaliser.raw(n_inputs)
    rows = input_rows(windows, groups)
    x = normaliser.apply(rows)
    largest = np.abs(network.forward(x)).max()
    network.layers[-1].weights *= min(1.0, 1e6 / largest)  # a score (logit) is at most a million
    inputs = x if gate_features or rng.random() < 0.8 else x[:, :0]  # a gate may ignore features
    targets = np.arange(len(windows)) % n_labels
    gate = NoveltyDetector.fit(inputs, last_hidden(network, x), targets, n_labels)
    gate = replace(gate, threshold=float(rng.integers(-100, 500)))
    return FloatModel(groups, normaliser, network, gate), rows
