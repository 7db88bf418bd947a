"""The gate in integers: how strange a movement is, and whether that is still known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.arithmetic.fixed_point import requantize
from microbit_ml.features import log_scale

PROJECTION_LIMIT = 1023  # 255 squares of that stay below 2**28
OPEN = 30_000
"""A reach that no distance exceeds: nothing is unknown."""


@dataclass(frozen=True, eq=False)
class IntegerGate:
    """Knows how far a movement is from those it learned.

    reach: int16 (n_labels,), how far in 1/16 octaves each label reaches; hidden_means: uint8
    (n_labels, n_hidden); weights: int8 (n_hidden, n_hidden), upper triangular: row o makes one
    projected number of the hidden values o, o + 1, ...; multiplier, shift: (n_hidden,);
    feature_centers: int8 (n_labels, n_features); margin_limit and margin_factor: the score's part.
    n_hidden or n_features may be 0. Its float counterpart explains it: ``FloatGate``.
    """

    reach: np.ndarray
    hidden_means: np.ndarray
    weights: np.ndarray
    multiplier: np.ndarray
    shift: np.ndarray
    feature_centers: np.ndarray
    margin_limit: int
    margin_factor: int

    def distance(self, x: np.ndarray, hidden: np.ndarray, best: np.ndarray) -> np.ndarray:
        """The logarithms of both squared distances to the middle of a label, added up: int64 (n,).

        x: (n, n_inputs), scaled; hidden: (n, n_hidden); best: (n,), the label.
        """
        n_hidden, n_features = self.hidden_means.shape[1], self.feature_centers.shape[1]
        apart = hidden[:, :n_hidden] - self.hidden_means[best].astype(np.int64)
        projected = requantize(
            apart @ self.weights.astype(np.int64).T,
            self.multiplier,
            self.shift,
            -PROJECTION_LIMIT,
            PROJECTION_LIMIT,
        )
        features = x[:, :n_features] - self.feature_centers[best].astype(np.int64)
        return log_scale((projected**2).sum(axis=1)) + log_scale((features**2).sum(axis=1))

    def confidence(
        self, x: np.ndarray, hidden: np.ndarray, scores: np.ndarray, best: np.ndarray
    ) -> np.ndarray:
        """How far a movement stays within its label's reach; 0 or more is known. int64 (n,)

        scores: (n, n_labels + 1), the last that of "other"; the rest as for :meth:`distance`.
        """
        margin = scores[np.arange(len(best)), best] - scores[:, -1]
        margin = np.clip(margin, -self.margin_limit, self.margin_limit)
        made_good = (margin * self.margin_factor) >> 7
        return self.reach[best] - self.distance(x, hidden, best) + made_good

    def reaching(self, limit: int) -> IntegerGate:
        """The same gate with this much added to every label's reach."""
        return replace(self, reach=np.clip(self.reach + limit, -OPEN, OPEN))
