"""The layers of a network, each with its forward and its backward step.

Forward: numbers in, numbers out. Backward: given how the loss changes with a layer's output
(the gradient that arrives), work out how it changes with the layer's weights and with its input
(the gradient to pass on). That is the chain rule, one layer at a time: backpropagation.

Shapes: a batch of inputs is (batch, n_inputs), and a layer's weights are (n_inputs, n_outputs).
Several networks of one shape can be trained together: then every array has one more axis in front,
(models, batch, n_inputs) and (models, n_inputs, n_outputs), and not one line below changes, since
``@`` multiplies the last two axes.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Layer(Protocol):
    """The interface of a layer; n_inputs and n_outputs count the numbers of one row."""

    n_inputs: int
    n_outputs: int

    def forward(self, x: np.ndarray) -> np.ndarray: ...
    def backward(self, gradient: np.ndarray) -> np.ndarray: ...
    def forget(self) -> None: ...


class Dense:
    """Each output is a weighted sum of all inputs plus a bias: ``y = x W + b``.

    weights: (n_inputs, n_outputs); bias: (1, n_outputs). The network provides the memory for them
    and for their gradients.
    """

    def __init__(self, n_inputs: int, n_outputs: int):
        self.n_inputs, self.n_outputs = n_inputs, n_outputs
        self.weights: np.ndarray = np.zeros((n_inputs, n_outputs))
        self.bias: np.ndarray = np.zeros((1, n_outputs))
        self.weight_gradient: np.ndarray = np.zeros_like(self.weights)
        self.bias_gradient: np.ndarray = np.zeros_like(self.bias)

    def start(self, rng: np.random.Generator) -> None:
        """Random weights with the standard deviation ``sqrt(2 / n_inputs)``, and biases of 0.

        This He initialisation keeps numbers about the same size from layer to layer, although ReLU
        sets half of them to zero (He et al. 2015, arXiv:1502.01852).
        """
        self.weights[:] = rng.normal(0.0, np.sqrt(2.0 / self.n_inputs), self.weights.shape)
        self.bias[:] = 0.0

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: (batch, n_inputs) -> (batch, n_outputs). Remembers x for the backward step."""
        self._x = x
        y = x @ self.weights
        y += self.bias
        return y

    def keep_gradients(self, gradient: np.ndarray) -> None:
        """Compute the gradients of weights and bias from dloss/dy, (batch, n_outputs).

        From ``y = x W + b``: dloss/dW = x^T dloss/dy, and dloss/db is the sum of dloss/dy over the
        batch, written as a product with a row of ones.
        """
        # One row for each row of x: a convolution makes several of each window in the batch.
        gradient = gradient.reshape(*self._x.shape[:-1], -1)
        ones = np.ones((1, gradient.shape[-2]), dtype=gradient.dtype)
        np.matmul(transposed(self._x), gradient, out=self.weight_gradient)
        np.matmul(ones, gradient, out=self.bias_gradient)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """gradient: dloss/dy, (batch, n_outputs). Returns dloss/dx = dloss/dy W^T."""
        self.keep_gradients(gradient)
        return gradient @ transposed(self.weights)

    def forget(self) -> None:
        """Let go of the batch that it remembers, which takes memory."""
        self._x = np.zeros((0, self.n_inputs))


class ReLU:
    """Negative numbers become zero, others stay: ``y = max(x, 0)``. It has no weights.

    Without it, two dense layers in a row would do no more than one: a sum of sums is a sum.
    """

    def __init__(self, n_inputs: int):
        self.n_inputs = self.n_outputs = n_inputs

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: any shape -> the same shape. Remembers its slope: 1 where x was positive, else 0."""
        self._slope = (x > 0).astype(x.dtype)
        return x * self._slope

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """A change of x matters where x was positive, and nowhere else."""
        return gradient * self._slope

    def forget(self) -> None:
        """As of a dense layer."""
        self._slope = np.zeros(0)


class Dropout:
    """During training, sets a random fraction of its inputs to zero and scales up the others.

    The next layer cannot rely on any single unit, and learns to use several. Dividing the others by
    ``1 - rate`` keeps the sum the same on average. After training it does nothing
    (Srivastava et al. 2014).
    """

    def __init__(self, n_inputs: int, rate: float, rng: np.random.Generator):
        self.n_inputs = self.n_outputs = n_inputs
        self.rate = rate
        self.training = False
        self._kept: np.ndarray | None = None
        self._rng = rng

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: any shape -> the same shape."""
        if not self.training or self.rate == 0.0:
            self._kept = None
            return x
        kept = self._rng.random(x.shape, dtype=np.float32) >= self.rate
        self._kept = kept * x.dtype.type(1.0 / (1.0 - self.rate))
        return x * self._kept

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """A change of x matters where x was kept."""
        return gradient if self._kept is None else gradient * self._kept

    def forget(self) -> None:
        """As of a dense layer."""
        self._kept = None


def transposed(a: np.ndarray) -> np.ndarray:
    """Rows become columns, in each of the networks that are trained together."""
    return a.swapaxes(-1, -2)
