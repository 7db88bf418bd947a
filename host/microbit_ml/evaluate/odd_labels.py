"""Suspected label errors: recordings whose label differs from that of all their neighbours.

A recording is a point with one coordinate for each feature. Those of one gesture lie close
together, so the nearest neighbours of a recording mostly have its label. If all neighbours share
one other label, and the recording is much further from its own, it may be in the wrong folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.evaluate.classical import squared_distances

NEIGHBOURS = 5  # all of them share one other label
OWN = 3  # nearest recordings of its own label, which measure the distance to it
FURTHER = 1.4  # times; see below
BLOCK = 500  # rows of the distance matrix at a time: saves memory

# FURTHER was measured on nine sets of real recordings, 4,727 in all. With 1.0, thirty unchanged
# recordings are flagged (false alarms), with 1.4 five, and with 1.6 five as well. When one in fifty
# gets a wrong label on purpose, 71, 66 and 60 of 100 of these are flagged:
# python tests/benchmarks/problems.py


@dataclass(frozen=True)
class OddLabel:
    """A recording, by its number, and the label of its neighbours."""

    number: int
    neighbours_label: str


def odd_labels(rows: np.ndarray, labels: Sequence[str]) -> list[OddLabel]:
    """The recordings whose NEIGHBOURS nearest ones all share one other label.

    rows: float (n, n_features), one for each recording, standardized
    (``principal_components.standardized``); labels: (n,). In addition, the OWN nearest of its own
    label must be FURTHER times as far away as the OWN nearest of the other one. Recordings of a
    label with too few others, and recordings without a label, are skipped.
    """
    rows = np.asarray(rows, dtype=np.float64)
    names, targets = np.unique(np.asarray(labels, dtype=object).astype(str), return_inverse=True)
    counts = np.bincount(targets)
    if len(rows) <= NEIGHBOURS:
        return []
    odd = []
    for start in range(0, len(rows), BLOCK):
        distances = squared_distances(rows[start : start + BLOCK], rows)
        here = np.arange(len(distances))
        distances[here, start + here] = np.inf
        near = np.argsort(distances, axis=1, kind="stable")[:, :NEIGHBOURS]
        others = targets[near]
        own = targets[start + here]
        agree = (others == others[:, :1]).all(axis=1) & (others[:, 0] != own)
        for i in np.flatnonzero(agree):
            other = int(others[i, 0])
            if not names[own[i]] or not names[other] or counts[own[i]] <= OWN:
                continue
            to_own = _mean_distance(distances[i], targets == own[i])
            if to_own > FURTHER * _mean_distance(distances[i], targets == other):
                odd.append(OddLabel(start + int(i), str(names[other])))
    return odd


def _mean_distance(squared: np.ndarray, which: np.ndarray) -> float:
    """The mean distance to the OWN nearest of some recordings."""
    return float(np.sqrt(np.sort(squared[which])[:OWN]).mean())
