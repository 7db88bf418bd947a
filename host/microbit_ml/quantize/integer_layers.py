"""The stages of the integer network, each as the board computes it.

Inputs and outputs are rows of integers, (n, numbers). ``arithmetic/ARITHMETIC.md``
specifies each stage and proves that nothing overflows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.arithmetic.fixed_point import multipliers_of, requantize

ACTIVATION_LIMIT = 127  # scaled inputs: int8, symmetric
HIDDEN_LIMIT = 255  # after ReLU: uint8
SCORE_LIMIT = 32767


@dataclass(frozen=True, eq=False)
class Scale:
    """Brings each input to int8: ``clamp(((F - center) * multiplier + half) >> shift)``.

    center: int16 (n_inputs,); code: uint8 (n_inputs,), of the multipliers; shift: one for all.
    """

    center: np.ndarray
    code: np.ndarray
    shift: int

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, n_inputs), -127..127."""
        return requantize(
            rows - self.center,
            multipliers_of(self.code),
            np.int64(self.shift),
            -ACTIVATION_LIMIT,
            ACTIVATION_LIMIT,
        )


@dataclass(frozen=True, eq=False)
class IntegerDense:
    """A dense layer in integers: ``requantize(sum(w * x) + bias)``, kept within low .. high.

    weights: int8 (n_outputs, n_inputs), one scale for each row (output channel); bias: int32
    (n_outputs,); multiplier and shift: (n_outputs,). low = 0 makes it a ReLU at no cost.
    """

    weights: np.ndarray
    bias: np.ndarray
    multiplier: np.ndarray
    shift: np.ndarray
    low: int
    high: int

    @property
    def n_inputs(self) -> int:
        """How many numbers go in."""
        return self.weights.shape[1]

    @property
    def widest(self) -> int:
        """The most numbers that go in or come out, for one window."""
        return max(self.weights.shape)

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(..., n_inputs) -> int64 (..., n_outputs)."""
        # Whole numbers below 2**53 are exact in float64, whose products are faster.
        products = x.astype(np.float64) @ self.weights.astype(np.float64).T
        accumulator = products.astype(np.int64) + self.bias
        return requantize(accumulator, self.multiplier, self.shift, self.low, self.high)


@dataclass(frozen=True, eq=False)
class IntegerConv:
    """A convolution: ``dense`` at ``steps`` places of the row, each ``advance`` numbers further."""

    dense: IntegerDense
    steps: int
    advance: int

    @property
    def n_inputs(self) -> int:
        """How many numbers go in."""
        return (self.steps - 1) * self.advance + self.dense.n_inputs

    @property
    def widest(self) -> int:
        """The most numbers that go in or come out, for one window."""
        return max(self.n_inputs, self.steps * len(self.dense.weights))

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, steps * filters)."""
        piece = np.arange(self.dense.weights.shape[1])
        places = np.arange(self.steps)[:, None] * self.advance + piece
        return self.dense.apply(x[:, places]).reshape(len(x), -1)


@dataclass(frozen=True, eq=False)
class IntegerPool:
    """The largest of ``size`` moments in a row, for each channel; ``steps`` moments come out."""

    steps: int
    channels: int
    size: int

    @property
    def n_inputs(self) -> int:
        """How many numbers go in."""
        return self.steps * self.size * self.channels

    @property
    def widest(self) -> int:
        """The most numbers that go in or come out, for one window."""
        return self.n_inputs

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, steps * channels)."""
        used = x[:, : self.widest].reshape(len(x), self.steps, self.size, self.channels)
        return used.max(axis=2).reshape(len(x), -1)


IntegerLayer = IntegerDense | IntegerConv | IntegerPool
