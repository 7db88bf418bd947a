"""Prediction: what a model predicts of recordings, the one type for it in the kit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from microbit_ml.network import softmax


@dataclass(frozen=True, eq=False, repr=False)
class Prediction:
    """What a model predicts of n recordings, wherever that was computed: twin, floats or a board.

    scores: (n, n_labels), the highest wins; confidence: (n,), 0 or more is known, and higher is
    more surely known; features: (n, n_features), none of a network that sees the raw window;
    names: the labels by number, () where only numbers are needed; score_step: what one step of a
    score is worth, 1 for scores of the float network.

    Derived: ``best`` and ``best_index``, the label with the highest score (the first of equals);
    ``labels`` and ``label_index``, the same, or None and -1 for unknown; ``probability`` of the
    best label.
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
        """The number of the label with the highest score, before "unknown" is asked: int (n,)."""
        return self.scores.argmax(axis=1)

    @cached_property
    def label_index(self) -> np.ndarray:
        """The number of the label, or -1 for unknown: int (n,)."""
        return np.where(self.confidence >= 0, self.best_index, -1)

    @cached_property
    def best(self) -> list[str]:
        """The label with the highest score, before "unknown" is asked."""
        return [self.names[i] for i in self.best_index]

    @cached_property
    def labels(self) -> list[str | None]:
        """The label, or None for a movement that the model does not know."""
        return [self.names[i] if i >= 0 else None for i in self.label_index]

    @cached_property
    def probability(self) -> np.ndarray:
        """The probability of the best label, by softmax of the labels' scores: (n,)."""
        return best_probability(self.scores, self.score_step)

    def is_same(self, other: Prediction) -> bool:
        """Whether every number of the other one is the same, bit for bit."""
        return all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("features", "scores", "confidence")
        )

    def __getitem__(self, rows: slice) -> Prediction:
        """Of some of the recordings."""
        return Prediction(
            self.scores[rows],
            self.confidence[rows],
            self.features[rows],
            self.names,
            self.score_step,
        )


def joined(parts: Sequence[Prediction]) -> Prediction:
    """One prediction of all the parts' recordings, one part after the other; at least one part."""
    return Prediction(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.confidence for part in parts]),
        np.concatenate([part.features for part in parts]),
        parts[0].names,
        parts[0].score_step,
    )


def best_probability(scores: np.ndarray, step: float = 1.0) -> np.ndarray:
    """The probability of the best label, by softmax of the labels' scores.

    scores: (n, n_labels), of known labels; step: what one step of them is worth. Returns (n,).
    Two labels, 64 steps of 1/64 apart: 1 / (1 + e^-1) = 0.731.
    """
    return softmax(np.asarray(scores, dtype=np.float64) * step).max(axis=1)
