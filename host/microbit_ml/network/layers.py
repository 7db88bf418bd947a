"""The layers of a network, each with its forward and its backward step.

Forward: numbers in, numbers out. Backward: given how the loss changes with a layer's output
(the gradient that arrives), work out how it changes with the layer's weights and with its input
(the gradient that is passed on). That is the chain rule, one layer at a time.
"""

from __future__ import annotations

import numpy as np


class Dense:
    """Each output is a weighted sum of all inputs plus a bias: ``y = x W + b``.

    weights: (n_inputs, n_outputs); bias: (n_outputs,). The first weights are random with the
    standard deviation ``sqrt(2 / n_inputs)``, which keeps the size of the numbers about the same
    from layer to layer when ReLU sets half of them to zero (He et al. 2015, arXiv:1502.01852).
    """

    def __init__(self, n_inputs: int, n_outputs: int, rng: np.random.Generator):
        self.weights = rng.normal(0.0, np.sqrt(2.0 / n_inputs), (n_inputs, n_outputs))
        self.bias = np.zeros(n_outputs)
        self._x = np.zeros((0, n_inputs))
        self.gradients: list[np.ndarray] = []

    @property
    def parameters(self) -> list[np.ndarray]:
        """What training changes: the weights and the bias."""
        return [self.weights, self.bias]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: (batch, n_inputs) -> (batch, n_outputs). Remembers x for the backward step."""
        self._x = x
        return x @ self.weights + self.bias

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """gradient: dloss/dy, (batch, n_outputs). Returns dloss/dx, (batch, n_inputs).

        From ``y = x W + b``: dloss/dW = x^T dloss/dy, dloss/db = sum over the batch of dloss/dy,
        dloss/dx = dloss/dy W^T. The first two are kept in ``gradients``.
        """
        self.gradients = [self._x.T @ gradient, gradient.sum(axis=0)]
        return gradient @ self.weights.T


class ReLU:
    """Negative numbers become zero, others stay: ``y = max(x, 0)``. It has no weights.

    Without it, two dense layers in a row would only be one dense layer: a sum of sums.
    """

    parameters: list[np.ndarray] = []  # noqa: RUF012 (nothing is ever appended)
    gradients: list[np.ndarray] = []  # noqa: RUF012

    def __init__(self) -> None:
        self._positive = np.zeros((0, 0), dtype=bool)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: any shape -> the same shape. Remembers where x was positive."""
        self._positive = x > 0
        return x * self._positive

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """A change of x matters where x was positive, and nowhere else."""
        return gradient * self._positive


Layer = Dense | ReLU
