"""From scores to probabilities, and from probabilities to a number that says how wrong they are."""

from __future__ import annotations

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores: ``p_i = exp(s_i) / sum_j exp(s_j)``.

    scores: (..., n_classes) -> the same shape, each row positive and adding up to 1. The highest
    score of each row is subtracted first: the result is the same and exp cannot overflow.
    """
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def cross_entropy(scores: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The loss ``-log p(right class)``, averaged over the batch, and its gradient.

    scores: (batch, n_classes), before softmax; targets: (batch,) the right classes, 0..n_classes-1.
    A probability of 1 for the right class costs 0, one of 0.5 costs 0.69, one of 0.01 costs 4.6.

    Returns the loss (one number for each model) and dloss/dscores, (batch, n_classes). The gradient
    is as simple as it could be: the probabilities, with 1 taken off the right class, divided by the
    size of the batch.
    """
    gradient = softmax(scores)
    right = np.take_along_axis(gradient, targets[..., None], axis=-1)
    smallest = np.finfo(gradient.dtype).tiny  # the logarithm of 0 would be infinite
    loss = -np.log(np.maximum(right, smallest)).mean(axis=(-1, -2))
    np.put_along_axis(gradient, targets[..., None], right - 1, axis=-1)
    gradient /= targets.shape[-1]
    return loss, gradient
