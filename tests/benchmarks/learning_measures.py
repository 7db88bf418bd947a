"""The measures of the benchmark: accuracy, and out-of-distribution detection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from learning_protocol import RealSet, Split

KNOWN_ACCEPTED = 0.95  # the rate at which pipelines without their own threshold are compared


@dataclass(frozen=True, eq=False)
class Answer:
    """A model's predictions for the test recordings, (n,) each.

    best: the top-1 class; confidence: higher is more likely known; known: whether it passes the
    model's own threshold, None for a pipeline without one; n_bytes: size of ``model.bin``.
    """

    best: np.ndarray
    confidence: np.ndarray
    known: np.ndarray | None = None
    n_bytes: int | None = None


@dataclass(frozen=True)
class Unknown:
    """Out-of-distribution detection: how well unknown movements are separated from known ones.

    auroc: how often a known recording gets more confidence than an unknown one; the false-accept
    and known-accept rates: at the model's own threshold; at_95: the false-accept rate at the
    threshold that accepts 95 % of these same known recordings, chosen in hindsight.
    """

    auroc: float
    at_95: float
    false_accept_rate: float | None = None
    known_accept_rate: float | None = None


def accuracy(
    data: RealSet, splits: Sequence[Split], answers: Sequence[Answer]
) -> tuple[float, float | None]:
    """The top-1 accuracy over all tested recordings, and the fraction accepted as known."""
    if not splits:
        return float("nan"), None
    right = [answer.best == data.labels[split.test] for split, answer in zip(splits, answers)]
    known = [answer.known for answer in answers if answer.known is not None]
    known_accept_rate = float(np.concatenate(known).mean()) if known else None
    return float(np.concatenate(right).mean()), known_accept_rate


def unknown(data: RealSet, splits: Sequence[Split], answers: Sequence[Answer]) -> Unknown:
    """The mean over the splits; unknown are test recordings whose label was not in training."""
    rows = [_unknown_of_one(data, split, answer) for split, answer in zip(splits, answers)]
    return Unknown(
        float(np.mean([row.auroc for row in rows])),
        float(np.mean([row.at_95 for row in rows])),
        _mean_or_none([row.false_accept_rate for row in rows]),
        _mean_or_none([row.known_accept_rate for row in rows]),
    )


def auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    """The fraction of pairs in which the known one has higher confidence; ties count half.

    This is the area under the receiver operating characteristic (Hanley and McNeil 1982).
    """
    ordered = np.sort(unknown)
    below = np.searchsorted(ordered, known, side="left")
    not_above = np.searchsorted(ordered, known, side="right")
    return float((below + not_above).mean() / 2 / len(unknown))


def accepted_at(known: np.ndarray, unknown: np.ndarray, fraction: float = KNOWN_ACCEPTED) -> float:
    """The false-accept rate at the highest threshold that accepts this fraction of the known."""
    n_accepted = int(np.ceil(fraction * len(known)))
    threshold = np.sort(known)[len(known) - n_accepted]
    return float((unknown >= threshold).mean())


def _unknown_of_one(data: RealSet, split: Split, answer: Answer) -> Unknown:
    is_known = np.isin(data.labels[split.test], data.labels[split.train])
    known, unknown = answer.confidence[is_known], answer.confidence[~is_known]
    area, at_95 = auroc(known, unknown), accepted_at(known, unknown)
    if answer.known is None:
        return Unknown(area, at_95)
    return Unknown(
        area, at_95, float(answer.known[~is_known].mean()), float(answer.known[is_known].mean())
    )


def _mean_or_none(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return float(np.mean(present)) if present else None
