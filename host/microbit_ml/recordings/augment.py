"""Augmentation: from each window, a few more that could just as well have been recorded.

No two movements are exactly alike. An augmented sample is rotated a little, as if the board lay
differently in the hand; runs a little faster here and slower there; is a little stronger or weaker;
starts earlier or later; and carries a little more noise. A network trained on such samples
generalises better to the next person. Each kind can be switched off, to see what it contributes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
AT_ONCE = 2000  # samples that are made together: saves memory


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
    result = np.zeros((copies, n, length, 3), dtype=np.int16)
    samples = result.reshape(-1, length, 3)
    if not len(samples):
        return result
    changes = _Changes.draw(len(samples), length, rng, check_kinds(kinds))
    for start in range(0, len(samples), AT_ONCE):
        numbers = np.arange(start, min(start + AT_ONCE, len(samples)))
        samples[numbers] = changes.apply(windows[numbers % n].astype(np.float32), numbers, rng)
    return result


@dataclass(frozen=True)
class _Changes:
    """What changes in each augmented sample; None where a kind is switched off.

    speed: logarithms (n, 8); shift: samples (n, 1); angles: (n, 3); gain, strength: (n, 1, 1) and
    (n,). The noise is drawn last, sample by sample.
    """

    speed: np.ndarray | None
    shift: np.ndarray | None
    angles: np.ndarray | None
    gain: np.ndarray | None
    strength: np.ndarray | None
    noise: bool

    @classmethod
    def draw(
        cls, n: int, length: int, rng: np.random.Generator, kinds: tuple[str, ...]
    ) -> _Changes:
        furthest = round(SHIFT_FRACTION * length)
        return cls(
            speed=rng.normal(0.0, SPEED, (n, SPEED_KNOTS)) if "speed" in kinds else None,
            shift=rng.integers(-furthest, furthest + 1, (n, 1)) if "shift" in kinds else None,
            angles=rng.normal(0.0, TURN_RAD, (n, 3)) if "turn" in kinds else None,
            gain=rng.normal(0.0, GAIN, (n, 1, 1)) if "strength" in kinds else None,
            strength=rng.normal(0.0, STRENGTH, n) if "strength" in kinds else None,
            noise="noise" in kinds,
        )

    def apply(self, x: np.ndarray, numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The windows x, float32 (n, length, 3), changed as the samples of these numbers: int16."""
        times = np.tile(np.arange(x.shape[1], dtype=np.float32), (len(x), 1))
        if self.speed is not None:
            times = warped_times(self.speed[numbers], x.shape[1])
        if self.shift is not None:
            times = times + self.shift[numbers]
        x = at_times(x, times)
        if self.angles is not None:
            x = turn(x, self.angles[numbers])
        if self.gain is not None and self.strength is not None:
            x *= np.exp(self.gain[numbers])
            x = change_strength(x, np.exp(self.strength[numbers]))
        if self.noise:
            x = x + NOISE_COUNTS * rng.standard_normal(x.shape, dtype=np.float32)
        return to_counts(x)


def warped_times(speed: np.ndarray, length: int) -> np.ndarray:
    """Where in the original each sample is read: (n, length), in samples.

    speed: the logarithm of the speed at 8 time steps, (n, 8); the running sum of the speed is the
    time.
    """
    speed = np.exp(speed)
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
