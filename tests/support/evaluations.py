"""Evaluations and predictions, made from lists of names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from microbit_ml.metrics import Evaluation
from microbit_ml.quantize import Prediction


def predicted(
    names: Sequence[str], best: Sequence[str], unknown: Sequence[bool] | None = None
) -> Prediction:
    """A prediction of these labels; each scores 64 steps of 1/64 higher than the others."""
    scores = 64 * np.array([[one == name for name in names] for one in best], dtype=np.int64)
    confidence = np.where(np.zeros(len(best)) if unknown is None else unknown, -9, 9)
    features = np.zeros((len(best), 3), dtype=np.int64)
    return Prediction(scores.reshape(len(best), len(names)), confidence, features, names, 1 / 64)


def evaluation(
    truth: Sequence[str],
    best: Sequence[str],
    labels: Sequence[str | None] | None = None,
    best_float: Sequence[str] | None = None,
    fold: np.ndarray | None = None,
    probability: np.ndarray | None = None,
    probability_float: np.ndarray | None = None,
    subjects: Sequence[str] | None = None,
    drawn: str = "person",
) -> Evaluation:
    """The evaluation of these labels, where None is unknown; by default all are known."""
    names = sorted({*truth, *best})
    n = len(truth)
    probabilities = np.ones(n) if probability is None else probability
    number = names.index
    fold = np.zeros(n, dtype=int) if fold is None else fold
    return Evaluation(
        names=tuple(names),
        truth_index=np.array([number(one) for one in truth]),
        best_index=np.array([number(one) for one in best]),
        best_float_index=np.array([number(one) for one in best_float or best]),
        confidence=np.array([-1 if one is None else 1 for one in labels or best]),
        probability=probabilities,
        probability_float=probabilities if probability_float is None else probability_float,
        fold=fold,
        n_models=int(fold.max()) + 1,
        subjects=list(subjects or [""] * n),
        digests=[f"digest {i}" for i in range(n)],
        drawn=drawn,
    )
