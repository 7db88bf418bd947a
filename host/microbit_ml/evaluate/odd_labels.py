"""Suspected label errors: recordings whose label differs from that of all their neighbours.

A recording is a point with one coordinate for each feature. Those of one gesture lie close
together, so the nearest neighbours of a recording mostly have its label. If all neighbours share
one other label, and the recording is much further from its own, it may be in the wrong folder.

Of more than MOST_REFERENCES recordings, the neighbours are searched only among that many: a random
choice, the same every time, with about as many of each label. So the work grows with the number of
recordings and not with its square.
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
MOST_REFERENCES = 4000

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
    if len(rows) <= NEIGHBOURS:
        return []
    references = _references(targets)
    reference_rows, reference_targets = rows[references], targets[references]
    column = np.full(len(rows), -1)  # of each recording among the references
    column[references] = np.arange(len(references))
    counts = np.bincount(reference_targets, minlength=len(names))
    odd = []
    for start in range(0, len(rows), BLOCK):
        distances = squared_distances(rows[start : start + BLOCK], reference_rows)
        itself = column[start : start + BLOCK]
        is_reference = np.flatnonzero(itself >= 0)
        distances[is_reference, itself[is_reference]] = np.inf
        others = reference_targets[_nearest(distances)]
        own = targets[start : start + BLOCK]
        agree = (others == others[:, :1]).all(axis=1) & (others[:, 0] != own)
        for i in np.flatnonzero(agree):
            other = int(others[i, 0])
            if not names[own[i]] or not names[other] or counts[own[i]] <= OWN:
                continue
            to_own = _mean_distance(distances[i], reference_targets == own[i])
            to_other = _mean_distance(distances[i], reference_targets == other)
            if to_own > FURTHER * to_other:
                odd.append(OddLabel(start + int(i), str(names[other])))
    return odd


def _references(targets: np.ndarray) -> np.ndarray:
    """The recordings that neighbours are searched among, sorted: all, or MOST_REFERENCES of them.

    Labels take turns: first one recording of each, then another of each.
    """
    if len(targets) <= MOST_REFERENCES:
        return np.arange(len(targets))
    shuffled = np.random.default_rng(0).permutation(len(targets))
    by_label = shuffled[np.argsort(targets[shuffled], kind="stable")]
    counts = np.bincount(targets)
    turn = np.arange(len(targets)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(by_label[np.argsort(turn, kind="stable")[:MOST_REFERENCES]])


def _nearest(distances: np.ndarray) -> np.ndarray:
    """The NEIGHBOURS nearest of each row, the first of equally near ones: (n, NEIGHBOURS)."""
    near = np.argpartition(distances, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
    furthest = np.take_along_axis(distances, near, axis=1).max(axis=1)
    is_tied = (distances <= furthest[:, None]).sum(axis=1) > NEIGHBOURS
    near[is_tied] = np.argsort(distances[is_tied], axis=1, kind="stable")[:, :NEIGHBOURS]
    return near


def _mean_distance(squared: np.ndarray, which: np.ndarray) -> float:
    """The mean distance to the OWN nearest of some recordings."""
    return float(np.sqrt(np.sort(squared[which])[:OWN]).mean())
