"""What happens beside reading while a board is watched: Ctrl-C is obeyed, a virtual board is moved.

All waiting is reading from the port, so both are done there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from microbit_ml.board.repl import SerialPort
from microbit_ml.console.stopping import end_as_told, noted_signals
from microbit_ml.recordings import BACKGROUND, GESTURES, simulate
from microbit_ml.virtual import VirtualBoard

PEOPLE, SEED = 4, 1
RATE_HZ = 50
REST, GLIDE = 35, 20  # samples: the hand holds still; it goes to where the next movement begins


class HookedPort:
    """A serial port that does something whenever it has been read."""

    def __init__(self, port: SerialPort, after_read: Callable[[], None]) -> None:
        self._port = port
        self._after_read = after_read
        self.port = getattr(port, "port", None)  # its name, for messages

    @property
    def timeout(self) -> float | None:
        """How long a read waits, in seconds."""
        return self._port.timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._port.timeout = seconds

    @property
    def in_waiting(self) -> int:
        """How many bytes can be read at once."""
        return self._port.in_waiting

    def read(self, size: int = 1) -> bytes:
        """Read as the port does."""
        data = self._port.read(size)
        self._after_read()
        return data

    def write(self, data: bytes) -> int | None:
        """Write as the port does."""
        return self._port.write(data)


@contextmanager
def obeyed_signals() -> Iterator[Callable[[], None]]:
    """Ctrl-C and SIGTERM are noted; what this yields is called now and then, and obeys them."""
    with noted_signals() as noted:
        yield lambda: end_as_told(noted)


class Person:
    """A simulated person who moves a virtual board: the gestures of a model, in random order.

    ``makes``: the labels among them that the simulator knows, or all that it knows when it knows
    none of them. Always the same movements, for the same labels.
    """

    def __init__(self, board: VirtualBoard, labels: list[str]) -> None:
        known = [label for label in labels if label in (*GESTURES, *BACKGROUND)]
        self.makes = known or [*GESTURES, *BACKGROUND]
        self._board = board
        self._rng = np.random.default_rng(SEED)
        recordings = simulate(self.makes, people=PEOPLE, repeats=1, seed=SEED).recordings
        self._movements = [recording.samples for recording in recordings]
        self._path = self._movements[0][:1]  # counts, one row each 20 ms
        self._began_us = board.time_us

    def move(self) -> None:
        """Hold the board as it is at this moment."""
        place = (self._board.time_us - self._began_us) * RATE_HZ // 1_000_000
        if place >= len(self._path):
            self._path = self._next(self._path[-1])
            self._began_us = self._board.time_us
            place = 0
        x, y, z = self._path[place].tolist()
        self._board.tilt(x, y, z)

    def _next(self, last: np.ndarray) -> np.ndarray:
        movement = self._movements[self._rng.integers(len(self._movements))]
        glide = np.linspace(last, movement[0], GLIDE).round().astype(np.int16)
        rest = np.repeat(movement[:1], REST, axis=0)
        return np.concatenate([glide, rest, movement])
