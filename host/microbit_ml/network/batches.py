"""Batches: the few rows from which each step of training guesses which way is downhill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class BalancedBatches:
    """Draws rows at random, first a class, then one of its rows.

    So a class with few recordings counts as much as one with many.

    x: (n, n_inputs) rows, or (models, n, n_inputs) where each of several networks sees them in
    its own way; targets: (n,) classes 0..n_classes-1; allowed: bool (models, n), what each network
    may learn from (default: one network, all rows); weights: (n_classes,) how often a class is
    drawn beside the others (default: all alike).
    Every network needs a row of every class: else ValueError.
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
        self._x, self._targets, self._rng = x, targets, rng
        mask = np.ones((1, len(targets)), dtype=bool) if allowed is None else allowed
        self._shape = (batch_size,) if allowed is None else (len(allowed), batch_size)
        classes = np.arange(targets.max() + 1)
        self._counts = np.stack([(mask & (targets == c)).sum(axis=1) for c in classes], axis=1)
        if (self._counts == 0).any():
            raise ValueError("A network has no row of some class to learn from.")
        # Each network's rows, class after class; the rows that it may not see stand behind them.
        self._rows = np.argsort(np.where(mask, targets, len(classes)), axis=1, kind="stable")
        self._starts = np.cumsum(self._counts, axis=1) - self._counts
        chance = np.ones(len(classes)) if weights is None else np.asarray(weights, dtype=float)
        self._up_to = np.cumsum(chance / chance.sum())[:-1]

    def draw(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (batch, n_inputs) and classes (batch,); for several networks (models, ...)."""
        classes = np.searchsorted(self._up_to, self._rng.random(self._shape), side="right")
        network = np.arange(len(self._counts))[:, None] if len(self._shape) > 1 else 0
        picks = self._rng.random(self._shape) * self._counts[network, classes]
        rows = self._rows[network, self._starts[network, classes] + picks.astype(np.intp)]
        return self._x[network, rows] if self._x.ndim == 3 else self._x[rows], classes
