"""What the benchmark measures: accuracy, and how well the unknown is told from the known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from learning_protocol import RealSet, Split

KNOWN_ACCEPTED = 0.95  # where ways without a threshold of their own are compared


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model says of the recordings that test, (n,) each.

    best: the best known class; confidence: higher is more surely known; known: what passes the
    model's own threshold, None for a way of learning that has none; n_bytes: size of ``model.bin``.
    """

    best: np.ndarray
    confidence: np.ndarray
    known: np.ndarray | None = None
    n_bytes: int | None = None


@dataclass(frozen=True)
class Unknown:
    """How well movements that were not taught are told from those that were.

    auroc: how often a known recording is given more confidence than an unknown one; unknown and
    known accepted: at the model's own threshold; at_95: unknown accepted at the threshold that
    accepts 95 % of these very known recordings, chosen in hindsight.
    """

    auroc: float
    at_95: float
    unknown_accepted: float | None = None
    known_accept_rate: float | None = None


def accuracy(
    data: RealSet, splits: Sequence[Split], answers: Sequence[Answer]
) -> tuple[float, float | None]:
    """Share of all tested recordings whose best known class is right, and share called known."""
    if not splits:
        return float("nan"), None
    right = [answer.best == data.labels[split.test] for split, answer in zip(splits, answers)]
    known = [answer.known for answer in answers if answer.known is not None]
    share_known = float(np.concatenate(known).mean()) if known else None
    return float(np.concatenate(right).mean()), share_known


def unknown(data: RealSet, splits: Sequence[Split], answers: Sequence[Answer]) -> Unknown:
    """The mean over the splits; unknown is what tests with a label that did not teach."""
    rows = [_unknown_of_one(data, split, answer) for split, answer in zip(splits, answers)]
    return Unknown(
        float(np.mean([row.auroc for row in rows])),
        float(np.mean([row.at_95 for row in rows])),
        _mean_or_none([row.unknown_accepted for row in rows]),
        _mean_or_none([row.known_accept_rate for row in rows]),
    )


def auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    """The share of pairs in which the known one has the higher confidence; equal ones count half.

    This is the area under the receiver operating characteristic (Hanley and McNeil 1982).
    """
    ordered = np.sort(unknown)
    below = np.searchsorted(ordered, known, side="left")
    not_above = np.searchsorted(ordered, known, side="right")
    return float((below + not_above).mean() / 2 / len(unknown))


def accepted_at(known: np.ndarray, unknown: np.ndarray, share: float = KNOWN_ACCEPTED) -> float:
    """Share of unknown accepted by the highest threshold that accepts ``share`` of the known."""
    kept = int(np.ceil(share * len(known)))
    threshold = np.sort(known)[len(known) - kept]
    return float((unknown >= threshold).mean())


def _unknown_of_one(data: RealSet, split: Split, answer: Answer) -> Unknown:
    taught = np.isin(data.labels[split.test], data.labels[split.train])
    sure, unsure = answer.confidence[taught], answer.confidence[~taught]
    area, at_95 = auroc(sure, unsure), accepted_at(sure, unsure)
    if answer.known is None:
        return Unknown(area, at_95)
    return Unknown(
        area, at_95, float(answer.known[~taught].mean()), float(answer.known[taught].mean())
    )


def _mean_or_none(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None
