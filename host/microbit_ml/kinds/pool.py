"""Max pooling: the largest of a few time steps in a row, for each channel.

Content, little endian::

    7 pool     u16 steps, u16 channels, u16 size, u16 0
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from microbit_ml.kinds.record import Stage, register


@register
@dataclass(frozen=True, eq=False)
class IntegerPool(Stage):
    """The largest of ``size`` time steps in a row, for each channel; ``steps`` of them remain."""

    NUMBER, NAME, ENTRY, LISTINGS = 7, "pool", "POOL", ("pool.py",)

    HIDDEN = True

    steps: int
    channels: int
    size: int

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return self.steps * self.size * self.channels

    @property
    def n_outputs(self) -> int:
        """The number of outputs."""
        return self.steps * self.channels

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, steps * channels)."""
        used = x[:, : self.n_inputs].reshape(len(x), self.steps, self.size, self.channels)
        return used.max(axis=2).reshape(len(x), -1)

    @classmethod
    def random(cls, rng: np.random.Generator, width: int) -> IntegerPool:
        """With up to 5 channels."""
        channels = int(rng.integers(1, min(width, 5) + 1))
        size = int(rng.integers(1, width // channels + 1))
        return cls(width // (channels * size), channels, size)

    def content(self) -> bytes:
        """As above."""
        return struct.pack("<HHHH", self.steps, self.channels, self.size, 0)

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> IntegerPool:
        """As above."""
        return cls(*struct.unpack_from("<HHH", content))
