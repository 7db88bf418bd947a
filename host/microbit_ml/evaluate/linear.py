"""Classifiers that draw straight lines: logistic regression and the linear support vector machine.

Both give each label c a score, s_c = w_c . x + b_c: every feature of the row x times a weight, all
added up, and a bias. The label with the highest score wins. So a boundary between two labels is a
straight line, or with many features a flat plane. They differ in what they call a bad line, their
loss, and both walk downhill on it (:func:`walk_downhill`), as a network does. In fact logistic
regression is a network without a hidden layer: ``microbit-ml train --arch ""`` makes one.

Both add 1/2 * (sum of all w^2) to the loss. It keeps weights small, so that no feature shouts, and
the biases are free. C says how much the recordings count beside it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from microbit_ml.errors import SettingError
from microbit_ml.evaluate.classical import checked

Downhill = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""From weights (n_features + 1, n_labels), the last row the biases, to the loss and its slope."""

FLAT = 1e-6  # how far above its minimum the loss may still be, by the slope
MOST_STEPS = 20_000


class _Lines(ABC):
    """What both have in common: the scores, and walking downhill on the loss."""

    steepest: float  # how fast the slope of the loss of one row grows, at most, with a score

    def __init__(self, C: float = 1.0):
        if not C > 0:
            raise SettingError(f"C is {C}, but must be more than 0.", "C")
        self.C = C

    def fit(self, features: np.ndarray, labels: np.ndarray) -> _Lines:
        """Find the weights of the least loss. ``loss_`` is what it is."""
        rows, self.labels_, targets = checked(features, labels)
        with_one = np.column_stack([rows, np.ones(len(rows))])  # the bias is the weight of a 1
        is_label = np.eye(len(self.labels_))[targets]

        def downhill(weights: np.ndarray) -> tuple[float, np.ndarray]:
            loss, slope = self._loss(with_one @ weights, is_label)
            small = weights * np.append(np.ones(rows.shape[1]), 0.0)[:, None]  # biases are free
            return 0.5 * (small**2).sum() + self.C * loss, small + self.C * with_one.T @ slope

        longest = float(np.linalg.norm(with_one, 2)) ** 2
        start = np.zeros((with_one.shape[1], len(self.labels_)))
        curvature = 1.0 + self.C * self.steepest * longest
        self.loss_, found = walk_downhill(downhill, start, 1.0 / curvature)
        self.weights_, self.bias_ = found[:-1], found[-1]
        return self

    def scores(self, features: np.ndarray) -> np.ndarray:
        """w_c . x + b_c for each row and label: (n, n_labels)."""
        return features @ self.weights_ + self.bias_

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label with the highest score for each row, the first of equals: (n,)."""
        return self.labels_[self.scores(features).argmax(axis=1)]

    @abstractmethod
    def _loss(self, scores: np.ndarray, is_label: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss of all rows, and its slope with each score; both arrays (n, n_labels)."""


class LogisticRegression(_Lines):
    """Turns scores into probabilities, and wants a high one for the true label of each recording.
    Being surely wrong costs very much, being nearly right costs little. It is the last layer of
    most networks, alone.

    The probability of label c is p_c = exp(s_c) / (sum over all labels k of exp(s_k)), with s the
    scores. The loss is 1/2 * (sum of w^2) + C * (sum over the recordings of -ln p_true), with
    p_true the probability of the true label. Its slope with score s_c is p_c - 1 for the true
    label and p_c for the others.
    Example: scores 1 and 0 make p = e / (e + 1) = 0.731 and 0.269; if the first is true, the loss
    is -ln 0.731 = 0.313.
    Source: D. R. Cox, *The Regression Analysis of Binary Sequences*, 1958.
    """

    steepest = 0.5

    def _loss(self, scores: np.ndarray, is_label: np.ndarray) -> tuple[float, np.ndarray]:
        shifted = scores - scores.max(axis=1, keepdims=True)  # the same p, and exp cannot overflow
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(log_p * is_label).sum()), np.exp(log_p) - is_label


class LinearSVM(_Lines):
    """Draws one line for each label, between it and all others, with a margin of empty space on
    both sides. Recordings beyond the margin do not matter; only those within it or on the wrong
    side push the line. So the line rests on the few most difficult recordings, its support vectors.

    With y = +1 for recordings of label c and -1 for the others, and s_c the score, a recording
    costs max(0, 1 - y s_c)^2. The loss is 1/2 * (sum of w^2) + C * (sum of that over all
    recordings and labels). Its slope with s_c is -2 y max(0, 1 - y s_c).
    Example: y = +1 and a score of 0.4 cost (1 - 0.4)^2 = 0.36; a score of 1.2 costs nothing.
    Source: C. Cortes and V. Vapnik, *Support-Vector Networks*, 1995, with the squared cost.
    """

    steepest = 2.0

    def _loss(self, scores: np.ndarray, is_label: np.ndarray) -> tuple[float, np.ndarray]:
        side = 2.0 * is_label - 1.0
        short = np.maximum(0.0, 1.0 - side * scores)
        return float((short**2).sum()), -2.0 * side * short


def walk_downhill(downhill: Downhill, weights: np.ndarray, step: float) -> tuple[float, np.ndarray]:
    """The least loss, and the weights there. ``step``: how far to go, times the slope.

    Each step goes against the slope from a point a little further on in the direction of the last
    step, as a ball that rolls (Y. Nesterov 1983). When it would roll uphill it stops and starts
    anew. With the weights' squares in the loss it is at most |slope|^2 / 2 above its minimum.
    """
    ahead, speed = weights, 1.0
    for _ in range(MOST_STEPS):
        loss, slope = downhill(ahead)
        if (slope**2).sum() / 2 <= FLAT:
            break
        before, weights = weights, ahead - step * slope
        if (slope * (weights - before)).sum() > 0:
            speed = 1.0
        faster = (1.0 + np.sqrt(1.0 + 4.0 * speed**2)) / 2.0
        ahead = weights + (speed - 1.0) / faster * (weights - before)
        speed = faster
    return loss, ahead
