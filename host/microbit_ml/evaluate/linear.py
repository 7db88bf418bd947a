"""Linear classifiers: logistic regression and the linear support vector machine (SVM).

Both give each label c a score (logit), s_c = w_c . x + b_c: every feature of the row x times a
weight, all added up, plus a bias. The label with the highest score wins. So the decision boundary
between two labels is a straight line, or with many features a hyperplane. They differ in their loss
function, and both minimise it by gradient descent (:func:`gradient_descent`), as a network does. In
fact logistic regression is a network without a hidden layer: ``microbit-ml train --arch ""``.

Both add L2 regularisation, 1/2 * (sum of all w^2), to the loss. It keeps the weights small, so no
single feature dominates; the biases are not regularised. C weighs the recordings against it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from microbit_ml.errors import SettingError
from microbit_ml.evaluate.classical import checked

LossAndGradient = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""From weights (n_features + 1, n_labels), the biases last, to the loss and its gradient."""

TOLERANCE = 1e-6  # how far above its minimum the loss may still be, judging by the gradient
MOST_STEPS = 20_000


class _LinearClassifier(ABC):
    """The common part: the scores, and gradient descent on the loss."""

    curvature: float  # the largest second derivative of the loss of one row with respect to a score

    def __init__(self, C: float = 1.0):
        if not C > 0:
            raise SettingError(f"C is {C}, but must be more than 0.", "C")
        self.C = C

    def fit(self, features: np.ndarray, labels: np.ndarray) -> _LinearClassifier:
        """Find the weights with the smallest loss, and store that as ``loss_``."""
        rows, self.labels_, targets = checked(features, labels)
        with_one = np.column_stack([rows, np.ones(len(rows))])  # the bias is the weight of a 1
        is_label = np.eye(len(self.labels_))[targets]

        def loss_and_gradient(weights: np.ndarray) -> tuple[float, np.ndarray]:
            loss, gradient = self._loss(with_one @ weights, is_label)
            no_biases = weights * np.append(np.ones(rows.shape[1]), 0.0)[:, None]
            penalty = 0.5 * (no_biases**2).sum()
            return penalty + self.C * loss, no_biases + self.C * with_one.T @ gradient

        largest = float(np.linalg.norm(with_one, 2)) ** 2
        start = np.zeros((with_one.shape[1], len(self.labels_)))
        curvature = 1.0 + self.C * self.curvature * largest
        self.loss_, found = gradient_descent(loss_and_gradient, start, 1.0 / curvature)
        self.weights_, self.bias_ = found[:-1], found[-1]
        return self

    def scores(self, features: np.ndarray) -> np.ndarray:
        """w_c . x + b_c for each row and label: (n, n_labels)."""
        return features @ self.weights_ + self.bias_

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label with the highest score for each row, in a tie the first: (n,)."""
        return self.labels_[self.scores(features).argmax(axis=1)]

    @abstractmethod
    def _loss(self, scores: np.ndarray, is_label: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss of all rows, and its gradient; scores and gradient are (n, n_labels)."""


class LogisticRegression(_LinearClassifier):
    """Turns scores into probabilities (softmax) and makes that of the true label high. A confident
    mistake costs a lot, being nearly right costs little (cross-entropy). It is the last layer of
    most networks, on its own.

    The probability of label c is p_c = exp(s_c) / (sum over all labels k of exp(s_k)), with s the
    scores. The loss is 1/2 * (sum of w^2) + C * (sum over the recordings of -ln p_true), with
    p_true the probability of the true label. Its derivative with respect to score s_c is p_c - 1
    for the true label and p_c for the others.
    Example: scores 1 and 0 make p = e / (e + 1) = 0.731 and 0.269; if the first is true, the loss
    is -ln 0.731 = 0.313.
    Source: D. R. Cox, *The Regression Analysis of Binary Sequences*, 1958.
    """

    curvature = 0.5

    def _loss(self, scores: np.ndarray, is_label: np.ndarray) -> tuple[float, np.ndarray]:
        shifted = scores - scores.max(axis=1, keepdims=True)  # the same p, and exp cannot overflow
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(log_p * is_label).sum()), np.exp(log_p) - is_label


class LinearSVM(_LinearClassifier):
    """Draws one line for each label, between it and all others, with a margin of empty space on
    both sides. Recordings beyond the margin do not matter; only those within it or on the wrong
    side push the line. So the line rests on the few most difficult recordings, its support vectors.

    With y = +1 for recordings of label c and -1 for the others, and s_c the score, a recording
    costs max(0, 1 - y s_c)^2, the squared hinge loss. The loss is 1/2 * (sum of w^2) + C * (sum of
    that over all recordings and labels). Its derivative by s_c is -2 y max(0, 1 - y s_c).
    Example: y = +1 and a score of 0.4 cost (1 - 0.4)^2 = 0.36; a score of 1.2 costs nothing.
    Source: C. Cortes and V. Vapnik, *Support-Vector Networks*, 1995, with the hinge loss squared.
    """

    curvature = 2.0

    def _loss(self, scores: np.ndarray, is_label: np.ndarray) -> tuple[float, np.ndarray]:
        side = 2.0 * is_label - 1.0
        short = np.maximum(0.0, 1.0 - side * scores)
        return float((short**2).sum()), -2.0 * side * short


def gradient_descent(
    loss_and_gradient: LossAndGradient, weights: np.ndarray, learning_rate: float
) -> tuple[float, np.ndarray]:
    """The smallest loss, and the weights there, by gradient descent with Nesterov momentum.

    Each step starts a little further on in the direction of the last step, like a rolling ball
    (Y. Nesterov 1983). If it would roll uphill, the momentum starts again from zero. With the
    squared weights in the loss, the loss is at most |gradient|^2 / 2 above its minimum.
    """
    ahead, speed = weights, 1.0
    for _ in range(MOST_STEPS):
        loss, gradient = loss_and_gradient(ahead)
        if (gradient**2).sum() / 2 <= TOLERANCE:
            break
        before, weights = weights, ahead - learning_rate * gradient
        if (gradient * (weights - before)).sum() > 0:
            speed = 1.0
        faster = (1.0 + np.sqrt(1.0 + 4.0 * speed**2)) / 2.0
        ahead = weights + (speed - 1.0) / faster * (weights - before)
        speed = faster
    return loss, ahead
