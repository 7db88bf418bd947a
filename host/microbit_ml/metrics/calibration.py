"""Calibration: when a model gives a probability of 90 %, is it right nine times out of ten?

Softmax turns the network's scores (logits) into probabilities; the highest is the probability of
the predicted class. It sorts the recordings into ten bins: (0, 0.1], (0.1, 0.2], ... In each bin
two numbers should be equal: the mean probability, and the accuracy, the fraction that the model got
right. Their difference, averaged over all recordings, is the **expected calibration error**:

    ECE = sum over bins of n_bin / n * |accuracy of the bin - mean probability of the bin|

    Five recordings. Three in (0.9, 1] with 0.92, 0.95 and 0.98 (mean 0.95); 2 of 3 are right.
    Two in (0.5, 0.6] with 0.55 and 0.59 (mean 0.57); 1 of 2 is right.
    ECE = 3/5 * |0.667 - 0.95| + 2/5 * |0.5 - 0.57| = 0.170 + 0.028 = 0.198

(M. P. Naeini and others 2015; C. Guo and others 2017, arXiv:1706.04599.) A bar chart of the bins is
a *reliability diagram*. A model that always gives a high probability and is sometimes wrong is
badly calibrated (overconfident), however high its accuracy. Only the known labels are compared
here; :mod:`microbit_ml.metrics.unknown` tests whether the model notices unknown movements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import DataError

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Recordings with a probability of more than ``low`` and at most ``high``.

    n: how many; confidence: their mean probability; accuracy: the fraction that was right. Both
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

    __repr__ = short_repr

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
    """The reliability table with ``bins`` bins of the same width.

    probability: (n,), of the predicted labels, 0 to 1; right: (n,), whether the model was right.
    Raises DataError without recordings, for different lengths and for an invalid probability.
    """
    given, is_right = np.asarray(probability, dtype=float), np.asarray(right, dtype=float)
    if not len(given) or len(given) != len(is_right):
        raise DataError(
            f"There are {len(given)} probabilities and {len(is_right)} answers. "
            "Give one of each for every recording, and at least one recording."
        )
    if not ((given >= 0) & (given <= 1)).all():
        raise DataError(
            f"Probabilities must be from 0 to 1, but these are {given.min()} to {given.max()}."
        )
    edges = np.arange(bins + 1) / bins
    which = np.searchsorted(edges[1:-1], given)  # a number on an edge belongs to the bin below
    n = np.bincount(which, minlength=bins)
    mean_probability = np.bincount(which, given, bins) / np.maximum(n, 1)
    accuracy = np.bincount(which, is_right, bins) / np.maximum(n, 1)
    table = tuple(
        Bin(float(low), float(high), int(count), float(s), float(a))
        for low, high, count, s, a in zip(
            edges[:-1], edges[1:], n, mean_probability, accuracy, strict=True
        )
    )
    return Calibration(table, float((n / len(given) * np.abs(accuracy - mean_probability)).sum()))
