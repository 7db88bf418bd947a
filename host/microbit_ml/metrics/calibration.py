"""Calibration: when a model says it is 90 % sure, is it right nine times out of ten?

The network's scores become probabilities by softmax, and the highest is how sure the model says it
is. Recordings are sorted into ten bins by it: (0, 0.1], (0.1, 0.2], ... In each bin two numbers
should be the same: the mean of what the model said, and the share that it got right. How far they
lie apart, averaged over all recordings, is the **expected calibration error**:

    ECE = sum over bins of n_bin / n * |accuracy of the bin - mean confidence of the bin|

    Five recordings. Three in (0.9, 1]: the model says 0.92, 0.95, 0.98 (mean 0.95), 2 of 3 right.
    Two in (0.5, 0.6]: it says 0.55 and 0.59 (mean 0.57), 1 of 2 right.
    ECE = 3/5 * |0.667 - 0.95| + 2/5 * |0.5 - 0.57| = 0.170 + 0.028 = 0.198

(M. P. Naeini and others 2015; C. Guo and others 2017, arXiv:1706.04599.) A table of the bins drawn
as bars is a *reliability diagram*. A model that is always sure and sometimes wrong is badly
calibrated, however high its accuracy. What is compared here are the known labels only: whether the
movement is known at all is another question, which :mod:`microbit_ml.metrics.unknown` asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import DataError

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Recordings of which the model was about equally sure: more than ``low``, at most ``high``.

    n: how many; confidence: how sure it was on average; accuracy: the share that was right. Both
    are 0 in an empty bin.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """The reliability table, and its expected calibration error."""

    bins: tuple[Bin, ...]
    error: float

    def as_json(self) -> dict[str, object]:
        """The same for ``json.dumps``."""
        return {
            "expected_calibration_error": self.error,
            "bins": [
                {
                    "from": one.low,
                    "to": one.high,
                    "recordings": one.n,
                    "confidence": one.confidence,
                    "accuracy": one.accuracy,
                }
                for one in self.bins
            ],
        }


def calibration(
    probability: Sequence[float] | np.ndarray, right: Sequence[bool] | np.ndarray, bins: int = BINS
) -> Calibration:
    """The reliability table of ``bins`` bins of the same width.

    probability: (n,), of the predicted labels, 0 to 1; right: (n,) whether the model was right.
    Raises DataError when there is nothing to sort, lengths differ or a probability cannot be.
    """
    sure, is_right = np.asarray(probability, dtype=float), np.asarray(right, dtype=float)
    if not len(sure) or len(sure) != len(is_right):
        raise DataError(
            f"There are {len(sure)} probabilities and {len(is_right)} answers. "
            "Give one of each for every recording, at least one."
        )
    if not ((sure >= 0) & (sure <= 1)).all():
        raise DataError(f"A probability is 0 to 1, not {sure.min()} or {sure.max()}.")
    edges = np.arange(bins + 1) / bins
    which = np.searchsorted(edges[1:-1], sure)  # a number on an edge belongs to the bin below
    n = np.bincount(which, minlength=bins)
    mean_probability = np.bincount(which, sure, bins) / np.maximum(n, 1)
    accuracy = np.bincount(which, is_right, bins) / np.maximum(n, 1)
    table = tuple(
        Bin(float(low), float(high), int(count), float(s), float(a))
        for low, high, count, s, a in zip(
            edges[:-1], edges[1:], n, mean_probability, accuracy, strict=True
        )
    )
    return Calibration(table, float((n / len(sure) * np.abs(accuracy - mean_probability)).sum()))
