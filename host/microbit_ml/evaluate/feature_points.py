"""Recordings as points, one coordinate for each feature: the same points wherever they are shown.

The page of ``show`` and the report draw them on a map and take the typical recordings from them.
They agree, because both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.evaluate.classical import squared_distances
from microbit_ml.evaluate.principal_components import standardized
from microbit_ml.evaluate.problems import windows_of
from microbit_ml.features import N_FEATURES, compute_features
from microbit_ml.recordings import Dataset, Recording

MOST_COMPARED = 1000  # recordings of a label that each is compared with, to find the typical one


@dataclass(frozen=True, eq=False)
class FeaturePoints:
    """The recordings of a data set that have a window, and their features.

    recordings: n of them, in the data set's order; windows: int (n, 50, 3) at 50 Hz; rows: float
    (n, n_features), each feature with mean 0 and standard deviation 1 over all of them.
    """

    recordings: list[Recording]
    windows: np.ndarray
    rows: np.ndarray

    __repr__ = short_repr

    @classmethod
    def of(cls, data: Dataset) -> FeaturePoints:
        """Compute the features; a recording without a window is left out."""
        recordings, windows = windows_of(data)
        if not recordings:
            return cls([], windows, np.zeros((0, N_FEATURES)))
        return cls(recordings, windows, standardized(compute_features(windows)))

    def of_label(self, label: str) -> np.ndarray:
        """The numbers of the label's recordings: int (n,)."""
        return np.flatnonzero([one.label == label for one in self.recordings])

    def typical(self, label: str) -> int:
        """The number of the label's most typical recording. It must have one."""
        own = self.of_label(label)
        return int(own[most_typical(self.rows[own])])


def most_typical(rows: np.ndarray) -> int:
    """The row with the smallest sum of distances to all, or to MOST_COMPARED of them."""
    others = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_COMPARED)).astype(int)]
    sums = [
        np.sqrt(squared_distances(rows[start : start + MOST_COMPARED], others)).sum(axis=1)
        for start in range(0, len(rows), MOST_COMPARED)
    ]
    return int(np.concatenate(sums).argmin())
