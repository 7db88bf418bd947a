"""The motion of the board: its acceleration, and the samples that the board has read."""

from __future__ import annotations

from functools import partial

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.virtual.accelerometers import Acceleration
from microbit_ml.virtual.clock import TICKS_PER_SECOND, TICKS_PER_US, ScheduledEvent, VirtualClock
from microbit_ml.virtual.sensors import Counts

_FACE_UP: Counts = (0, 0, -1024)


class Motion:
    """Holds the current acceleration and records what the board reads.

    ``samples_read`` lists (time_us, counts as get_values() shows them), in the order of reading.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._present = Acceleration(_FACE_UP, 0)
        self._converted = 0  # the number of the sample that the sensor holds
        self._unread: set[int] = set()  # numbers of the recording's samples
        self._planned: list[ScheduledEvent] = []
        self.samples_read: list[tuple[int, Counts]] = []

    def plan(self, samples: list[Counts], rate_hz: float) -> int:
        """Apply the samples of a recording one after the other, from now on.

        Returns the time at which the last one ends, in ticks.
        """
        self._unread.clear()
        times = [
            self._clock.ticks + round(i * TICKS_PER_SECOND / rate_hz)
            for i in range(len(samples) + 1)
        ]
        self._planned = [
            self._clock.at(ticks, partial(self._offer, counts), of_chip=False)
            for ticks, counts in zip(times, samples, strict=False)  # the last time is the end
        ]
        return times[-1]

    def forget_plan(self) -> None:
        """Cancel the rest of the recording, if any."""
        for event in self._planned:
            event.cancel()
        self._planned = []

    def _offer(self, counts: Counts) -> None:
        """The next sample of a recording: the sensor measures it until the next is offered."""
        self.hold(counts)
        self._unread.add(self._present.number)

    def hold(self, counts: Counts) -> None:
        """Apply these counts from now on."""
        self._present = Acceleration(counts, self._present.number + 1)

    def measure(self) -> Acceleration:
        """The current acceleration, for the sensor that converts it."""
        self._converted = self._present.number
        return self._present

    def note_read(self, read: Acceleration, shown: Counts) -> None:
        """The board has read a conversion."""
        self.samples_read.append((self._clock.now() // TICKS_PER_US, shown))
        self._unread.discard(read.number)

    @property
    def samples_missed(self) -> int:
        """Samples of the last recording that were not read, and no longer can be."""
        return len(self._unread - {self._converted, self._present.number})


def samples_of(recording: object) -> list[Counts]:
    """The samples of a recording (an object with ``samples``) or an (n, 3) array of counts.

    Raises DataError when it is neither, or holds something other than finite numbers.
    """
    try:
        array = np.asarray(getattr(recording, "samples", recording), dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise DataError(f"The samples to play are not numbers: {problem}.") from None
    if array.ndim != 2 or array.shape[1] != 3:
        raise DataError(
            f"The samples to play have the shape {array.shape}. Give an array of shape (n, 3): "
            "a row of x, y and z in counts (1/1024 g) for each sample."
        )
    if not np.isfinite(array).all():
        raise DataError("The samples to play contain values that are not finite (NaN or infinite).")
    return [(int(x), int(y), int(z)) for x, y, z in np.rint(array)]
