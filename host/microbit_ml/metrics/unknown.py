"""The unknown: does the model notice movements that it was never taught?

A model has one number for it, its confidence: 0 or more is "known". Known movements should have
high ones, others low ones.

**AUROC** asks how well the confidence tells them apart, wherever the limit is: take one known and
one unknown recording at random; how often has the known one the higher confidence? (A tie counts
half.) 1 is perfect, 0.5 is tossing a coin. It is also the area under the curve of true against
false accepts (J. A. Hanley and B. J. McNeil, *Radiology* 143, 1982).

    known 5, 3, 1; unknown 2, -4: of the 6 pairs 5 > 2, 5 > -4, 3 > 2, 3 > -4 and 1 > -4 are the
    right way round, 1 < 2 is not: AUROC = 5/6 = 0.833

**False accepts** are unknown movements that are called by a name. Lower the limit and there are
more; raise it, and known movements are refused. So two numbers are told: at the limit that the
model has, and at the limit that accepts 95 % of the known recordings, which is the same question
to every model.

    above, at the limit 0: of the unknown 2 and -4 the first is accepted, 1/2 = 0.5
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import DataError

ACCEPT_KNOWN = 0.95


@dataclass(frozen=True)
class UnknownScores:
    """How known and unknown recordings are told apart.

    known, unknown: how many recordings; auroc: 0 to 1; known_accept_rate, false_accept_rate: shares at
    the model's own limit; false_accept_rate_at_fraction: where ``share`` of the known are accepted.
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
            "share": self.fraction,
        }


Numbers = Sequence[float] | np.ndarray


def unknown_scores(
    known: Numbers, unknown: Numbers, fraction: float = ACCEPT_KNOWN
) -> UnknownScores:
    """All of the above from confidences: known (n,) of recordings of labels that the model knows,
    unknown (m,) of others.

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

    Each known number is looked up in the sorted list of the unknown: how many stand below it, and
    how many stand below or are equal; the mean of both counts ties half.
    """
    high, low = _some(known, "known"), np.sort(_some(unknown, "unknown"))
    below = np.searchsorted(low, high, side="left")
    below_or_equal = np.searchsorted(low, high, side="right")
    return float((below + below_or_equal).sum() / (2 * len(high) * len(low)))


def accepted(confidence: Numbers, threshold: float = 0.0) -> float:
    """The share of confidences at the limit or above it."""
    return float((_some(confidence, "such") >= threshold).mean())


def threshold_for(known: Numbers, fraction: float = ACCEPT_KNOWN) -> float:
    """The highest limit that still accepts ``share`` of the known recordings.

    Twenty recordings and a share of 0.95: 19 must be accepted, so it is the second lowest number.
    """
    ordered = np.sort(_some(known, "known"))[::-1]
    if not 0 < fraction <= 1:
        raise DataError(f"The share of known recordings to accept is {fraction}: give 0 to 1.")
    must_pass = int(np.ceil(fraction * len(ordered) - 1e-9))  # 0.95 * 20 may come out above 19
    return float(ordered[max(must_pass, 1) - 1])


def _some(values: Numbers, kind: str) -> np.ndarray:
    if not len(values):
        raise DataError(f"There are no {kind} recordings. The unknown needs both kinds.")
    return np.asarray(values, dtype=np.float64)
