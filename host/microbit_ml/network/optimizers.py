"""Optimizers: methods of gradient descent, ways to walk downhill.

``step`` takes all parameters of a network in one vector and the gradient of the loss for each of
them, and changes the parameters in place. The gradient points uphill, so every step goes against
it. ``scale`` shortens the step at the start and toward the end of training (see ``schedule``).
"""

from __future__ import annotations

from math import sqrt
from typing import Protocol

import numpy as np


class Optimizer(Protocol):
    """The interface of an optimizer."""

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
    """Divides each gradient by its usual size, which moves all parameters at a similar pace.

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
    """Momentum and RMSProp together, with bias correction (arXiv:1412.6980).

    ``m = m + (1 - b1) (g - m)``, ``s = s + (1 - b2) (g^2 - s)``: both are moving averages, and move
    a small part of the way each time. They start at zero, so after t steps m is too small by the
    factor ``1 - b1^t`` and s by ``1 - b2^t``. One factor of the rate corrects both (section 2 of
    the paper): ``p = p - rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(s) + epsilon)``.
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
        self._mean += (1 - self.beta1) * (gradient - self._mean)
        self._square += (1 - self.beta2) * (gradient * gradient - self._square)
        correction = sqrt(1 - self.beta2**self._t) / (1 - self.beta1**self._t)
        rate = scale * self.learning_rate * correction
        parameters -= rate * self._mean / (np.sqrt(self._square) + self.epsilon)


OPTIMIZERS: dict[str, type[SGD] | type[RMSProp] | type[Adam]] = {
    "adam": Adam,
    "rmsprop": RMSProp,
    "sgd": SGD,
}
"""The optimizers by their name in the settings of training."""
