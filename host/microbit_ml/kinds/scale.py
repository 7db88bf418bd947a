"""Scale and raw window: the inputs of a network, scaled to -127 .. 127.

Contents, little endian::

    1 scale    u16 n, u16 shift, n x i16 center, n x u8 code of a multiplier, padding to 4
    5 raw      u16 n, u16 shift (instead of scale, for a network that uses the raw window)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from microbit_ml.arithmetic.fixed_point import multipliers_of, requantize
from microbit_ml.common.short_repr import short_repr
from microbit_ml.kinds.record import Stage, register

ACTIVATION_LIMIT = 127
"""The largest scaled input: int8, symmetric."""


@register
@dataclass(frozen=True, eq=False)
class Scale(Stage):
    """Scales each input to int8: ``clamp(((F - center) * multiplier + half) >> shift)``.

    center: int16 (n_inputs,); code: uint8 (n_inputs,), of the multipliers; shift: one for all.
    """

    NUMBER, NAME, ENTRY, LISTINGS = 1, "scale", "SCALE", ("scale.py",)

    center: np.ndarray
    code: np.ndarray
    shift: int

    __repr__ = short_repr

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return len(self.center)

    @property
    def n_outputs(self) -> int:
        """The same as inputs."""
        return self.n_inputs

    @property
    def room(self) -> int:
        """It reads one number at a time."""
        return self.n_inputs

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, n_inputs), -127..127."""
        return requantize(
            x - self.center,
            multipliers_of(self.code),
            np.int64(self.shift),
            -ACTIVATION_LIMIT,
            ACTIVATION_LIMIT,
        )

    def content(self) -> bytes:
        """As above."""
        head = struct.pack("<HH", self.n_inputs, self.shift)
        return head + self.center.astype("<i2").tobytes() + self.code.astype(np.uint8).tobytes()

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> Scale:
        """As above."""
        n, shift = struct.unpack_from("<HH", content)
        center = np.frombuffer(content, "<i2", n, 4).astype(np.int64)
        return cls(center, np.frombuffer(content, np.uint8, n, 4 + 2 * n).copy(), shift)


@register
@dataclass(frozen=True, eq=False)
class RawScale(Stage):
    """Scales counts to int8: ``clamp((count + half) >> shift)``. n: numbers in a window."""

    NUMBER, NAME, ENTRY, LISTINGS = 5, "raw", "RAW", ("raw.py",)

    n: int
    shift: int

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return self.n

    @property
    def n_outputs(self) -> int:
        """The same as inputs."""
        return self.n

    @property
    def room(self) -> int:
        """It reads one number at a time."""
        return self.n_inputs

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, n_inputs), -127..127."""
        one, shift = np.int64(1), np.int64(self.shift)
        return requantize(x, one, shift, -ACTIVATION_LIMIT, ACTIVATION_LIMIT)

    def content(self) -> bytes:
        """As above."""
        return struct.pack("<HH", self.n, self.shift)

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> RawScale:
        """As above."""
        return cls(*struct.unpack_from("<HH", content))
