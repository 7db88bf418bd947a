"""The float model: what training makes, before it becomes integers.

The same stages as the integer network, in real numbers: normalise what the network is given, run
the network, and measure how strange the movement is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microbit_ml.arithmetic.fixed_point import multiplier_codes, multipliers_of
from microbit_ml.features import compute_features, features_of
from microbit_ml.features.definitions import COUNTS
from microbit_ml.network import Network
from microbit_ml.quantize.fitted import FittedModel, form

INPUT_STEP = 1 / 20  # of a normalised input: 127 steps reach 6.35 spreads
PROJECTION_STEP = 1 / 16  # what one step of the integer distance is worth, in spreads
RAW_SCALE = 320.0  # counts: a raw window is divided by it, so that one step is 16 counts

# Added to the spread, in the unit of the feature.
_FLOOR = {"rhythm": 6.0, "turn": 8.0}
_FLOOR_COUNTS, _FLOOR_LOG = 50.0, 3.0
# How loud the features are heard that tell when in the window something happens. A gesture hardly
# ever starts at the same moment twice, so they are mostly noise; but left-then-right and
# right-then-left are alike in everything else. Training tries both.
TIMING_WEIGHTS = {
    "low": {"order": 0.3, "effort": 0.3, "turn": 0.4},
    "high": {"order": 4.5, "effort": 1.5, "turn": 1.5},
}

MARGIN_LIMIT = 6.0  # how far a score may stand above "other" and still count, before softmax
MARGIN_WEIGHT = 4.6  # 1/16 octaves of distance that one step of a score makes good


def input_rows(windows: np.ndarray, groups: tuple[str, ...]) -> np.ndarray:
    """What the network is given: features, or with no groups the counts themselves.

    windows: int (n, window, 3) -> int64 (n, n_features) or (n, 3 * window), ``x y z x y z ...``.
    """
    if groups:
        return compute_features(windows, groups)
    n, window, axes = windows.shape
    return windows.reshape(n, window * axes).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Normaliser:
    """``(F - mean) / spread`` for each input: means near 0, spreads near 1.

    mean: whole numbers, float (n_inputs,); spread: float (n_inputs,), only such as the board can
    divide by exactly, with a multiplier and a shift.
    """

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(
        cls,
        rows: np.ndarray,
        targets: np.ndarray,
        groups: tuple[str, ...],
        timing: str = "low",
    ) -> Normaliser:
        """For features of recordings, their altered copies and other movements.

        rows: (n, n_features); targets: (n,), the greatest that of other movements; timing: a name
        of ``TIMING_WEIGHTS``.
        """
        weight = [TIMING_WEIGHTS[timing].get(f.group, 1.0) for f in features_of(groups)]
        scale = within_class_scale(rows, targets, groups) / np.array(weight)
        return cls(np.floor(rows.mean(axis=0) + 0.5), exact_scale(scale))

    @classmethod
    def raw(cls, n_inputs: int) -> Normaliser:
        """For a raw window: gravity is 3.2 long."""
        return cls(np.zeros(n_inputs), np.full(n_inputs, RAW_SCALE))

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """(n, n_inputs) integers -> (n, n_inputs) without unit."""
        return (rows - self.mean) / self.scale


def within_class_scale(
    rows: np.ndarray, targets: np.ndarray, groups: tuple[str, ...]
) -> np.ndarray:
    """What a gesture varies by when it is the same gesture, for each feature: (n_features,).

    Twice the standard deviation around the mean of the own label, and a floor: a feature that
    hardly varies in training must not shout when it varies a little more later.
    """
    within = np.sqrt((within_class_residuals(rows, targets) ** 2).mean(axis=0))
    floor = [
        _FLOOR.get(f.group, _FLOOR_COUNTS if f.unit == COUNTS else _FLOOR_LOG)
        for f in features_of(groups)
    ]
    return 2.0 * within + 1.6 * np.array(floor)


def within_class_residuals(rows: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The rows of gestures, each less the mean of its label; the greatest target is no gesture."""
    parts = [rows[targets == c] for c in range(targets.max())]
    return np.concatenate([part - part.mean(axis=0) for part in parts])


def exact_scale(scale: np.ndarray) -> np.ndarray:
    """The nearest spreads that a multiplier and a shift of the board stand for exactly."""
    codes, shift = multiplier_codes(1.0 / (scale * INPUT_STEP))
    return 2.0**shift / (multipliers_of(codes) * INPUT_STEP)


@dataclass(frozen=True, eq=False)
class NoveltyDetector:
    """How strange a movement is to a model: its distance from what the label looked like.

    Two squared distances are taken from the middle of the best label: one between the normalised
    features, and one between the outputs of the last hidden layer, there in spreads: with S the
    covariance of the hidden values around their label's mean (shrunk toward a round one, as Ledoit
    and Wolf do, since there are few recordings) and P P^T = S^-1, the distance ``|(h - m) P|^2``
    makes a circle of the ellipse around each label (Mahalanobis 1936). Their logarithms are added
    up; a score far above that of "other" makes good some of it; and each label is measured by its
    own class_offsets, for some gestures vary more than others.

    hidden_means: (n_labels, n_hidden); projection: (n_hidden, n_hidden), lower triangular;
    feature_centers: (n_labels, n_features); class_offsets: (n_labels,), in 1/16 octaves; limit: the
    greatest strangeness that is still known. n_hidden or n_features may be 0.
    """

    hidden_means: np.ndarray
    projection: np.ndarray
    feature_centers: np.ndarray
    class_offsets: np.ndarray
    threshold: float = np.inf

    @classmethod
    def fit(
        cls, x: np.ndarray, hidden: np.ndarray, targets: np.ndarray, n_labels: int
    ) -> NoveltyDetector:
        """From the normalised inputs (n, n_features) and hidden values (n, n_hidden) of the
        training recordings, whose labels are targets (n,). The class_offsets is not set yet.
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
        """Logarithm of both distances to the middle of a label, in 1/16 octaves: (n,).

        x: (n, n_features); hidden: (n, n_hidden); best: (n,), the label.
        """
        projected = (hidden - self.hidden_means[best]) @ self.projection / PROJECTION_STEP
        apart = (x[:, : self.feature_centers.shape[1]] - self.feature_centers[best]) / INPUT_STEP
        return _log((projected**2).sum(axis=1)) + _log((apart**2).sum(axis=1))

    def confidence(
        self, x: np.ndarray, hidden: np.ndarray, scores: np.ndarray, best: np.ndarray
    ) -> np.ndarray:
        """How far the movement stays below the limit: 0 or more is known. (n,)"""
        margin = scores[np.arange(len(best)), best] - scores[:, -1]
        made_good = MARGIN_WEIGHT * np.clip(margin, -MARGIN_LIMIT, MARGIN_LIMIT)
        return (
            self.threshold + self.class_offsets[best] + made_good - self.distance(x, hidden, best)
        )

    def with_class_offsets(
        self, x: np.ndarray, hidden: np.ndarray, targets: np.ndarray
    ) -> NoveltyDetector:
        """The same gate, with each label's class_offsets: the mean distance of its own rows (and of
        altered copies of them), less that of all labels.
        """
        own = _means(self.distance(x, hidden, targets)[:, None], targets, len(self.class_offsets))
        return replace(self, class_offsets=own[:, 0] - own.mean())


def _means(values: np.ndarray, targets: np.ndarray, n_labels: int) -> np.ndarray:
    return np.stack([values[targets == c].mean(axis=0) for c in range(n_labels)])


def _log(value: np.ndarray) -> np.ndarray:
    """What ``log_scale`` is to integers."""
    return 16.0 * np.log2(value + 16.0) - 64.0


@form
@dataclass(frozen=True, eq=False)
class FloatModel(FittedModel):
    """Normaliser, network and gate; groups: the features that the network is given, or none."""

    FORM = "network"

    groups: tuple[str, ...]
    normaliser: Normaliser
    network: Network
    gate: NoveltyDetector

    def classify(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """rows: (n, n_inputs) integers -> scores (n, n_labels + 1), the last that of "other";
        best (n,) the label with the highest score; confidence (n,), 0 or more is known.
        """
        x = self.normaliser.apply(rows)
        scores = self.network.forward(x)
        best = scores[:, :-1].argmax(axis=1)
        return scores, best, self.gate.confidence(x, self.hidden(x), scores, best)

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> (n, n_hidden); with no hidden layer (n, 0)."""
        return last_hidden(self.network, x)

    def with_threshold(self, threshold: int) -> FloatModel:
        """The same model with another threshold of "unknown"."""
        return replace(self, gate=replace(self.gate, threshold=float(threshold)))

    def with_shift(self, shift: np.ndarray) -> FloatModel:
        """The same with other class_offsets: (n_labels,) is added to them."""
        return replace(self, gate=replace(self.gate, class_offsets=self.gate.class_offsets + shift))

    @property
    def n_inputs(self) -> int:
        """How many numbers it is given."""
        return self.network.n_inputs

    @property
    def n_parameters(self) -> int:
        """Weights and biases."""
        return self.network.parameters.size

    @property
    def in_words(self) -> str:
        """Its architecture."""
        return f"the layers `{self.network.architecture}`"

    def scaled(self, rows: np.ndarray) -> np.ndarray:
        """As the normaliser scales them."""
        return self.normaliser.apply(rows)

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Normaliser, the network's parameters, and the gate."""
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
        network = Network(facts["arch"], facts["inputs"], n_labels + 1, np.random.default_rng(0))
        network.parameters[:] = arrays["parameters"]
        gate = NoveltyDetector(
            arrays["gate_means"],
            arrays["gate_projection"],
            arrays["gate_centers"],
            arrays["gate_class_offsets"],
            facts["gate_threshold"],
        )
        return cls(groups, Normaliser(arrays["mean"], arrays["scale"]), network, gate)


def last_hidden(network: Network, x: np.ndarray) -> np.ndarray:
    """What goes into the scores: (n, n_hidden), or (n, 0) when that is the input itself."""
    return network.hidden(x) if len(network.trainable_layers) > 1 else x[:, :0]
