"""Dense: a layer whose outputs are weighted sums of all its inputs.

Content, little endian::

    2 dense    u16 n_inputs, u16 n_outputs, i16 low, i16 high, then the rows of two outputs
               o, o + 1 at a time: 2 x i32 bias, 2 x (u16 multiplier, u16 shift), weights (rows.py)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from microbit_ml.arithmetic.fixed_point import choose_multipliers, requantize
from microbit_ml.common.short_repr import short_repr
from microbit_ml.kinds.record import Stage, even, register
from microbit_ml.kinds.rows import in_twos, pair_of, pairs
from microbit_ml.targets import Target

HIDDEN_LIMIT = 255
"""The largest output of a hidden layer, after ReLU: uint8."""
SCORE_LIMIT = 32767
"""The largest score (logit): int16."""
HEAD = struct.Struct("<HHhh")


@register
@dataclass(frozen=True, eq=False)
class IntegerDense(Stage):
    """A dense layer in integers: ``requantize(sum(w * x) + bias)``, clamped to low .. high.

    weights: int8 (n_outputs, n_inputs), one scale for each row (output channel); bias: int32
    (n_outputs,); multiplier and shift: (n_outputs,). low = 0 makes it a ReLU at no cost.
    """

    NUMBER, NAME, ENTRY, LISTINGS = (
        2,
        "dense",
        "DENSE",
        ("dense.py", "outputs.py", "dot_product.py"),
    )

    HIDDEN = True

    weights: np.ndarray
    bias: np.ndarray
    multiplier: np.ndarray
    shift: np.ndarray
    low: int
    high: int

    __repr__ = short_repr

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return self.weights.shape[1]

    @property
    def n_outputs(self) -> int:
        """The number of outputs."""
        return self.weights.shape[0]

    @property
    def products(self) -> int:
        """One for each weight."""
        return self.weights.size

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(..., n_inputs) -> int64 (..., n_outputs)."""
        # Whole numbers below 2**53 are exact in float64, and float64 products are faster.
        products = x.astype(np.float64) @ self.weights.astype(np.float64).T
        accumulator = products.astype(np.int64) + self.bias
        return requantize(accumulator, self.multiplier, self.shift, self.low, self.high)

    def instructions(self, target: Target) -> float:
        """Inputs and outputs are counted in pairs, as the board processes them."""
        cost = target.dense_cost
        return even(self.n_outputs) * (cost.output + cost.product * even(self.n_inputs))

    @classmethod
    def random(cls, rng: np.random.Generator, width: int) -> IntegerDense:
        """With up to 29 outputs."""
        return random_dense(rng, width, int(rng.integers(1, 30)))

    def head(self) -> bytes:
        """Its sizes and limits."""
        return HEAD.pack(self.n_inputs, self.n_outputs, self.low, self.high)

    def rows(self) -> bytes:
        """Biases, multipliers and weights, two outputs at a time."""
        return b"".join(
            np.array(bias, dtype="<i4").tobytes() + factors + weights
            for (factors, weights), bias in zip(
                pairs(self.multiplier, self.shift, self.weights),
                in_twos(self.bias, 0),
                strict=True,
            )
        )

    def content(self) -> bytes:
        """As above."""
        return self.head() + self.rows()

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> IntegerDense:
        """As above."""
        return cls.of_rows(content, HEAD.size)

    @classmethod
    def of_rows(cls, content: bytes, offset: int) -> IntegerDense:
        """A layer from a record that begins with its head and has its rows at an offset."""
        n_inputs, n_outputs, low, high = HEAD.unpack_from(content)
        both = np.dtype([("bias", "<i4", 2), ("rows", pair_of(n_inputs))])
        two = np.frombuffer(content, both, (n_outputs + 1) // 2, offset)
        bias = two["bias"].reshape(-1)[:n_outputs].astype(np.int64)
        factors = two["rows"]["factors"].reshape(-1, 2)[:n_outputs].astype(np.int64)
        weights = two["rows"]["weights"].transpose(0, 2, 1).reshape(-1, even(n_inputs))
        weights = np.ascontiguousarray(weights[:n_outputs, :n_inputs])
        return cls(weights, bias, factors[:, 0], factors[:, 1], low, high)


def random_dense(
    rng: np.random.Generator, n_inputs: int, n_outputs: int, low: int = 0, high: int = HIDDEN_LIMIT
) -> IntegerDense:
    """A dense layer with random or extreme weights; some of its outputs exceed low .. high."""
    shape = (n_outputs, n_inputs)
    if rng.random() < 0.3:
        weights = rng.choice([-127, 127], shape)
    else:
        weights = rng.integers(-127, 128, shape)
    bias = rng.integers(-(1 << 14), 1 << 14, n_outputs)
    bound = np.abs(bias) + 255 * np.abs(weights).sum(axis=1)
    usual = 127 * 74 * np.sqrt(n_inputs)  # distance of a sum from 0
    factor = rng.uniform(0.5, 2, n_outputs) * high / usual
    multiplier, shift = choose_multipliers(factor, np.maximum(bound, 2 * usual).astype(np.int64))
    return IntegerDense(weights.astype(np.int8), bias, multiplier, shift, low, high)
