"""Optimizers: ways to walk downhill.

``step`` gets all parameters of a network in one vector and the gradient of the loss for each of
them, and changes the parameters in place. The gradient points uphill, so every step goes against
it. ``scale`` shortens the step at the start and toward the end of training.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Optimizer(Protocol):
    """What training needs of an optimizer."""

    def step(self, parameters: np.ndarray, gradient: np.ndarray, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""


class SGD:
    """Gradient descent with momentum, like a ball that rolls: ``v = m v - rate g``, ``p = p + v``.

    With ``momentum`` 0 it is plain gradient descent (Polyak 1964 for the momentum).
    """

    def __init__(self, learning_rate: float = 0.05, momentum: float = 0.9):
        self.learning_rate = learning_rate
        self.momentum = momentum
        self._velocity: np.ndarray | float = 0.0

    def step(self, parameters: np.ndarray, gradient: np.ndarray, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""
        self._velocity = self.momentum * self._velocity - scale * self.learning_rate * gradient
        parameters += self._velocity


class RMSProp:
    """Divides each gradient by its usual size, so that every parameter walks at a like pace.

    ``s = decay s + (1 - decay) g^2``, ``p = p - rate g / (sqrt(s) + epsilon)`` (Hinton 2012).
    """

    def __init__(self, learning_rate: float = 0.01, decay: float = 0.9, epsilon: float = 1e-8):
        self.learning_rate = learning_rate
        self.decay = decay
        self.epsilon = epsilon
        self._square: np.ndarray | float = 0.0

    def step(self, parameters: np.ndarray, gradient: np.ndarray, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""
        self._square = self.decay * self._square + (1 - self.decay) * gradient * gradient
        rate = scale * self.learning_rate
        parameters -= rate * gradient / (np.sqrt(self._square) + self.epsilon)


class Adam:
    """Momentum and RMSProp together, corrected for their start at zero (arXiv:1412.6980).

    ``m = b1 m + (1 - b1) g``, ``s = b2 s + (1 - b2) g^2``; after t steps both are too small by the
    factors ``1 - b1^t`` and ``1 - b2^t``; ``p = p - rate m' / (sqrt(s') + epsilon)``.
    """

    def __init__(
        self,
        learning_rate: float = 0.02,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ):
        self.learning_rate = learning_rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self._mean: np.ndarray | float = 0.0
        self._square: np.ndarray | float = 0.0
        self._t = 0

    def step(self, parameters: np.ndarray, gradient: np.ndarray, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""
        self._t += 1
        self._mean = self.beta1 * self._mean + (1 - self.beta1) * gradient
        self._square = self.beta2 * self._square + (1 - self.beta2) * gradient * gradient
        mean = self._mean / (1 - self.beta1**self._t)
        square = self._square / (1 - self.beta2**self._t)
        parameters -= scale * self.learning_rate * mean / (np.sqrt(square) + self.epsilon)


OPTIMIZERS: dict[str, type[SGD] | type[RMSProp] | type[Adam]] = {
    "adam": Adam,
    "rmsprop": RMSProp,
    "sgd": SGD,
}
