"""Recordings whose label disagrees with all that lie near them: perhaps in the wrong folder.

A recording is a point with one coordinate for each feature. Those of one gesture lie close
together, so that the nearest neighbours of a recording mostly have its label. Where all neighbours
have one other label, and the recording is much further from its own, a person should look at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.evaluate.classical import squared_distances

NEIGHBOURS = 5  # all of which have one other label
OWN = 3  # recordings of its own label to measure how far that is
FURTHER = 1.4  # times; see below
BLOCK = 500  # rows of the table of distances at a time: its memory stays small

# FURTHER was measured on nine sets of real recordings, 4,727 in all: with 1.0 thirty recordings are
# named that nobody had moved to another label, with 1.4 five, and with 1.6 five as well. Of one in
# fifty that was given a wrong label on purpose 71, 66 and 60 of 100 were named:
# python tests/benchmarks/problems.py


@dataclass(frozen=True)
class OddLabel:
    """A recording, by its number, and the label that its neighbours have."""

    number: int
    seems: str


def odd_labels(rows: np.ndarray, labels: Sequence[str]) -> list[OddLabel]:
    """The recordings whose NEIGHBOURS nearest ones all have one other label.

    rows: float (n, n_features), one for each recording, all features of one size
    (``principal_components.standardized``); labels: (n,). Besides, the OWN nearest of its own label
    must be FURTHER times as far as the OWN nearest of the other one. A label with too few other
    recordings to be near is not judged, and neither is a recording without a label.
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
            seems = int(others[i, 0])
            if not names[own[i]] or not names[seems] or counts[own[i]] <= OWN:
                continue
            if _far(distances[i], targets == own[i]) > FURTHER * _far(
                distances[i], targets == seems
            ):
                odd.append(OddLabel(start + int(i), str(names[seems])))
    return odd


def _far(squared: np.ndarray, which: np.ndarray) -> float:
    """The mean distance of the OWN nearest of some recordings."""
    return float(np.sqrt(np.sort(squared[which])[:OWN]).mean())
