"""Nearest: how near the inputs are to the prototypes of each label.

Content, little endian::

    8 nearest   u16 n_inputs, u16 n_labels, u16 n_prototypes, n_prototypes x u8 label,
                n_prototypes x n_inputs x i8
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.features import log_scale
from microbit_ml.kinds.record import Stage, even, register
from microbit_ml.kinds.scale import ACTIVATION_LIMIT
from microbit_ml.targets import Target

HEAD = struct.Struct("<HHH")
OCTAVE = 256
"""What a score loses when the squared distance doubles."""


@register
@dataclass(frozen=True, eq=False)
class IntegerNearest(Stage):
    """Scores labels by their nearest prototype: minus the logarithm of its squared distance.

    prototypes: int8 (n_prototypes, n_inputs); labels: (n_prototypes,), the label of each; every
    label has one. One prototype for each label makes it a nearest-centroid classifier. The score of
    "other" is 0, as if the inputs were one of its prototypes.
    """

    NUMBER, NAME, ENTRY, LISTINGS = 8, "nearest", "NEAREST", ("nearest.py", "distances.py")
    SCORE_STEP = 1 / 128

    prototypes: np.ndarray
    labels: np.ndarray

    __repr__ = short_repr

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return self.prototypes.shape[1]

    @property
    def n_outputs(self) -> int:
        """One for each label, and one for "other"."""
        return int(self.labels.max()) + 2

    @property
    def room(self) -> int:
        """The board writes the inputs as bytes behind them, four at a time."""
        return max(self.n_inputs + 3 + self.n_inputs // 2, self.n_outputs)

    @property
    def products(self) -> int:
        """One for each number of a prototype."""
        return self.prototypes.size

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, n_labels + 1): 0 is the highest score."""
        distances = squared_distances(x, self.prototypes)
        scores = np.zeros((len(x), self.n_outputs), dtype=np.int64)
        for label in range(self.n_outputs - 1):
            nearest = distances[:, self.labels == label].min(axis=1)
            scores[:, label] = -log_scale(nearest, OCTAVE)
        return scores

    def instructions(self, target: Target) -> float:
        """Prototypes are measured in pairs. Each takes a logarithm, of about 72 instructions."""
        product = 2.375 if target.is_m4 else 5.25
        n = len(self.labels)
        return product * self.n_inputs * even(n) + 3 * self.n_inputs + 72 * n + 30

    @classmethod
    def random(cls, rng: np.random.Generator, width: int) -> IntegerNearest:
        """With up to 11 labels, and up to 4 prototypes for each."""
        n_labels = int(rng.integers(2, 12))
        more = rng.integers(0, n_labels, rng.integers(0, 3 * n_labels))
        labels = np.sort(np.concatenate([np.arange(n_labels), more]))
        limit = int(rng.choice([3, ACTIVATION_LIMIT]))
        shape = (len(labels), int(rng.integers(1, width + 1)))
        return cls(rng.integers(-limit, limit + 1, shape).astype(np.int8), labels)

    def content(self) -> bytes:
        """As above."""
        head = HEAD.pack(self.n_inputs, self.n_outputs - 1, len(self.labels))
        labels, prototypes = self.labels.astype(np.uint8), self.prototypes.astype(np.int8)
        return head + labels.tobytes() + prototypes.tobytes()

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> IntegerNearest:
        """As above."""
        n_inputs, n_named, n_prototypes = HEAD.unpack_from(content)
        labels = np.frombuffer(content, np.uint8, n_prototypes, HEAD.size).astype(np.int64)
        if n_named != n_labels or not np.array_equal(np.unique(labels), np.arange(n_labels)):
            raise ValueError(f"prototypes of the labels {np.unique(labels)} of {n_labels}")
        offset = HEAD.size + n_prototypes
        numbers = np.frombuffer(content, np.int8, n_prototypes * n_inputs, offset)
        return cls(numbers.reshape(n_prototypes, n_inputs).copy(), labels)


def squared_distances(x: np.ndarray, prototypes: np.ndarray) -> np.ndarray:
    """From each row to each prototype, whole numbers: (n, d) and (m, d) -> int64 (n, m)."""
    rows, others = x.astype(np.float64), prototypes.astype(np.float64)
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ others.T + (others**2).sum(axis=1)
    return squares.astype(np.int64)  # exact: whole numbers below 2**53
