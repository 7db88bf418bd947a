"""Evaluation: predictions for labelled recordings together with the true labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.metrics.calibration import Calibration, calibration
from microbit_ml.metrics.scores import Scores, score
from microbit_ml.metrics.significance import Interval, Intervals, bootstrap, least_accuracy


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """What models predicted for labelled recordings, one row for each test of a recording.

    Unlike :class:`~microbit_ml.Prediction` it knows the true labels, and holds the results
    of integers and floats but no scores: a model's file keeps one, 22 bytes a recording.

    names: the labels by index; truth_index, best_index, best_float_index: int (n,), the true label,
    the top-1 label of the integers and of the floats; confidence: int (n,), of the integers, 0 or
    more is known; probability, probability_float: (n,), of the top-1 label, the latter NaN where
    it was not kept; fold: int (n,) from 0, which model made the prediction (that of a fold, a
    person or a draw), -1 where it was not kept; n_models: the number of models; subjects: who made
    each recording, "" for unknown, or with few-shot the draw; digests: those of the recordings;
    drawn: the unit that the bootstrap resamples, "person" or "draw".
    """

    names: Sequence[str]
    truth_index: np.ndarray
    best_index: np.ndarray
    best_float_index: np.ndarray
    confidence: np.ndarray
    probability: np.ndarray
    probability_float: np.ndarray
    fold: np.ndarray
    n_models: int
    subjects: list[str]
    digests: list[str]
    drawn: str = "person"

    def __len__(self) -> int:
        return len(self.truth_index)

    def __repr__(self) -> str:
        return f"Evaluation({len(self)} tests, {int(self.is_right.sum())} right)"

    @property
    def truth(self) -> list[str]:
        """The true labels."""
        return [self.names[i] for i in self.truth_index]

    @property
    def best(self) -> list[str]:
        """The integers' top-1 labels, known or not."""
        return [self.names[i] for i in self.best_index]

    @property
    def labels(self) -> list[str | None]:
        """The labels that the board would show, None for unknown."""
        return [
            name if known else None for name, known in zip(self.best, self.is_known, strict=True)
        ]

    @property
    def best_float(self) -> list[str]:
        """The floats' top-1 labels."""
        return [self.names[i] for i in self.best_float_index]

    @property
    def is_known(self) -> np.ndarray:
        """Which recordings are accepted as known: bool (n,)."""
        return self.confidence >= 0

    @property
    def is_right(self) -> np.ndarray:
        """Whether the top-1 label is the true one: bool (n,)."""
        return self.best_index == self.truth_index

    @property
    def scores(self) -> Scores:
        """Metrics of the integers' top-1 label."""
        return score(self.truth, self.best, self.names)

    @property
    def scores_with_unknown(self) -> Scores:
        """Metrics of the labels that the board would show: unknown counts as wrong."""
        return score(self.truth, self.labels, self.names)

    @property
    def scores_float(self) -> Scores:
        """Metrics of the floats' top-1 label."""
        return score(self.truth, self.best_float, self.names)

    @property
    def intervals(self) -> Intervals:
        """Bootstrap intervals of :attr:`scores`; with few-shot, over the draws alone.

        If all are right, the lower end of the accuracy's is that of Clopper and Pearson.
        """
        drawn = bootstrap(self.truth, self.best, self.subjects, kind=self.drawn)
        if self.drawn == "draw" or not self.is_right.all():
            return drawn
        return replace(drawn, accuracy=Interval(least_accuracy(len(self)), 1.0))

    @property
    def calibration(self) -> Calibration:
        """Whether the integers are right as often as their probabilities say."""
        return calibration(self.probability, self.is_right)

    @property
    def calibration_float(self) -> Calibration:
        """The same for the floats."""
        right = self.best_float_index == self.truth_index
        return calibration(self.probability_float, right)

    @property
    def fold_accuracies(self) -> list[float]:
        """Accuracy of the integers' top-1 label in each fold."""
        right = self.is_right
        return [float(right[self.fold == k].mean()) for k in range(int(self.fold.max()) + 1)]
