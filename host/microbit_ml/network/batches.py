"""Mini-batches: the few rows from which each training step estimates the gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class BalancedBatches:
    """Draws rows at random: first a class, then one of its rows (class-balanced sampling).

    So a class with few recordings counts as much as one with many.

    x: (n, n_inputs) rows, or (models, n, n_inputs) where each of several networks scales them
    itself; targets: (n,) classes 0..n_classes-1; allowed: bool (models, n), the training set of
    each network (default: one network, all rows); weights: (n_classes,), how often a class is
    drawn, relative to the others (default: all the same).
    Raises ValueError unless every network has a row of every class.
    """

    def __init__(
        self,
        x: np.ndarray,
        targets: np.ndarray,
        batch_size: int,
        rng: np.random.Generator,
        *,
        allowed: np.ndarray | None = None,
        weights: Sequence[float] | None = None,
    ):
        self._x, self._rng = x.reshape(-1, x.shape[-1]), rng
        mask = np.ones((1, len(targets)), dtype=bool) if allowed is None else allowed
        self._shape = (batch_size,) if allowed is None else (len(allowed), batch_size)
        classes = np.arange(targets.max() + 1)
        counts = np.stack([(mask & (targets == c)).sum(axis=1) for c in classes], axis=1)
        if (counts == 0).any():
            raise ValueError("The training set of a network has no row of some class.")
        # Each network's list of rows, class after class; rows it must not see are at the end.
        rows = np.argsort(np.where(mask, targets, len(classes)), axis=1, kind="stable")
        starts = np.cumsum(counts, axis=1) - counts
        network = np.arange(len(mask))[:, np.newaxis]
        if x.ndim == 3:  # each network has its own table in x
            rows += network * len(targets)
        # All lists one after the other, in groups: the rows of one class that one network may see.
        self._rows, self._counts = rows.ravel(), counts.ravel()
        self._starts = (starts + network * len(targets)).ravel()
        self._first_group = 0 if allowed is None else network * len(classes)
        chance = np.ones(len(classes)) if weights is None else np.asarray(weights, dtype=float)
        self._up_to = np.cumsum(chance / chance.sum())[:-1]

    def draw(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (batch, n_inputs) and classes (batch,); for several networks (models, ...)."""
        # a.take(indices) is the same as a[indices], but faster
        classes = self._up_to.searchsorted(self._rng.random(self._shape), side="right")
        groups = classes + self._first_group
        picks = self._rng.random(self._shape) * self._counts.take(groups)
        rows = self._rows.take(self._starts.take(groups) + picks.astype(np.intp))
        return self._x.take(rows, axis=0), classes
