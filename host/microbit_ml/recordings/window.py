"""From a recording to a window: one rule for training, evaluation and prediction.

1. Rate. The recording is resampled to the model's rate by its time stamps: linear interpolation,
   every 1000 / rate_hz ms. A recording that has this rate already stays as it is, for jitter of a
   clock (19, 20, 21 ms) must not blur the readings.
2. Length. Exactly ``length`` samples are the window. Fewer are centred, and the first and the last
   sample repeated. Of more, the most active window is taken.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.recordings.recording import Recording, round_half_up

RATE_TOLERANCE = 0.02  # clocks of boards and computers differ by less than this


def make_window(
    recording: Recording | np.ndarray, length: int = 50, rate_hz: float = 50.0
) -> np.ndarray:
    """One window of ``length`` samples of a recording: int16 (length, 3) in counts.

    An array (n_samples, 3) in counts has no time stamps; its rate is assumed to be ``rate_hz``.
    Raises DataError for a length below 1, a rate that is not above 0, and what a Recording raises
    for an array.
    """
    if length < 1:
        raise DataError(f"A window needs at least 1 sample, not {length}; 25 to 150 are usual.")
    if not isinstance(recording, Recording):
        recording = Recording(recording, rate_hz=rate_hz)
    samples = resample(recording, rate_hz)
    if len(samples) <= length:
        return _centred(samples, length)
    start = most_active(samples, length)
    return samples[start : start + length].copy()


LONGEST_SAMPLES = 180_000  # an hour at 50 Hz


def resample(recording: Recording, rate_hz: float = 50.0) -> np.ndarray:
    """The recording's samples at ``rate_hz``: int16 (n, 3), rounded half up to counts.

    They are unchanged when the recording has that rate already: its duration differs by less than
    half a period or 2 %, and no interval is above 1.5 periods (a missing sample) or below half a
    period.
    """
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise DataError(f"rate_hz is {rate_hz}: it must be samples a second, 50 on a micro:bit.")
    period_ms = 1000.0 / rate_hz
    stamps = recording.time_ms
    if _is_at_rate(stamps, period_ms):
        return recording.samples
    # A thousandth of a millisecond: the last sample is included although its time was rounded.
    n = int((stamps[-1] + 0.001) / period_ms) + 1
    if n > LONGEST_SAMPLES:
        raise DataError(
            f"Recording {recording.path!r} lasts {stamps[-1] / 1000:,.0f} s by its time stamps, "
            f"longer than {LONGEST_SAMPLES:,} samples at {rate_hz:g} Hz. Correct its time stamps, "
            "or delete it."
        )
    grid_ms = np.arange(n) * period_ms
    columns = [np.interp(grid_ms, stamps, axis) for axis in recording.samples.T]
    return round_half_up(np.stack(columns, axis=1)).astype(np.int16)


def most_active(samples: np.ndarray, length: int) -> int:
    """The index where the most active window of ``length`` samples starts; the first of equal ones.

    The activity of a sample is how far the reading jumped since the one before,
    |dx| + |dy| + |dz|. A window sums its ``length - 1`` jumps, weighted by the distance from its
    nearer edge (1, 2, 3, ..., 3, 2, 1), so that a gesture shorter than the window is centred. All
    in integers.
    """
    jumps = np.abs(np.diff(samples.astype(np.int64), axis=0)).sum(axis=1)
    # Two running sums in a row give triangular weights: 1 1 1 twice is 1 2 3 2 1.
    half = length // 2
    activity = _running_sum(_running_sum(jumps, half), length - half)
    return int(np.argmax(activity)) if len(activity) else 0


def _running_sum(values: np.ndarray, length: int) -> np.ndarray:
    """Sum of each ``length`` neighbours: (n,) -> (n - length + 1,)."""
    total = np.concatenate(([0], np.cumsum(values)))
    return total[length:] - total[: len(total) - length]


def _is_at_rate(time_ms: np.ndarray, period_ms: float) -> bool:
    intervals = np.diff(time_ms)
    expected_ms = len(intervals) * period_ms
    drift_ms = abs(time_ms[-1] - expected_ms)
    return bool(
        drift_ms <= max(period_ms / 2, RATE_TOLERANCE * expected_ms)
        and np.all(intervals <= 1.5 * period_ms)
        and np.all(intervals >= 0.5 * period_ms)
    )


def _centred(samples: np.ndarray, length: int) -> np.ndarray:
    """Repeat the ends so that the samples are centred; an odd one is added at the end."""
    missing = length - len(samples)
    before = missing // 2
    return np.pad(samples, ((before, missing - before), (0, 0)), mode="edge")
