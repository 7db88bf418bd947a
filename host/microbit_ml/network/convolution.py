"""Layers for raw windows: a convolution over time, and max pooling.

The order of numbers is that of the board: one row for each window, with all channels of the first
time step, then all channels of the second, and so on; at the start ``x y z x y z ...``.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.network.layers import Dense


class Conv1D(Dense):
    """The same small dense layer at many time steps: a detector that slides along the window.

    ``kernel`` time steps with ``channels`` numbers each are ``kernel * channels`` adjacent inputs;
    each filter computes one output from them. Then the detector moves on by ``stride`` time steps.
    So the forward step cuts the row into overlapping pieces and is a dense layer on the pieces; the
    backward step puts the gradient of each piece back where it was cut out, and adds them up where
    pieces overlap.
    """

    def __init__(self, length: int, channels: int, filters: int, kernel: int, stride: int):
        super().__init__(kernel * channels, filters)
        self.length, self.channels = length, channels
        self.filters, self.kernel, self.stride = filters, kernel, stride
        self.steps = (length - kernel) // stride + 1
        self.n_inputs = length * channels
        self.n_outputs = self.steps * filters
        starts = np.arange(self.steps)[:, None] * stride * channels
        self._indices = starts + np.arange(kernel * channels)  # (steps, kernel * channels)

    def start(self, rng: np.random.Generator) -> None:
        """Random weights, as for a dense layer whose inputs are one piece."""
        self.weights[:] = rng.normal(0.0, np.sqrt(2.0 / self._indices.shape[1]), self.weights.shape)
        self.bias[:] = 0.0

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: (batch, length * channels) -> (batch, steps * filters)."""
        pieces = x[..., self._indices]  # (batch, steps, kernel * channels)
        y = super().forward(pieces.reshape(*x.shape[:-2], -1, self._indices.shape[1]))
        return y.reshape(*x.shape[:-1], self.n_outputs)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """gradient: (batch, steps * filters) -> dloss/dx, (batch, length * channels)."""
        shape = gradient.shape[:-1]
        per_piece = super().backward(gradient.reshape(*shape[:-1], -1, self.filters))
        per_piece = per_piece.reshape(*shape, *self._indices.shape)
        result = np.zeros((*shape, self.n_inputs), dtype=gradient.dtype)
        for step, indices in enumerate(self._indices):
            result[..., indices[0] : indices[-1] + 1] += per_piece[..., step, :]
        return result


class MaxPool:
    """The largest of ``size`` time steps in a row, for each channel: whether, not exactly when.

    Time steps at the end that do not fill a pool are dropped.
    """

    def __init__(self, length: int, channels: int, size: int):
        self.channels, self.size = channels, size
        self.steps = length // size
        self.n_inputs = length * channels
        self.n_outputs = self.steps * channels

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: (batch, length * channels) -> (batch, steps * channels)."""
        used = x[..., : self.steps * self.size * self.channels]
        pools = used.reshape(*x.shape[:-1], self.steps, self.size, self.channels)
        largest = pools.max(axis=-2, keepdims=True)
        first = pools.argmax(axis=-2)[..., None, :] == np.arange(self.size)[:, None]
        self._chosen = first  # of several equal ones, the first
        return largest.reshape(*x.shape[:-1], self.n_outputs)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """A change of x matters where x was the largest."""
        shape = gradient.shape[:-1]
        routed = gradient.reshape(*shape, self.steps, 1, self.channels) * self._chosen
        result = np.zeros((*shape, self.n_inputs), dtype=gradient.dtype)
        used = self.steps * self.size * self.channels
        result[..., :used] = routed.reshape(*shape, used)
        return result

    def forget(self) -> None:
        """As of a dense layer."""
        self._chosen = np.zeros(0, dtype=bool)
