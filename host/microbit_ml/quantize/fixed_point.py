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
    if not np.isfinite(factor).all() or (factor < 0).any():
        raise ModelError("A scale of the network is not a positive number: train it again.")
    shifts = np.arange(1, MAX_SHIFT + 1)
    candidates = np.floor(factor[:, None] * np.exp2(shifts) + 0.5)  # (n, 29)
    fits = (candidates <= MAX_MULTIPLIER) & (
        bound[:, None] * candidates + np.exp2(shifts - 1) < SMALL_INT_LIMIT
    )
    if not fits[:, 0].all():
        raise ModelError(
            f"A scale of {factor[~fits[:, 0]].max():.3g} is too large for 31-bit integers: "
            "the network's numbers differ too much in size. Train it again, or with fewer units."
        )
    # The largest shift that fits; fits is True up to some shift and False beyond it.
    best = fits.sum(axis=1) - 1
    rows = np.arange(len(factor))
    return candidates[rows, best].astype(np.int64), shifts[best]
