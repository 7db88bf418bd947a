"""Optimizers: four ways to walk downhill.

Each ``step`` gets the parameters and the gradient of the loss for each of them, and changes the
parameters in place. The gradient points uphill, so every step goes against it. ``scale`` shrinks
the step toward the end of training.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

Arrays = Sequence[np.ndarray]


class Optimizer(Protocol):
    """What training needs of an optimizer."""

    def step(self, parameters: Arrays, gradients: Arrays, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""


class SGD:
    """Gradient descent with momentum, like a ball that rolls: ``v = m v - rate g``, ``p = p + v``.

    With ``momentum`` 0 it is plain gradient descent (Polyak 1964 for the momentum).
    """

    def __init__(self, learning_rate: float = 0.1, momentum: float = 0.9):
        self.learning_rate = learning_rate
        self.momentum = momentum
        self._velocity: list[np.ndarray] = []

    def step(self, parameters: Arrays, gradients: Arrays, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""
        if not self._velocity:
            self._velocity = [np.zeros_like(p) for p in parameters]
        for p, g, v in zip(parameters, gradients, self._velocity, strict=True):
            v *= self.momentum
            v -= scale * self.learning_rate * g
            p += v


class RMSProp:
    """Divides each gradient by its usual size, so that every parameter walks at a like pace.

    ``s = decay s + (1 - decay) g^2``, ``p = p - rate g / (sqrt(s) + epsilon)`` (Hinton 2012).
    """

    def __init__(self, learning_rate: float = 0.01, decay: float = 0.9, epsilon: float = 1e-8):
        self.learning_rate = learning_rate
        self.decay = decay
        self.epsilon = epsilon
        self._square: list[np.ndarray] = []

    def step(self, parameters: Arrays, gradients: Arrays, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""
        if not self._square:
            self._square = [np.zeros_like(p) for p in parameters]
        for p, g, s in zip(parameters, gradients, self._square, strict=True):
            s *= self.decay
            s += (1 - self.decay) * g * g
            p -= scale * self.learning_rate * g / (np.sqrt(s) + self.epsilon)


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
        self._mean: list[np.ndarray] = []
        self._square: list[np.ndarray] = []
        self._t = 0

    def step(self, parameters: Arrays, gradients: Arrays, scale: float = 1.0) -> None:
        """Move every parameter a little downhill."""
        if not self._mean:
            self._mean = [np.zeros_like(p) for p in parameters]
            self._square = [np.zeros_like(p) for p in parameters]
        self._t += 1
        mean_correction = 1 - self.beta1**self._t
        square_correction = 1 - self.beta2**self._t
        for p, g, m, s in zip(parameters, gradients, self._mean, self._square, strict=True):
            m *= self.beta1
            m += (1 - self.beta1) * g
            s *= self.beta2
            s += (1 - self.beta2) * g * g
            step = (m / mean_correction) / (np.sqrt(s / square_correction) + self.epsilon)
            p -= scale * self.learning_rate * step


OPTIMIZERS: dict[str, type[SGD] | type[RMSProp] | type[Adam]] = {
    "adam": Adam,
    "rmsprop": RMSProp,
    "sgd": SGD,
}
