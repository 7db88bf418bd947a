"""Cutting: continuous motion becomes recordings of equal length, by activity.

The rule, in samples at 50 Hz:

1. The activity of a sample is how far the reading jumped since the one before,
   |dx| + |dy| + |dz|, in counts. A hand that holds still stays below :data:`ACTIVE_COUNTS`, and so
   does one that turns slowly; gestures go far above.
2. A movement begins with an active sample, and is over after :data:`CALM_SAMPLES` (0.3 s) in a row
   that are not active. Fewer than :data:`FEWEST_ACTIVE` active samples are a bump, not a movement.
3. A movement that is shorter than a recording is centred in one, with the samples before and after
   it. A longer one is cut into whole recordings, one after the other; the rest at its end becomes
   one more when it is at least half as long as a recording.
4. Recordings do not overlap, and none begins before the first sample.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from microbit_ml.errors import DataError

ACTIVE_COUNTS = 100  # 0.1 g from one sample to the next, all axes together
CALM_SAMPLES = 15
FEWEST_ACTIVE = 3

Counts = tuple[int, int, int]


class Cutter:
    """Takes samples one by one and returns a recording's samples when one is complete.

    length: samples in a recording. Raises DataError when it is less than 2.

    >>> cutter = Cutter(length=50)
    >>> [piece for sample in [(0, 0, -1024)] * 200 if (piece := cutter.add(sample)) is not None]
    []
    """

    def __init__(self, length: int) -> None:
        if length < 2:
            raise DataError(f"A recording needs at least 2 samples, not {length}.")
        self._length = length
        self.clear()

    def clear(self) -> None:
        """Forget all samples: after a lost one, new samples do not continue the old ones."""
        # Enough to look back to where the longest movement that is not yet cut began.
        self._samples: deque[Counts] = deque(maxlen=3 * self._length + CALM_SAMPLES)
        self._n = 0  # samples received so far: the newest has the number n - 1
        self._free = 0  # the first number that is in no recording yet
        self._active: list[int] = []  # numbers of the active samples of the current movement
        self._begin: int | None = None  # where the next recording begins, once known
        self._last_active = 0  # the number of the last active sample
        self._is_rest = False  # whether the movement is the rest of one that was cut

    @property
    def is_moving(self) -> bool:
        """Whether a movement has begun that is not in a recording yet."""
        return len(self._active) >= FEWEST_ACTIVE

    def add(self, sample: Counts) -> np.ndarray | None:
        """The next sample, in counts. Returns int16 (length, 3) when a recording is complete."""
        if self._samples and _jump(self._samples[-1], sample) > ACTIVE_COUNTS:
            if self._n - self._last_active > CALM_SAMPLES:
                self._is_rest = False
            self._last_active = self._n
            self._active.append(self._n)
        self._samples.append(sample)
        self._n += 1
        if self._begin is None and self._active:
            self._begin = self._start()
        if self._begin is None or self._n < self._begin + self._length:
            return None
        return self._take(self._begin)

    def _start(self) -> int | None:
        """The first sample of the current movement's recording; None while undecided."""
        begin, last = self._active[0], self._active[-1]
        lasts = last + 1 - begin
        if lasts >= self._length:
            return begin
        if self._n - 1 - last < CALM_SAMPLES:
            return None
        if not self.is_moving or (self._is_rest and 2 * lasts < self._length):
            self._active = []
            return None
        return max(begin - (self._length - lasts) // 2, self._free)

    def _take(self, begin: int) -> np.ndarray:
        end = begin + self._length
        oldest = self._n - len(self._samples)
        piece = np.array(self._samples, dtype=np.int16)[begin - oldest : end - oldest]
        self._free = end
        self._active = [number for number in self._active if number >= end]
        self._is_rest = end <= self._last_active + 1  # it went on to the end
        self._begin = None
        return piece


def cut(samples: Iterable[Iterable[int]], length: int) -> list[np.ndarray]:
    """All recordings in a stream. samples: (n, 3) counts; returns arrays int16 (length, 3)."""
    cutter = Cutter(length)
    pieces = (cutter.add((int(x), int(y), int(z))) for x, y, z in samples)
    return [piece for piece in pieces if piece is not None]


def _jump(before: Counts, after: Counts) -> int:
    return sum(abs(a - b) for a, b in zip(before, after, strict=True))
