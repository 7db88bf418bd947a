"""Prediction: what a model predicts for recordings, the one type for it in the kit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from microbit_ml.network import softmax


@dataclass(frozen=True, eq=False, repr=False)
class Prediction:
    """What a model predicts for n recordings, whether the twin, the floats or a board computed it.

    scores: logits (n, n_labels), the highest wins; confidence: (n,), 0 or more is known, and the
    higher, the less novel; features: (n, n_features), none for a network that uses the raw window;
    names: the labels by index, () where only numbers are needed; score_step: the value of one
    step of a score, 1 for the float network.

    Derived: ``best`` and ``best_index``, the top-1 label (the first of equals); ``labels`` and
    ``label_index``, the same, or None and -1 for unknown; ``probability`` of the top-1 label.
    """

    scores: np.ndarray
    confidence: np.ndarray
    features: np.ndarray
    names: Sequence[str] = ()
    score_step: float = 1.0

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        return f"Prediction({len(self)} recordings, {int((self.confidence < 0).sum())} unknown)"

    @cached_property
    def best_index(self) -> np.ndarray:
        """The index of the top-1 label, whether it is known or not: int (n,)."""
        return self.scores.argmax(axis=1)

    @cached_property
    def label_index(self) -> np.ndarray:
        """The index of the label, or -1 for unknown: int (n,)."""
        return np.where(self.confidence >= 0, self.best_index, -1)

    @cached_property
    def best(self) -> list[str]:
        """The top-1 label, whether it is known or not."""
        return [self.names[i] for i in self.best_index]

    @cached_property
    def labels(self) -> list[str | None]:
        """The label, or None for unknown."""
        return [self.names[i] if i >= 0 else None for i in self.label_index]

    @cached_property
    def probability(self) -> np.ndarray:
        """The probability of the top-1 label, the softmax of the labels' scores: (n,)."""
        return best_probability(self.scores, self.score_step)

    def is_same(self, other: Prediction) -> bool:
        """Whether every number equals the other's, bit for bit."""
        return all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("features", "scores", "confidence")
        )

    def __getitem__(self, rows: slice) -> Prediction:
        """The prediction for some of the recordings."""
        return Prediction(
            self.scores[rows],
            self.confidence[rows],
            self.features[rows],
            self.names,
            self.score_step,
        )


def joined(predictions: Sequence[Prediction]) -> Prediction:
    """One prediction for the recordings of all predictions, in order; at least one."""
    return Prediction(
        np.concatenate([one.scores for one in predictions]),
        np.concatenate([one.confidence for one in predictions]),
        np.concatenate([one.features for one in predictions]),
        predictions[0].names,
        predictions[0].score_step,
    )


def best_probability(scores: np.ndarray, step: float = 1.0) -> np.ndarray:
    """The probability of the top-1 label, the softmax of the labels' scores.

    scores: (n, n_labels), without "other"; step: the value of one step of them. Returns (n,).
    Two labels, 64 steps of 1/64 apart: 1 / (1 + e^-1) = 0.731.
    """
    return softmax(np.asarray(scores, dtype=np.float64) * step).max(axis=1)
