"""Convolution: one small dense layer at many positions of a row.

Content, little endian::

    6 conv     u16 n_inputs (of one position), u16 n_outputs (filters), i16 low, i16 high,
               u16 steps, u16 stride (numbers from one position to the next), rows as dense
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from microbit_ml.kinds.dense import HEAD, IntegerDense, random_dense
from microbit_ml.kinds.record import Stage, register
from microbit_ml.targets import Target

POSITIONS = struct.Struct("<HH")


@register
@dataclass(frozen=True, eq=False)
class IntegerConv(Stage):
    """A convolution: ``dense`` at ``steps`` positions of the row, ``stride`` numbers apart."""

    NUMBER, NAME, ENTRY, LISTINGS = (
        6,
        "conv",
        "CONV",
        ("conv.py", "dense.py", "outputs.py", "dot_product.py"),
    )

    HIDDEN = True

    dense: IntegerDense
    steps: int
    stride: int

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return (self.steps - 1) * self.stride + self.dense.n_inputs

    @property
    def n_outputs(self) -> int:
        """The number of outputs."""
        return self.steps * self.dense.n_outputs

    @property
    def products(self) -> int:
        """Those of the dense layer, at each position."""
        return self.steps * self.dense.products

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, steps * filters)."""
        kernel = np.arange(self.dense.n_inputs)
        indices = np.arange(self.steps)[:, None] * self.stride + kernel
        return self.dense.apply(x[:, indices]).reshape(len(x), -1)

    def instructions(self, target: Target) -> float:
        """Those of the dense layer, at each position."""
        return self.steps * self.dense.instructions(target)

    @classmethod
    def random(cls, rng: np.random.Generator, width: int) -> IntegerConv:
        """With up to 5 filters, at positions that may overlap or leave gaps."""
        kernel = int(rng.integers(1, width + 1))
        stride = int(rng.integers(1, kernel + 2))
        steps = int(rng.integers(1, (width - kernel) // stride + 2))
        return cls(random_dense(rng, kernel, int(rng.integers(1, 6))), steps, stride)

    def content(self) -> bytes:
        """As above."""
        return self.dense.head() + POSITIONS.pack(self.steps, self.stride) + self.dense.rows()

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> IntegerConv:
        """As above."""
        dense = IntegerDense.of_rows(content, HEAD.size + POSITIONS.size)
        return cls(dense, *POSITIONS.unpack_from(content, HEAD.size))
