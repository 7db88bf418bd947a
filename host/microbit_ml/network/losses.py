"""From scores (logits) to probabilities, and from probabilities to the loss (cross-entropy).

``target`` is what the probabilities should be (one-hot): 1 for the right class, 0 for all others.
"""

from __future__ import annotations

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores (logits): ``p_i = exp(s_i) / sum_j exp(s_j)``.

    scores: (..., n_classes) -> the same shape, each row positive and adding up to 1. The highest
    score of each row is subtracted first: the result stays the same and exp cannot overflow.
    """
    by_class = scores.T.copy()  # NumPy is faster over a few long rows than over many short ones
    highest = by_class.max(axis=0).T[..., np.newaxis]
    exponentials = np.exp(scores - highest)
    sums = exponentials @ np.ones((scores.shape[-1], 1), dtype=scores.dtype)
    return exponentials / sums


def mean_loss(probabilities: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The loss ``-log p(right class)``, averaged over the batch: one number for each model.

    probabilities, target: (batch, n_classes). A probability of 1 for the right class costs 0, one
    of 0.5 costs 0.69, one of 0.01 costs 4.6.
    """
    right = (probabilities * target).sum(axis=-1)
    smallest = np.finfo(right.dtype).tiny  # the logarithm of 0 would be infinite
    return -np.log(np.maximum(right, smallest)).mean(axis=-1)


def score_gradient(probabilities: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The gradient of the mean loss with respect to the scores (logits): (batch, n_classes).

    It could not be simpler: the probabilities minus their targets, divided by the batch size.
    """
    return (probabilities - target) / target.shape[-2]


def cross_entropy(scores: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean loss of scores (batch, n_classes), and dloss/dscores of the same shape.

    targets: (batch,) the right classes, 0..n_classes-1.
    """
    probabilities = softmax(scores)
    target = np.eye(scores.shape[-1], dtype=scores.dtype)[targets]
    return mean_loss(probabilities, target), score_gradient(probabilities, target)
