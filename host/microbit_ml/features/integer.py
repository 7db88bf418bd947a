"""The features of windows in integers: the NumPy twin of ``firmware/kernels/``.

Every line here has its counterpart on the board, and both give the same integers. ``>>`` and
``//`` round toward minus infinity, on the board as in NumPy; the mean rounds half up. Bounds, and
the proof that nothing exceeds 31 bits: ``arithmetic/ARITHMETIC.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import DataError
from microbit_ml.features.definitions import (
    BANDS,
    GROUP_NAMES,
    POINTS,
    RHYTHM_LAGS,
    SEGMENTS,
    TURN_LAG,
    check_groups,
)

MIN_WINDOW = 25
"""The samples of the shortest window: one in each of the 25 points."""
MAX_WINDOW = 150
"""The samples of the longest window: six in each of the 25 points."""
AT_ONCE = 1000  # windows whose features are computed together: saves memory

# Numerators over a power of two: the board has no division, so it multiplies and shifts.
ONE_OVER = np.array([0, 16384, 8192, 5461, 4096, 3277, 2731])  # 2**14 / k
FIFTH, FIFTH_SHIFT = 13107, 16
TWENTY_FIFTH, TWENTY_FIFTH_SHIFT = 5243, 17
WAVE_TWENTY_FIFTH, WAVE_SHIFT = 2621, 16

_ANGLES = 2 * np.pi * np.outer(np.arange(1, 9), np.arange(POINTS)) / POINTS
COSINE = np.round(127 * np.cos(_ANGLES)).astype(np.int64)  # (8 waves, 25 points)
SINE = np.round(127 * np.sin(_ANGLES)).astype(np.int64)


def log_scale(value: np.ndarray, octave: int = 16) -> np.ndarray:
    """A logarithm in integers: ``octave`` (a power of two) more for each doubling, and 0 for 0.

    With v = value + 16 and k the number of times v can be halved before it is below 32:
    ``16 k + (v >> k) - 16``. Between two powers of two it is a straight line.

    value: integers, 0 .. 2**30. Returns int64 of the same shape. Doubling an acceleration adds the
    same amount, whether the movement is gentle or violent, as with loudness in decibels.
    """
    shifted = np.asarray(value, dtype=np.int64) + octave
    exponent = np.frexp(shifted.astype(np.float64))[1].astype(np.int64)  # exact: 2**(e-1) <= v
    halvings = exponent - octave.bit_length()
    return octave * halvings + (shifted >> halvings) - octave


def compute_features(windows: np.ndarray, groups: Iterable[str] = GROUP_NAMES) -> np.ndarray:
    """The integer features of each window.

    windows: int (n_windows, window, 3) in counts, -2048..2048, window 25..150; groups: names of
    groups of features. Returns int64 (n_windows, n_features) in the order of
    :func:`features_of(groups) <microbit_ml.features.features_of>`.
    Raises DataError when the shape or the values cannot come from a board.
    """
    windows, chosen = np.asarray(windows), check_groups(groups)
    first = _features(windows[:AT_ONCE], chosen)
    rows = np.empty((len(windows), first.shape[1]), dtype=np.int64)
    rows[:AT_ONCE] = first
    for start in range(AT_ONCE, len(windows), AT_ONCE):
        rows[start : start + AT_ONCE] = _features(windows[start : start + AT_ONCE], chosen)
    return rows


def _features(windows: np.ndarray, groups: Iterable[str]) -> np.ndarray:
    signals = _Signals.of(check_windows(windows))
    columns = [_COMPUTE[name](signals) for name in groups]
    return np.concatenate([c.reshape(len(c), math.prod(c.shape[1:])) for c in columns], axis=1)


@dataclass(frozen=True, eq=False)
class _Signals:
    """The signals that features are computed from. Axes: windows, time, signal (x, y, z, g).

    samples: (n, window, 4), the axes and the magnitude g; mean: (n, 4); points: (n, 25, 4);
    motion: points minus the mean; coarse: a quarter of the motion of x, y and z, (n, 25, 3);
    energy: (n, 1), of coarse.
    """

    samples: np.ndarray
    mean: np.ndarray
    points: np.ndarray
    motion: np.ndarray
    coarse: np.ndarray
    energy: np.ndarray

    __repr__ = short_repr

    @classmethod
    def of(cls, x: np.ndarray) -> _Signals:
        samples = np.concatenate([x, magnitude(x)[..., None]], axis=2)
        length = x.shape[1]
        mean = (2 * samples.sum(axis=1) + length) // (2 * length)  # rounds half up
        points = thin(samples)
        motion = points - mean[:, None]
        coarse = motion[:, :, :3] >> 2
        energy = ((coarse * coarse).sum(axis=(1, 2)) >> 7) + 4
        return cls(samples, mean, points, motion, coarse, energy[:, None])


def magnitude(x: np.ndarray) -> np.ndarray:
    """The approximate magnitude of each vector (..., 3), without a square root: (...,).

    With a >= b >= c the absolute components: ``max(a, (7 a + 4 b) >> 3) + (c >> 2)``, at most 12 %
    from ``sqrt(a^2 + b^2 + c^2)``.
    """
    c, b, a = np.moveaxis(np.sort(np.abs(x), axis=-1), -1, 0)
    return np.maximum(a, (7 * a + 4 * b) >> 3) + (c >> 2)


def thin(samples: np.ndarray) -> np.ndarray:
    """Downsample to 25 points, each the mean of its samples. (n, window, s) -> (n, 25, s).

    Point i is the mean of the samples from ``i * window // 25`` to the start of the next point.
    """
    edges = np.arange(POINTS + 1) * samples.shape[1] // POINTS
    sums = np.add.reduceat(samples, edges[:-1], axis=1)
    return (sums * ONE_OVER[np.diff(edges)][:, None]) >> 14


def bands(motion: np.ndarray) -> np.ndarray:
    """The spectrum of a signal in five frequency bands: (n, 25, s) -> (n, s, 5).

    For k = 1..8 waves in the window, the sums of the points times a cosine and times a sine (a
    discrete Fourier transform, with 127 for 1) are the legs of a right triangle; its hypotenuse is
    the amplitude, approximated by ``max + 3/8 min``. A band is the sum of its amplitudes.
    """
    real = np.einsum("kt,nts->nks", COSINE, motion) >> 7
    imaginary = np.einsum("kt,nts->nks", SINE, motion) >> 7
    sides = np.abs(np.stack([real, imaginary]))
    amplitude = sides.max(axis=0) + (3 * sides.min(axis=0) >> 3)
    amplitude = (amplitude * WAVE_TWENTY_FIFTH) >> WAVE_SHIFT
    summed = [amplitude[:, first - 1 : last].sum(axis=1) for first, last in BANDS]
    return log_scale(np.stack(summed, axis=2))


def _tilt(signals: _Signals) -> np.ndarray:
    return signals.mean[:, :3]


def _jerk(signals: _Signals) -> np.ndarray:
    axes = signals.samples[:, :, :3]
    return log_scale(np.abs(np.diff(axes, axis=1)).sum(axis=1) // (axes.shape[1] - 1))


def _spectrum(signals: _Signals) -> np.ndarray:
    return bands(signals.motion[:, :, :3])


def _magnitude(signals: _Signals) -> np.ndarray:
    motion = signals.motion[:, :, 3:]
    deviation = (np.abs(motion).sum(axis=1) * TWENTY_FIFTH) >> TWENTY_FIFTH_SHIFT
    return np.concatenate([signals.mean[:, 3:], log_scale(deviation), bands(motion)[:, 0]], axis=1)


def _rhythm(signals: _Signals) -> np.ndarray:
    h = signals.coarse
    correlation = [(h[:, lag:] * h[:, :-lag]).sum(axis=(1, 2)) for lag in RHYTHM_LAGS]
    return np.stack(correlation, axis=1) // signals.energy


def _order(signals: _Signals) -> np.ndarray:
    sums = _in_segments(signals.motion[:, :, :3]).sum(axis=2)  # (n, 5, 3)
    return ((sums * FIFTH) >> FIFTH_SHIFT).transpose(0, 2, 1)


def _effort(signals: _Signals) -> np.ndarray:
    sums = _in_segments(np.abs(signals.motion[:, :, :3])).sum(axis=(2, 3))
    return (sums * FIFTH) >> FIFTH_SHIFT


def _turn(signals: _Signals) -> np.ndarray:
    now, later = signals.coarse[:, :-TURN_LAG], signals.coarse[:, TURN_LAG:]
    swept = [
        (now[:, :, i] * later[:, :, j] - later[:, :, i] * now[:, :, j]).sum(axis=1)
        for i, j in ((0, 1), (0, 2), (1, 2))
    ]
    return np.stack(swept, axis=1) // signals.energy


def _in_segments(points: np.ndarray) -> np.ndarray:
    n, _, signals = points.shape
    return points.reshape(n, SEGMENTS, POINTS // SEGMENTS, signals)


_COMPUTE = {
    "tilt": _tilt,
    "jerk": _jerk,
    "spectrum": _spectrum,
    "magnitude": _magnitude,
    "rhythm": _rhythm,
    "order": _order,
    "effort": _effort,
    "turn": _turn,
}


def check_windows(windows: np.ndarray) -> np.ndarray:
    """The windows as int64. Raises DataError for windows that cannot come from a board."""
    x = np.asarray(windows)
    if x.ndim != 3 or x.shape[2] != 3:
        raise DataError(f"Windows must have the shape (n, samples, 3), not {x.shape}.")
    if not MIN_WINDOW <= x.shape[1] <= MAX_WINDOW:
        raise DataError(
            f"A window needs {MIN_WINDOW} to {MAX_WINDOW} samples, not {x.shape[1]}. "
            "Choose another length."
        )
    if x.dtype.kind not in "iu":
        raise DataError(f"Windows must be whole numbers (counts), not {x.dtype}.")
    x = x.astype(np.int64)
    # A chip measures -2048..2047; the runtime negates some axes, so a board can also send +2048.
    if x.size and np.abs(x).max() > 2048:
        raise DataError(
            f"A sample of {x.flat[np.abs(x).argmax()]} counts is outside -2048..2048, the range "
            "of a micro:bit. Is the file in mg or m/s2?"
        )
    return x
