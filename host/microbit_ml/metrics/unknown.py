"""Out-of-distribution detection: does the model notice movements that it was never taught?

A model decides by one number, its confidence: 0 or more is "known". Known movements should have a
high confidence, unknown (out-of-distribution) ones a low one.

**AUROC** measures how well the confidence separates them, at any threshold: take one known and one
unknown recording at random; how often does the known one have the higher confidence? (A tie counts
half.) 1 is perfect, 0.5 is a coin toss. It is also the area under the ROC curve, that of the
true-accept rate over the false-accept rate (J. A. Hanley and B. J. McNeil, *Radiology* 143, 1982).

    known 5, 3, 1; unknown 2, -4: of the 6 pairs 5 > 2, 5 > -4, 3 > 2, 3 > -4 and 1 > -4 are the
    right way round, 1 < 2 is not: AUROC = 5/6 = 0.833

**False accepts** are unknown movements that are accepted as known. A lower threshold gives more of
them; a higher one rejects known movements. So two false-accept rates are reported: at the model's
own threshold, and at the threshold that accepts 95 % of the known recordings, which makes models
comparable.

    above, at the threshold 0: of the unknown 2 and -4 the first is accepted, 1/2 = 0.5
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import DataError

ACCEPT_KNOWN = 0.95


@dataclass(frozen=True)
class UnknownScores:
    """How well known and unknown recordings are separated.

    known, unknown: the number of recordings; auroc: 0 to 1; known_accept_rate, false_accept_rate:
    0 to 1, at the model's own threshold; false_accept_rate_at_fraction: at the threshold that
    accepts ``fraction`` of the known.
    """

    known: int
    unknown: int
    auroc: float
    known_accept_rate: float
    false_accept_rate: float
    false_accept_rate_at_fraction: float
    fraction: float = ACCEPT_KNOWN

    def as_json(self) -> dict[str, object]:
        """The same for ``json.dumps``."""
        return {
            "known": self.known,
            "unknown": self.unknown,
            "auroc": self.auroc,
            "known_accept_rate": self.known_accept_rate,
            "false_accept_rate": self.false_accept_rate,
            "false_accept_rate_at_fraction": self.false_accept_rate_at_fraction,
            "fraction": self.fraction,
        }


Numbers = Sequence[float] | np.ndarray


def unknown_scores(
    known: Numbers, unknown: Numbers, fraction: float = ACCEPT_KNOWN
) -> UnknownScores:
    """All of the above from confidences: known (n,), of recordings whose label the model knows;
    unknown (m,), of others.

    Raises DataError when there is no known or no unknown recording.
    """
    threshold = threshold_for(known, fraction)
    return UnknownScores(
        known=len(known),
        unknown=len(unknown),
        auroc=auroc(known, unknown),
        known_accept_rate=accepted(known),
        false_accept_rate=accepted(unknown),
        false_accept_rate_at_fraction=accepted(unknown, threshold),
        fraction=fraction,
    )


def auroc(known: Numbers, unknown: Numbers) -> float:
    """How often a known recording has a higher confidence than an unknown one; ties count half.

    Each known number is looked up in the sorted unknown ones: how many are below it, and how many
    are below or equal; the mean of both counts ties half.
    """
    high, low = _checked(known, "known"), np.sort(_checked(unknown, "unknown"))
    below = np.searchsorted(low, high, side="left")
    below_or_equal = np.searchsorted(low, high, side="right")
    return float((below + below_or_equal).sum() / (2 * len(high) * len(low)))


def accepted(confidence: Numbers, threshold: float = 0.0) -> float:
    """The fraction of confidences at or above the threshold."""
    return float((_checked(confidence, "such") >= threshold).mean())


def threshold_for(known: Numbers, fraction: float = ACCEPT_KNOWN) -> float:
    """The highest threshold that still accepts ``fraction`` of the known recordings.

    Twenty recordings and a fraction of 0.95: it must accept 19, so it is the second lowest number.
    """
    ordered = np.sort(_checked(known, "known"))[::-1]
    if not 0 < fraction <= 1:
        raise DataError(
            "The fraction of known recordings to accept must be above 0 and at most 1, not "
            f"{fraction}."
        )
    must_pass = int(np.ceil(fraction * len(ordered) - 1e-9))  # 0.95 * 20 may come out above 19
    return float(ordered[max(must_pass, 1) - 1])


def _checked(values: Numbers, kind: str) -> np.ndarray:
    if not len(values):
        raise DataError(
            f"There are no {kind} recordings. Give known and unknown ones, at least one of each."
        )
    return np.asarray(values, dtype=np.float64)
