"""Multiplying by a fraction with integers only: a multiplier and a shift.

``ARITHMETIC.md`` beside this file is the specification; the board does the same in assembler.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.errors import ModelError

SMALL_INT_LIMIT = 1 << 30  # V1's MicroPython holds -2**30 .. 2**30 - 1 without a big integer
MAX_MULTIPLIER = (1 << 15) - 1
MAX_SHIFT = 29
BIAS_LIMIT = 1 << 20
"""A bias is at most this in steps of its accumulator: it leaves room for a useful multiplier."""

MANTISSA_BITS = 5  # of a multiplier's code, one byte: the other three are an exponent
MAX_CODED_SHIFT = 20


def requantize(
    accumulator: np.ndarray, multiplier: np.ndarray, shift: np.ndarray, low: int, high: int
) -> np.ndarray:
    """``(accumulator * multiplier + 2**(shift - 1)) >> shift``, then kept within low .. high.

    That is ``accumulator * (multiplier / 2**shift)``, rounded half up: 2.5 gives 3, -2.5 gives -2.
    All int64 here, and proved to fit 31 bits on the board (``choose_multipliers``).
    """
    rounding = np.left_shift(1, shift - 1)
    return np.clip((accumulator * multiplier + rounding) >> shift, low, high)


def choose_multipliers(factor: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The finest multiplier and shift for each factor that cannot overflow.

    factor: (n,) real, >= 0: what an accumulator is to be multiplied by. bound: (n,) int: no
    accumulator is ever further from zero than this. Returns multipliers (0..32767) and shifts
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
            "integers: its numbers differ too much in size. Train it again, or with fewer units."
        )
    # The largest shift that fits; fits is True up to some shift and False beyond it.
    best = fits.sum(axis=1) - 1
    rows = np.arange(len(factor))
    return candidates[rows, best].astype(np.int64), shifts[best]


def multiplier_codes(factor: np.ndarray) -> tuple[np.ndarray, int]:
    """One byte for each factor, and one shift for all: ``multipliers_of(code) / 2**shift``.

    factor: (n,) real, > 0. A code is a small floating-point number, five bits of mantissa and three
    of exponent, which is enough for scales that only need to be about right: within 3 % where the
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
            f"A feature's scale is far too small: it would be multiplied by {factor.max():.3g}, "
            "more than fits a byte. Train the model again."
        )
    wanted = factor * 2.0**shift
    order = np.argsort(values, kind="stable")
    order = order[values[order] > 0]  # 0 would silence a feature
    ordered = values[order]
    above = np.clip(np.searchsorted(ordered, wanted), 1, len(ordered) - 1)
    nearer_below = wanted - ordered[above - 1] < ordered[above] - wanted
    return order[np.where(nearer_below, above - 1, above)].astype(np.uint8), shift


def multipliers_of(codes: np.ndarray) -> np.ndarray:
    """The multipliers that codes (uint8) stand for, int64: mantissa times a power of two."""
    codes = np.asarray(codes, dtype=np.int64)
    mantissa = codes & ((1 << MANTISSA_BITS) - 1)
    return mantissa << (codes >> MANTISSA_BITS)
