"""Fixed-point multiplication: by a fraction, with integers only (a multiplier and a shift).

``ARITHMETIC.md`` in this folder is the specification; the board does the same in assembler.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.errors import ModelError

SMALL_INT_LIMIT = 1 << 30  # V1's MicroPython holds -2**30 .. 2**30 - 1 without a big integer
MAX_MULTIPLIER = (1 << 15) - 1
MAX_SHIFT = 29
BIAS_LIMIT = 1 << 20
"""The largest bias, in steps of its accumulator; this leaves room for a useful multiplier."""

MANTISSA_BITS = 5  # of a multiplier's code, one byte: the other three are an exponent
MAX_CODED_SHIFT = 20


def requantize(
    accumulator: np.ndarray, multiplier: np.ndarray, shift: np.ndarray, low: int, high: int
) -> np.ndarray:
    """``(accumulator * multiplier + 2**(shift - 1)) >> shift``, clamped to low .. high.

    That is ``accumulator * (multiplier / 2**shift)``, rounded half up: 2.5 gives 3, -2.5 gives -2.
    All int64 here, and proved to fit 31 bits on the board (``choose_multipliers``).
    """
    rounding = np.left_shift(1, shift - 1)
    return np.clip((accumulator * multiplier + rounding) >> shift, low, high)


def choose_multipliers(factor: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The finest multiplier and shift for each factor that cannot overflow.

    factor: (n,) real, >= 0, to multiply an accumulator by. bound: (n,) int, the largest absolute
    value of an accumulator. Returns multipliers (0..32767) and shifts
    (1..29), int64 (n,), with ``multiplier / 2**shift`` close to ``factor`` and, for every
    accumulator within the bound, ``|accumulator * multiplier| + 2**(shift-1) < 2**30``.
    Raises ModelError when a factor is too large for any multiplier.
    """
    factor = np.asarray(factor, dtype=np.float64)
    bound = np.asarray(bound, dtype=np.int64)
    if len(bad := factor[~np.isfinite(factor) | (factor < 0)]):
        raise ModelError(
            f"A scale of the network is {bad[0]:g}, not a positive number. Train the model again."
        )
    shifts = np.arange(1, MAX_SHIFT + 1)
    candidates = np.floor(factor[:, None] * np.exp2(shifts) + 0.5)  # (n, 29)
    fits = (candidates <= MAX_MULTIPLIER) & (
        bound[:, None] * candidates + np.exp2(shifts - 1) < SMALL_INT_LIMIT
    )
    if not fits[:, 0].all():
        raise ModelError(
            f"A scale of the network is {factor[~fits[:, 0]].max():.3g}, too large for 31-bit "
            "integers: its weights differ too much in size. Train it again, or with fewer units."
        )
    # The largest shift that fits; fits is True up to some shift and False beyond it.
    best = fits.sum(axis=1) - 1
    rows = np.arange(len(factor))
    return candidates[rows, best].astype(np.int64), shifts[best]


def multiplier_codes(factor: np.ndarray) -> tuple[np.ndarray, int]:
    """One byte for each factor, and one shift for all: ``multipliers_of(code) / 2**shift``.

    factor: (n,) real, > 0. A code is a small floating-point number, with five bits of mantissa and
    three of exponent. That is enough for scales, which need not be exact: within 3 % where the
    largest factor is at most 128 times as large. Returns uint8 (n,) and the shift, 1..20.
    Raises ModelError for a factor that is not a positive number, or too large.
    """
    if len(bad := factor[~np.isfinite(factor) | (factor <= 0)]):
        raise ModelError(
            f"A feature's scale is {bad[0]:g}, not a positive number. Train the model again."
        )
    every = np.arange(256)
    values = multipliers_of(every)
    shift = min(int(np.floor(np.log2(values.max() / factor.max()))), MAX_CODED_SHIFT)
    if shift < 1:
        raise ModelError(
            f"A feature's scale is far too small: its multiplier would be {factor.max():.3g}, "
            "which does not fit into a byte. Train the model again."
        )
    targets = factor * 2.0**shift
    order = np.argsort(values, kind="stable")
    order = order[values[order] > 0]  # 0 would drop a feature
    ordered = values[order]
    above = np.clip(np.searchsorted(ordered, targets), 1, len(ordered) - 1)
    nearer_below = targets - ordered[above - 1] < ordered[above] - targets
    return order[np.where(nearer_below, above - 1, above)].astype(np.uint8), shift


def multipliers_of(codes: np.ndarray) -> np.ndarray:
    """The multipliers of codes (uint8), int64: mantissa times a power of two."""
    codes = np.asarray(codes, dtype=np.int64)
    mantissa = codes & ((1 << MANTISSA_BITS) - 1)
    return mantissa << (codes >> MANTISSA_BITS)
