"""The float model: the result of training, before quantization.

The same stages as the integer network, in real numbers: normalise the inputs, run the network, and
detect novelty: how far is the movement out of the training distribution?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from microbit_ml.arithmetic.fixed_point import multiplier_codes, multipliers_of
from microbit_ml.common.short_repr import short_repr
from microbit_ml.features import compute_features, features_of
from microbit_ml.features.definitions import COUNTS
from microbit_ml.network import Network
from microbit_ml.quantize.fitted import FittedModel, form

INPUT_STEP = 1 / 20  # of a normalised input: int8 covers 127 steps, 6.35 times the scale
PROJECTION_STEP = 1 / 16  # of the integer distance, in standard deviations
RAW_SCALE = 320.0  # counts: a raw window is divided by it, which makes one step 16 counts

# Added to the scale, in the unit of the feature.
_FLOOR = {"rhythm": 6.0, "turn": 8.0}
_FLOOR_COUNTS, _FLOOR_LOG = 50.0, 3.0
# Weights of the timing features, which depend on when in the window something happens. A gesture
# hardly ever starts at the same time in its window, so they are mostly noise; but only they tell
# left-then-right from right-then-left. Training tries both.
TIMING_WEIGHTS = {
    "low": {"order": 0.3, "effort": 0.3, "turn": 0.4},
    "high": {"order": 4.5, "effort": 1.5, "turn": 1.5},
}

MARGIN_LIMIT = 6.0  # the margin of a score (logit) over that of "other" is clipped to +-6
MARGIN_WEIGHT = 4.6  # 1/16 octaves of distance that a margin of 1 makes up for


def input_rows(windows: np.ndarray, groups: tuple[str, ...]) -> np.ndarray:
    """The inputs of a network: features or, with no groups, the counts themselves.

    windows: int (n, window, 3) -> int64 (n, n_features) or (n, 3 * window), ``x y z x y z ...``.
    """
    if groups:
        return compute_features(windows, groups)
    n, window, axes = windows.shape
    return windows.reshape(n, window * axes).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Normaliser:
    """Standardises each input: ``(F - mean) / scale``, with a mean near 0 and a scale near 1.

    mean: whole numbers, float (n_inputs,); scale: float (n_inputs,), only values that the board can
    divide by exactly, with a multiplier and a shift.
    """

    mean: np.ndarray
    scale: np.ndarray

    __repr__ = short_repr

    @classmethod
    def fit(
        cls,
        rows: np.ndarray,
        targets: np.ndarray,
        groups: tuple[str, ...],
        timing: str = "low",
    ) -> Normaliser:
        """Fit to the features of recordings, augmented samples and synthetic negatives.

        rows: (n, n_features); targets: (n,), the highest that of the negatives; timing: a name of
        ``TIMING_WEIGHTS``.
        """
        weight = [TIMING_WEIGHTS[timing].get(f.group, 1.0) for f in features_of(groups)]
        scale = within_class_scale(rows, targets, groups) / np.array(weight)
        return cls(np.floor(rows.mean(axis=0) + 0.5), exact_scale(scale))

    @classmethod
    def raw(cls, n_inputs: int) -> Normaliser:
        """For a raw window: gravity becomes a vector of length 3.2."""
        return cls(np.zeros(n_inputs), np.full(n_inputs, RAW_SCALE))

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """(n, n_inputs) integers -> (n, n_inputs) without unit."""
        return (rows - self.mean) / self.scale


def within_class_scale(
    rows: np.ndarray, targets: np.ndarray, groups: tuple[str, ...]
) -> np.ndarray:
    """How much each feature varies between repetitions of one gesture: (n_features,).

    Twice the within-class standard deviation, plus a floor: a feature that hardly varies in
    training must not dominate when it varies a little more later.
    """
    within = np.sqrt((within_class_residuals(rows, targets) ** 2).mean(axis=0))
    floor = [
        _FLOOR.get(f.group, _FLOOR_COUNTS if f.unit == COUNTS else _FLOOR_LOG)
        for f in features_of(groups)
    ]
    return 2.0 * within + 1.6 * np.array(floor)


def within_class_residuals(rows: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The rows of gestures minus their class mean, without negatives (the highest target)."""
    classes = [rows[targets == c] for c in range(targets.max())]
    return np.concatenate([one - one.mean(axis=0) for one in classes])


def exact_scale(scale: np.ndarray) -> np.ndarray:
    """The nearest scales that the board's multipliers and shift represent exactly."""
    codes, shift = multiplier_codes(1.0 / (scale * INPUT_STEP))
    return 2.0**shift / (multipliers_of(codes) * INPUT_STEP)


@dataclass(frozen=True, eq=False)
class NoveltyDetector:
    """Detects out-of-distribution movements by their distance from the class mean (the "gate").

    Two squared distances from the mean of the top-1 class are measured: the Euclidean distance of
    the normalised features, and the Mahalanobis distance (1936) of the last hidden layer's outputs:
    ``|(h - m) P|^2`` with P P^T = S^-1, where S is the within-class covariance of the hidden
    values, shrunk toward a multiple of the identity as Ledoit and Wolf do, for there are few
    recordings. P turns the ellipse around each class into a circle. The novelty score is the sum of
    both logarithms. A score (logit) far above that of "other" makes up for some of it, and each
    class has its own offset, because some gestures vary more than others.

    hidden_means: (n_labels, n_hidden); projection: (n_hidden, n_hidden), lower triangular;
    feature_centers: (n_labels, n_features); class_offsets: (n_labels,), in 1/16 octaves; threshold:
    the highest novelty score that still counts as known. n_hidden or n_features may be 0.
    """

    hidden_means: np.ndarray
    projection: np.ndarray
    feature_centers: np.ndarray
    class_offsets: np.ndarray
    threshold: float = np.inf

    __repr__ = short_repr

    @classmethod
    def fit(
        cls, x: np.ndarray, hidden: np.ndarray, targets: np.ndarray, n_labels: int
    ) -> NoveltyDetector:
        """Fit to normalised inputs (n, n_features) and hidden values (n, n_hidden) of the training
        recordings with the labels ``targets`` (n,). The class offsets stay 0.
        """
        means = _means(hidden, targets, n_labels)
        residual = hidden - means[targets]
        covariance = residual.T @ residual / len(hidden)
        n_hidden = hidden.shape[1]
        average = max(float(np.trace(covariance)) / max(n_hidden, 1), 1e-3)
        covariance = 0.7 * covariance + 0.3 * average * np.eye(n_hidden)
        projection = np.linalg.cholesky(np.linalg.inv(covariance))
        return cls(means, projection, _means(x, targets, n_labels), np.zeros(n_labels))

    def distance(self, x: np.ndarray, hidden: np.ndarray, best: np.ndarray) -> np.ndarray:
        """The sum of both log distances to a class mean, in 1/16 octaves: (n,).

        x: (n, n_features); hidden: (n, n_hidden); best: (n,), the class.
        """
        projected = (hidden - self.hidden_means[best]) @ self.projection / PROJECTION_STEP
        residual = (x[:, : self.feature_centers.shape[1]] - self.feature_centers[best]) / INPUT_STEP
        return _log((projected**2).sum(axis=1)) + _log((residual**2).sum(axis=1))

    def confidence(
        self, x: np.ndarray, hidden: np.ndarray, scores: np.ndarray, best: np.ndarray
    ) -> np.ndarray:
        """How far the movement stays below the threshold: 0 or more is known. (n,)"""
        margin = scores[np.arange(len(best)), best] - scores[:, -1]
        bonus = MARGIN_WEIGHT * np.clip(margin, -MARGIN_LIMIT, MARGIN_LIMIT)
        return self.threshold + self.class_offsets[best] + bonus - self.distance(x, hidden, best)

    def with_class_offsets(
        self, x: np.ndarray, hidden: np.ndarray, targets: np.ndarray
    ) -> NoveltyDetector:
        """The same detector with class offsets: the mean distance of each class's own rows, with
        augmented samples, minus the mean over all classes.
        """
        own = _means(self.distance(x, hidden, targets)[:, None], targets, len(self.class_offsets))
        return replace(self, class_offsets=own[:, 0] - own.mean())


def _means(values: np.ndarray, targets: np.ndarray, n_labels: int) -> np.ndarray:
    return np.stack([values[targets == c].mean(axis=0) for c in range(n_labels)])


def _log(value: np.ndarray) -> np.ndarray:
    """The counterpart of ``log_scale`` in real numbers."""
    return 16.0 * np.log2(value + 16.0) - 64.0


@form
@dataclass(frozen=True, eq=False)
class FloatModel(FittedModel):
    """Normaliser, network and novelty detector; groups: of features, none for raw windows."""

    FORM = "network"
    SHAPES: ClassVar = {
        "mean": ("inputs",),
        "scale": ("inputs",),
        "parameters": ("parameters",),
        "gate_means": ("labels", "hidden outputs"),
        "gate_projection": ("hidden outputs", "hidden outputs"),
        "gate_centers": ("labels", "compared inputs"),
        "gate_class_offsets": ("labels",),
    }

    groups: tuple[str, ...]
    normaliser: Normaliser
    network: Network
    gate: NoveltyDetector

    __repr__ = short_repr

    def classify(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """rows: (n, n_inputs) integers -> scores (logits) (n, n_labels + 1), the last that of
        "other"; best (n,), the top-1 label; confidence (n,), 0 or more is known.
        """
        x = self.normaliser.apply(rows)
        scores, hidden = self.network.evaluate(x)
        best = scores[:, :-1].argmax(axis=1)
        if len(self.network.trainable_layers) == 1:
            hidden = hidden[:, :0]
        return scores, best, self.gate.confidence(x, hidden, scores, best)

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> (n, n_hidden); with no hidden layer (n, 0)."""
        return last_hidden(self.network, x)

    def with_threshold(self, threshold: int) -> FloatModel:
        """The same model with another threshold of "unknown"."""
        return replace(self, gate=replace(self.gate, threshold=float(threshold)))

    def with_shift(self, shift: np.ndarray) -> FloatModel:
        """The same with ``shift``, (n_labels,), added to the class offsets."""
        return replace(self, gate=replace(self.gate, class_offsets=self.gate.class_offsets + shift))

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return self.network.n_inputs

    @property
    def n_parameters(self) -> int:
        """The number of weights and biases."""
        return self.network.parameters.size

    @property
    def in_words(self) -> str:
        """Its architecture."""
        return f"the architecture `{self.network.architecture}`"

    def scaled(self, rows: np.ndarray) -> np.ndarray:
        """The rows as the normaliser scales them."""
        return self.normaliser.apply(rows)

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Normaliser, the network's parameters, and the novelty detector."""
        facts = {
            "arch": self.network.architecture,
            "inputs": self.network.n_inputs,
            "gate_threshold": self.gate.threshold,
        }
        return facts, {
            "mean": self.normaliser.mean,
            "scale": self.normaliser.scale,
            "parameters": self.network.parameters,
            "gate_means": self.gate.hidden_means,
            "gate_projection": self.gate.projection,
            "gate_centers": self.gate.feature_centers,
            "gate_class_offsets": self.gate.class_offsets,
        }

    @classmethod
    def of_parts(
        cls,
        facts: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        groups: tuple[str, ...],
        n_labels: int,
    ) -> FloatModel:
        """As above."""
        inputs, threshold = facts["inputs"], facts["gate_threshold"]
        if inputs != len(arrays["mean"]) or type(inputs) is not int:
            raise ValueError(f"{inputs!r} inputs instead of {len(arrays['mean'])}")
        if type(threshold) not in (int, float):
            raise ValueError(f"gate_threshold is {threshold!r}")
        network = Network(facts["arch"], inputs, n_labels + 1, np.random.default_rng(0))
        if network.parameters.shape != arrays["parameters"].shape:
            raise ValueError(f"{arrays['parameters'].size} parameters of {network.parameters.size}")
        network.parameters[:] = arrays["parameters"]
        n_hidden = last_hidden(network, np.zeros((1, inputs))).shape[1]
        if n_hidden != arrays["gate_means"].shape[1] or arrays["gate_centers"].shape[1] > inputs:
            raise ValueError("a gate that does not fit the network")
        gate = NoveltyDetector(
            arrays["gate_means"],
            arrays["gate_projection"],
            arrays["gate_centers"],
            arrays["gate_class_offsets"],
            float(threshold),
        )
        return cls(groups, Normaliser(arrays["mean"], arrays["scale"]), network, gate)


def last_hidden(network: Network, x: np.ndarray) -> np.ndarray:
    """The output of the last hidden layer: (n, n_hidden), or (n, 0) without one."""
    return network.evaluate(x)[1] if len(network.trainable_layers) > 1 else x[:, :0]
