"""A network: dense layers with ReLU between them, from features to one score a class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.network.layers import Dense, Layer, ReLU


class Network:
    """Dense - ReLU - ... - Dense: ``Network([24, 16, 5])`` has 24 inputs, 16 hidden and 5 scores.

    sizes: numbers of inputs, of hidden units in each hidden layer, and of classes.
    """

    def __init__(self, sizes: Sequence[int], rng: np.random.Generator):
        if len(sizes) < 2 or min(sizes) < 1:
            raise ModelError(f"A network needs at least inputs and outputs, not {list(sizes)}.")
        self.sizes = [int(size) for size in sizes]
        self.layers: list[Layer] = []
        for n_inputs, n_outputs in zip(self.sizes, self.sizes[1:], strict=False):
            if self.layers:
                self.layers.append(ReLU())
            self.layers.append(Dense(n_inputs, n_outputs, rng))

    @property
    def dense(self) -> list[Dense]:
        """The layers that have weights, in order."""
        return [layer for layer in self.layers if isinstance(layer, Dense)]

    @property
    def parameters(self) -> list[np.ndarray]:
        """All weights and biases, in the order of the layers."""
        return [p for layer in self.layers for p in layer.parameters]

    @property
    def gradients(self) -> list[np.ndarray]:
        """The gradient of the loss for each parameter, after :meth:`backward`."""
        return [g for layer in self.layers for g in layer.gradients]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Scores of each class. x: (batch, n_inputs) -> (batch, n_classes)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """Carry the gradient of the loss from the scores back to the inputs, layer by layer."""
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return gradient

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """What the last hidden layer says: (batch, n_hidden). Without one, the inputs."""
        for layer in self.layers[:-1]:
            x = layer.forward(x)
        return x
