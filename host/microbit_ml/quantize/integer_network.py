"""The integer network: the NumPy twin that predicts exactly what the board predicts.

Counts -> 24 features -> scale -> dense layers -> scores, and beside them the gate that decides
between a known gesture and "unknown". Everything is an integer; ``ARITHMETIC.md`` beside this file
specifies each step, ``device_file.py`` writes it for the board.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.features import compute_features, log_scale
from microbit_ml.quantize.fixed_point import requantize

ACTIVATION_LIMIT = 127  # scaled features: int8, symmetric
HIDDEN_LIMIT = 255  # after ReLU: uint8
SCORE_LIMIT = 32767
PROJECTION_LIMIT = 1023  # two projections differ by at most 2046: 255 squares of that fit 30 bits


@dataclass(frozen=True, eq=False)
class Scale:
    """Brings each feature to int8: ``clamp(((F - center) * multiplier + half) >> shift)``.

    center: int16 (n_features,); multiplier: 0..32767 (n_features,); shift: one for all.
    """

    center: np.ndarray
    multiplier: np.ndarray
    shift: int

    def apply(self, features: np.ndarray) -> np.ndarray:
        """(n, n_features) -> int64 (n, n_features), -127..127."""
        return requantize(
            features - self.center,
            self.multiplier,
            np.int64(self.shift),
            -ACTIVATION_LIMIT,
            ACTIVATION_LIMIT,
        )


@dataclass(frozen=True, eq=False)
class IntegerDense:
    """A dense layer in integers: ``requantize(sum(w * x) + bias)``, kept within low .. high.

    weights: int8 (n_outputs, n_inputs), one scale for each row (output channel); bias: int32
    (n_outputs,); multiplier and shift: (n_outputs,). low = 0 makes it a ReLU at no cost.
    """

    weights: np.ndarray
    bias: np.ndarray
    multiplier: np.ndarray
    shift: np.ndarray
    low: int
    high: int

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, n_outputs)."""
        accumulator = x @ self.weights.astype(np.int64).T + self.bias
        return requantize(accumulator, self.multiplier, self.shift, self.low, self.high)


@dataclass(frozen=True, eq=False)
class IntegerGate:
    """Knows how far a movement is from those it learned, in integers.

    projection: a dense layer from the last hidden layer (or the scaled features where there is
    none) into a space where the recordings of each label lie in a round cloud; centers: int16
    (n_labels, n_projected), the middle of each cloud; limit: the logarithm of the largest squared
    distance that still counts as known.
    """

    projection: IntegerDense
    centers: np.ndarray
    limit: int

    def log_distance(self, hidden: np.ndarray, best: np.ndarray) -> np.ndarray:
        """``log_scale`` of the squared distance to the middle of a label.

        hidden: (n, n_hidden); best: (n,) the label that each row is compared with -> int64 (n,).
        """
        difference = self.projection.apply(hidden) - self.centers[best]
        return log_scale((difference * difference).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Decisions:
    """What the integer network says of n windows; all integers.

    features (n, n_features); scores (n, n_labels); confidence (n,); best (n,) the label with the
    highest score, the first of equals; label (n,) the same, or -1 for unknown.
    """

    features: np.ndarray
    scores: np.ndarray
    confidence: np.ndarray
    best: np.ndarray
    label: np.ndarray


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """All that the board needs to turn a window into a decision."""

    scale: Scale
    layers: list[IntegerDense]
    gate: IntegerGate

    def classify(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """features: (n, n_features) -> scores (n, n_labels), best (n,), log distance to it (n,)."""
        hidden = self.scale.apply(features)
        for layer in self.layers[:-1]:
            hidden = layer.apply(hidden)
        scores = self.layers[-1].apply(hidden)
        best = scores.argmax(axis=1)
        return scores, best, self.gate.log_distance(hidden, best)

    def run(self, windows: np.ndarray) -> Decisions:
        """windows: int (n, window, 3) in counts -> the integers that the board computes.

        The confidence is how much nearer than the limit a movement lies: 0 or more is known, and
        16 more means half the squared distance.
        """
        features = compute_features(windows)
        scores, best, log_distance = self.classify(features)
        confidence = self.gate.limit - log_distance
        label = np.where(confidence >= 0, best, -1)
        return Decisions(features, scores, confidence, best, label)

    def with_limit(self, limit: int) -> IntegerNetwork:
        """The same network with another limit of "unknown"."""
        return replace(self, gate=replace(self.gate, limit=limit))
