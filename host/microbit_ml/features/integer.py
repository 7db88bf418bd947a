"""The features of windows in integers: the NumPy twin of ``firmware/kernels.py``.

Every line here has its counterpart on the board, and both give the same integers. Division rounds
toward minus infinity (``//``), on the board as in NumPy; the mean rounds half up.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.features.definitions import LAGS, N_FEATURES

MIN_WINDOW, MAX_WINDOW = 25, 150  # samples; keeps every sum far below the board's 31-bit integers


def log_scale(value: np.ndarray) -> np.ndarray:
    """A logarithm in integers: 16 more for each doubling, and 0 for 0.

    With v = value + 16 and k the number of times v can be halved before it is below 32:
    ``16 k + (v >> k) - 16``. Between two powers of two it is a straight line.

    value: integers, 0 .. 2**30. Returns int64 of the same shape. An acceleration twice as strong
    is the same step further whether the movement is gentle or violent, as with loudness.
    """
    shifted = np.asarray(value, dtype=np.int64) + 16
    exponent = np.frexp(shifted.astype(np.float64))[1].astype(np.int64)  # exact: 2**(e-1) <= v
    halvings = exponent - 5
    return 16 * halvings + (shifted >> halvings) - 16


def compute_features(windows: np.ndarray) -> np.ndarray:
    """The 24 integer features of each window.

    windows: int (n_windows, window, 3) in counts, -2048..2048, window 25..150.
    Returns int64 (n_windows, 24) in the order of ``FEATURES``.
    Raises DataError when the shape or the values cannot have come from a board.
    """
    x = _check(windows)
    length = x.shape[1]
    total = x.sum(axis=1)  # (n_windows, 3)
    mean = (2 * total + length) // (2 * length)  # rounds half up
    above = log_scale(x.max(axis=1) - mean)
    below = log_scale(mean - x.min(axis=1))
    spread = log_scale(np.abs(x - mean[:, None]).sum(axis=1) // length)
    columns = [mean, above, below, spread]
    for lag in LAGS:
        change = np.abs(x[:, lag:] - x[:, :-lag]).sum(axis=1) // (length - lag)
        columns.append(log_scale(change))
    # (8, n_windows, 3) -> (n_windows, 3, 8): all features of x, then of y, then of z
    return np.stack(columns).transpose(1, 2, 0).reshape(len(x), N_FEATURES)


def _check(windows: np.ndarray) -> np.ndarray:
    x = np.asarray(windows)
    if x.ndim != 3 or x.shape[2] != 3:
        raise DataError(f"Windows have shape (n, samples, 3), not {x.shape}.")
    if not MIN_WINDOW <= x.shape[1] <= MAX_WINDOW:
        raise DataError(
            f"A window of {x.shape[1]} samples cannot be used. "
            f"Choose one of {MIN_WINDOW} to {MAX_WINDOW} samples."
        )
    if x.dtype.kind not in "iu":
        raise DataError(f"Windows are whole numbers of counts, not {x.dtype}.")
    x = x.astype(np.int64)
    # A chip measures -2048..2047; the runtime turns axes round, so a board can also say +2048.
    if x.size and np.abs(x).max() > 2048:
        raise DataError(
            f"A sample of {x.flat[np.abs(x).argmax()]} counts is outside -2048..2048, "
            "what a micro:bit can measure. Is the file in mg or m/s2?"
        )
    return x
