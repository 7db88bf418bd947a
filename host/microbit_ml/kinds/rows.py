"""Rows of weights as the kernels read them: two rows interleaved.

The weights of two rows alternate, i8: that of the first input for the first row, then for the
second row, that of the second input for the first row, and so on. So the kernels read an input once
for two products, and its index leads to both weights. A weight of 0 pads an odd number of inputs:
whatever is read there adds nothing. A row of zeros (shift 1) pads an odd number of rows; its output
is dropped. ``[a b]``, ``[c d]`` are stored as ``a c b d``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microbit_ml.kinds.record import even


def in_twos(numbers: np.ndarray, padding: int) -> np.ndarray:
    """(n,) -> (pairs, 2), the last one padded."""
    return np.append(numbers, [padding] * (len(numbers) % 2)).reshape(-1, 2)


def pairs(
    multiplier: np.ndarray, shift: np.ndarray, weights: np.ndarray
) -> Iterator[tuple[bytes, bytes]]:
    """The rows in pairs: the multipliers and shifts of each pair, and its weights.

    multiplier and shift: (rows,); weights: (rows, inputs).
    """
    rows, inputs = weights.shape
    whole = np.zeros((even(rows), even(inputs)), dtype=np.int8)
    whole[:rows, :inputs] = weights
    factors = np.stack([in_twos(multiplier, 0), in_twos(shift, 1)], axis=-1).astype("<u2")
    for pair, two in zip(whole.reshape(-1, 2, whole.shape[1]), factors, strict=True):
        yield two.tobytes(), pair.T.tobytes()


def pair_of(n_inputs: int) -> np.dtype:
    """Two rows as :func:`pairs` lays them out."""
    weights = ("weights", "i1", (even(n_inputs), 2))
    return np.dtype([("factors", "<u2", (2, 2)), weights])
