"""Gate: the novelty detector in integers, which decides whether a movement is known.

Content, little endian::

    3 gate     u16 n_hidden, u16 n_features, u16 margin_limit, u16 margin_factor,
               n_labels x i16 acceptance radius, padding to 4,
               n_labels x n_hidden x u8 hidden means, padding to 4,
               n_labels x n_features x i8 feature centers, padding to 4,
               then rows o, o + 1 at a time, o = 0, 2, ...: 2 x (u16 multiplier, u16 shift),
               weights (rows.py) for the hidden values o, o + 1, ...

It is the last record that computes: it takes the top-1 label, and decides whether it is known.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.arithmetic.fixed_point import requantize
from microbit_ml.common.short_repr import short_repr
from microbit_ml.features import log_scale
from microbit_ml.kinds.record import Record, even, padded, register
from microbit_ml.kinds.rows import pair_of, pairs

PROJECTION_LIMIT = 1023
"""The largest projection: 255 squares of it stay below 2**28."""
OPEN = 30_000
"""An acceptance radius that no distance exceeds: nothing is unknown."""


@register
@dataclass(frozen=True, eq=False)
class IntegerNoveltyDetector(Record):
    """Measures how far a movement is from those the model was trained on.

    radius: int16 (n_labels,), each label's acceptance radius in 1/16 octaves; hidden_means: uint8
    (n_labels, n_hidden); weights: int8 (n_hidden, n_hidden), upper triangular: row o projects the
    hidden values o, o + 1, ... to one number; multiplier, shift: (n_hidden,); feature_centers: int8
    (n_labels, n_features); margin_limit and margin_factor: those of the score's margin.
    n_hidden or n_features may be 0. Its float counterpart explains it: ``NoveltyDetector``.
    """

    NUMBER, NAME, ENTRY, LISTINGS = 3, "gate", "GATE", ("gate.py", "log.py", "dot_product.py")

    radius: np.ndarray
    hidden_means: np.ndarray
    weights: np.ndarray
    multiplier: np.ndarray
    shift: np.ndarray
    feature_centers: np.ndarray
    margin_limit: int
    margin_factor: int

    __repr__ = short_repr

    @property
    def widest(self) -> int:
        """It needs no buffer of its own."""
        return 0

    def distance(self, x: np.ndarray, hidden: np.ndarray, best: np.ndarray) -> np.ndarray:
        """The sum of the logarithms of both squared distances to a class mean: int64 (n,).

        x: (n, n_inputs), scaled; hidden: (n, n_hidden); best: (n,), the class.
        """
        n_hidden, n_features = self.hidden_means.shape[1], self.feature_centers.shape[1]
        residual = hidden[:, :n_hidden] - self.hidden_means[best].astype(np.int64)
        projected = requantize(
            residual @ self.weights.astype(np.int64).T,
            self.multiplier,
            self.shift,
            -PROJECTION_LIMIT,
            PROJECTION_LIMIT,
        )
        features = x[:, :n_features] - self.feature_centers[best].astype(np.int64)
        return log_scale((projected**2).sum(axis=1)) + log_scale((features**2).sum(axis=1))

    def confidence(
        self, x: np.ndarray, hidden: np.ndarray, scores: np.ndarray, best: np.ndarray
    ) -> np.ndarray:
        """How far a movement is inside its label's acceptance radius: int64 (n,). 0 or more is
        known.

        scores: (n, n_labels + 1), the last that of "other"; the rest as for :meth:`distance`.
        """
        margin = scores[np.arange(len(best)), best] - scores[:, -1]
        margin = np.clip(margin, -self.margin_limit, self.margin_limit)
        bonus = (margin * self.margin_factor) >> 7
        return self.radius[best] - self.distance(x, hidden, best) + bonus

    def widened(self, amount: int) -> IntegerNoveltyDetector:
        """The same gate with ``amount`` added to every label's acceptance radius."""
        return replace(self, radius=np.clip(self.radius + amount, -OPEN, OPEN))

    @classmethod
    def open(cls, n_labels: int) -> IntegerNoveltyDetector:
        """A gate that accepts everything: every movement is known."""
        none = np.zeros((n_labels, 0), dtype=np.int64)
        return cls(
            radius=np.zeros(n_labels, dtype=np.int64),
            hidden_means=none,
            weights=np.zeros((0, 0), dtype=np.int8),
            multiplier=none[0],
            shift=none[0],
            feature_centers=none,
            margin_limit=1,
            margin_factor=1,
        )

    def content(self) -> bytes:
        """As above."""
        n_hidden, n_features = self.hidden_means.shape[1], self.feature_centers.shape[1]
        content = struct.pack("<HHHH", n_hidden, n_features, self.margin_limit, self.margin_factor)
        content += padded(self.radius.astype("<i2").tobytes())
        content += padded(self.hidden_means.astype(np.uint8).tobytes())
        content += padded(self.feature_centers.astype(np.int8).tobytes())
        for o in range(0, n_hidden, 2):
            two = slice(o, o + 2)
            some = pairs(self.multiplier[two], self.shift[two], self.weights[two, o:])
            content += b"".join(factors + weights for factors, weights in some)
        return content

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> IntegerNoveltyDetector:
        """As above."""
        n_hidden, n_features, margin_limit, margin_factor = struct.unpack_from("<HHHH", content)
        offset = 8

        def take(count: int, kind: str) -> np.ndarray:
            nonlocal offset
            values = np.frombuffer(content, kind, count, offset).copy()
            offset += -(-values.nbytes // 4) * 4
            return values

        radius = take(n_labels, "<i2").astype(np.int64)
        hidden_means = take(n_labels * n_hidden, "u1").reshape(n_labels, n_hidden)
        centers = take(n_labels * n_features, "i1").reshape(n_labels, n_features)
        weights = np.zeros((n_hidden, n_hidden), dtype=np.int8)
        factors = np.zeros((even(n_hidden), 2), dtype=np.int64)
        for o in range(0, n_hidden, 2):
            pair = np.frombuffer(content, pair_of(n_hidden - o), 1, offset)[0]
            offset += pair.nbytes
            factors[o : o + 2] = pair["factors"]
            weights[o : o + 2, o:] = pair["weights"].T[: n_hidden - o, : n_hidden - o]
        multiplier, shift = factors[:n_hidden].T.copy()
        return cls(
            radius, hidden_means, weights, multiplier, shift, centers, margin_limit, margin_factor
        )
