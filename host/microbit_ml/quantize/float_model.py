"""The float model: what training makes, before it becomes integers.

The same stages as the integer network, in real numbers: normalise the features, run the network,
measure the distance to what was learned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.features import FEATURES
from microbit_ml.features.definitions import COUNTS
from microbit_ml.network import Network

PROJECTION_STEP = 1 / 16  # what one step of the integer distance is worth, in spreads

# Added to each standard deviation, in the unit of the feature: a feature that hardly varies in
# training must not shout when it varies a little more later.
SPREAD_FLOOR = np.array([50.0 if feature.unit == COUNTS else 3.0 for feature in FEATURES])


@dataclass(frozen=True, eq=False)
class Normaliser:
    """``(F - mean) / spread`` for each feature: means near 0 and spreads near 1.

    mean, spread: float (n_features,), of the training rows only.
    """

    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray) -> Normaliser:
        """From the features of the training recordings, (n, n_features)."""
        return cls(features.mean(axis=0), features.std(axis=0) + SPREAD_FLOOR)

    def apply(self, features: np.ndarray) -> np.ndarray:
        """(n, n_features) counts and octaves -> (n, n_features) without unit."""
        return (features - self.mean) / self.spread


@dataclass(frozen=True, eq=False)
class FloatGate:
    """The squared Mahalanobis distance from the last hidden layer to the middle of a label.

    With S the covariance of the hidden values around their label's mean (Ledoit and Wolf's idea:
    shrunk toward a round one, since there are few recordings) and P P^T = S^-1, the distance is
    ``|h P - m P|^2``: an ellipse around each label becomes a circle. limit: the largest distance
    that is still known.
    """

    projection: np.ndarray  # (n_hidden, n_hidden)
    centers: np.ndarray  # (n_labels, n_hidden), already projected
    limit: float = np.inf

    @classmethod
    def fit(cls, hidden: np.ndarray, targets: np.ndarray, n_labels: int) -> FloatGate:
        """hidden: (n, n_hidden) of the training recordings; targets: (n,)."""
        means = np.stack([hidden[targets == c].mean(axis=0) for c in range(n_labels)])
        residual = hidden - means[targets]
        covariance = residual.T @ residual / len(hidden)
        n_hidden = hidden.shape[1]
        average = max(float(np.trace(covariance)) / n_hidden, 1e-3)
        covariance = 0.7 * covariance + 0.3 * average * np.eye(n_hidden)
        projection = np.linalg.cholesky(np.linalg.inv(covariance))
        return cls(projection, means @ projection)

    def distance(self, hidden: np.ndarray, best: np.ndarray) -> np.ndarray:
        """Squared distance of each row to the middle of its best label. (n, n_hidden), (n,)."""
        difference = hidden @ self.projection - self.centers[best]
        return (difference * difference).sum(axis=1)


@dataclass(frozen=True, eq=False)
class FloatModel:
    """Normaliser, network and gate."""

    normaliser: Normaliser
    network: Network
    gate: FloatGate

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(n, n_features) -> (n, n_labels), before softmax."""
        return self.network.forward(self.normaliser.apply(features))

    def distance(self, features: np.ndarray, best: np.ndarray) -> np.ndarray:
        """Squared distance to the middle of the best label. (n, n_features), (n,) -> (n,)."""
        return self.gate.distance(self.network.hidden(self.normaliser.apply(features)), best)

    def with_limit(self, limit: int) -> FloatModel:
        """The same model with the distance where the integers' logarithm passes ``limit``."""
        return replace(self, gate=replace(self.gate, limit=distance_at(limit)))


def distance_at(limit: int) -> float:
    """The squared distance from which ``log_scale`` of its integer exceeds ``limit``.

    log_scale(v) <= 16 k + m, with m = 0..15, means v + 16 < (17 + m) 2^k.
    """
    return ((17 + limit % 16) * 2.0 ** (limit // 16) - 16) * PROJECTION_STEP**2
