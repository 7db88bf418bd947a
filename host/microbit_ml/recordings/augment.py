"""Augmentation: from each window, a few more that could just as well have been recorded.

No two movements are exactly alike. An augmented sample is rotated a little, as if the board lay
differently in the hand; runs a little faster here and slower there; is a little stronger or weaker;
starts earlier or later; and carries a little more noise. A network trained on such samples
generalises better to the next person. Each kind can be switched off, to see what it contributes.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from microbit_ml.errors import SettingError
from microbit_ml.recordings.recording import to_counts

KINDS = {
    "speed": "faster here and slower there",
    "shift": "earlier or later",
    "turn": "held at a slightly different angle",
    "strength": "a little stronger or weaker",
    "noise": "with more sensor noise",
}
TURN_RAD = 0.1  # standard deviation of the turn about each axis
SPEED = 0.2  # standard deviation of the logarithm of the speed, at each of 8 time steps
STRENGTH = 0.15  # standard deviation of the logarithm of the movement's strength
GAIN = 0.05  # and of the whole reading, as sensors differ
SHIFT_FRACTION = 0.12  # the gesture starts up to this fraction of a window earlier or later
NOISE_COUNTS = 20  # standard deviation of the added noise
SPEED_KNOTS = 8


def check_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds of augmentation, in ``KINDS``' order. Raises SettingError for an unknown one."""
    given = list(kinds)
    for kind in given:
        if kind not in KINDS:
            raise SettingError(
                f"There is no augmentation {kind!r}. Choose from: {', '.join(KINDS)}.", "augment"
            )
    return tuple(kind for kind in KINDS if kind in given)


def augment(
    windows: np.ndarray, copies: int, rng: np.random.Generator, kinds: Iterable[str] = tuple(KINDS)
) -> np.ndarray:
    """Augmented samples of each window.

    windows: int (n, window, 3) in counts; kinds: names of ``KINDS``. Returns int16
    (copies, n, window, 3), clipped to what the sensor can measure. The originals are not
    included.
    """
    n, length, _ = windows.shape
    if copies == 0 or n == 0:
        return np.zeros((copies, n, length, 3), dtype=np.int16)
    chosen = check_kinds(kinds)
    x = np.tile(windows.astype(np.float32), (copies, 1, 1))
    times = np.tile(np.arange(length, dtype=np.float32), (len(x), 1))
    if "speed" in chosen:
        times = warped_times(len(x), length, rng)
    if "shift" in chosen:
        furthest = round(SHIFT_FRACTION * length)
        times = times + rng.integers(-furthest, furthest + 1, (len(x), 1))
    x = at_times(x, times)
    if "turn" in chosen:
        x = turn(x, rng.normal(0.0, TURN_RAD, (len(x), 3)))
    if "strength" in chosen:
        x *= np.exp(rng.normal(0.0, GAIN, (len(x), 1, 1)))
        x = change_strength(x, np.exp(rng.normal(0.0, STRENGTH, len(x))))
    if "noise" in chosen:
        x = x + NOISE_COUNTS * rng.standard_normal(x.shape, dtype=np.float32)
    return to_counts(x).reshape(copies, n, length, 3)


def warped_times(n: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """Where in the original each sample is read: (n, length), in samples.

    The speed at 8 time steps is random; its running sum is the time.
    """
    speed = np.exp(rng.normal(0.0, SPEED, (n, SPEED_KNOTS)))
    knots = np.cumsum(speed, axis=1)
    knots = (knots - knots[:, :1]) / (knots[:, -1:] - knots[:, :1]) * (length - 1)
    position = np.linspace(0, SPEED_KNOTS - 1, length)
    before = np.minimum(position.astype(np.intp), SPEED_KNOTS - 2)
    fraction = position - before
    return knots[:, before] * (1 - fraction) + knots[:, before + 1] * fraction


def at_times(x: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The windows (n, length, 3) at times (n, length) between samples, interpolated linearly.

    Before the first and after the last sample the end values are held.
    """
    length = x.shape[1]
    times = np.clip(times, 0, length - 1)
    before = np.minimum(times.astype(np.intp), length - 2)
    fraction = (times - before)[..., None].astype(x.dtype)
    first = np.take_along_axis(x, before[..., None], axis=1)
    second = np.take_along_axis(x, before[..., None] + 1, axis=1)
    return first * (1 - fraction) + second * fraction


def turn(x: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Turn each window (n, length, 3) about x, then y, then z by angles (n, 3) in radians.

    A turn about one axis mixes the other two: (a cos - b sin, a sin + b cos).
    """
    turned = x.copy()
    for axis, (a, b) in enumerate(((1, 2), (2, 0), (0, 1))):
        cos = np.cos(angles[:, axis, None]).astype(x.dtype)
        sin = np.sin(angles[:, axis, None]).astype(x.dtype)
        first = turned[..., a] * cos - turned[..., b] * sin
        turned[..., b] = turned[..., a] * sin + turned[..., b] * cos
        turned[..., a] = first
    return turned


def change_strength(x: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Scale the movement but not gravity: each window's mean stays as it is.

    x: (n, length, 3); strength: (n,), 1 changes nothing.
    """
    mean = x.mean(axis=1, keepdims=True)
    return mean + (x - mean) * strength[:, None, None].astype(x.dtype)
