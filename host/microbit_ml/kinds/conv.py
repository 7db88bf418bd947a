"""Convolution: one small dense layer at many places of a row.

Content, little endian::

    6 conv     u16 n_inputs (of one piece), u16 n_outputs (filters), i16 low, i16 high,
               u16 steps, u16 advance (numbers from one piece to the next), rows as dense
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from microbit_ml.kinds.dense import HEAD, IntegerDense, random_dense
from microbit_ml.kinds.record import Stage, register
from microbit_ml.targets import Target

PLACES = struct.Struct("<HH")


@register
@dataclass(frozen=True, eq=False)
class IntegerConv(Stage):
    """A convolution: ``dense`` at ``steps`` places of the row, each ``advance`` numbers further."""

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
        """How many numbers go in."""
        return (self.steps - 1) * self.stride + self.dense.n_inputs

    @property
    def n_outputs(self) -> int:
        """How many numbers come out."""
        return self.steps * self.dense.n_outputs

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, steps * filters)."""
        piece = np.arange(self.dense.n_inputs)
        places = np.arange(self.steps)[:, None] * self.stride + piece
        return self.dense.apply(x[:, places]).reshape(len(x), -1)

    def instructions(self, target: Target) -> float:
        """Those of the dense layer, at each place."""
        return self.steps * self.dense.instructions(target)

    @classmethod
    def random(cls, rng: np.random.Generator, width: int) -> IntegerConv:
        """With up to 5 filters, whose places may overlap or leave gaps."""
        piece = int(rng.integers(1, width + 1))
        stride = int(rng.integers(1, piece + 2))
        steps = int(rng.integers(1, (width - piece) // stride + 2))
        return cls(random_dense(rng, piece, int(rng.integers(1, 6))), steps, stride)

    def content(self) -> bytes:
        """As above."""
        return self.dense.head() + PLACES.pack(self.steps, self.stride) + self.dense.rows()

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> IntegerConv:
        """As above."""
        dense = IntegerDense.of_rows(content, HEAD.size + PLACES.size)
        return cls(dense, *PLACES.unpack_from(content, HEAD.size))
