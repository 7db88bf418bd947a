"""A simulated person who holds a virtual board: presses its button A, and moves it."""

from __future__ import annotations

import numpy as np

from microbit_ml.deploy.collect.session import Session
from microbit_ml.recordings import GESTURES, Recording, simulate
from microbit_ml.recordings.simulation.simulate import EVERY_MOTION
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard

PRESS_US = 100_000
THINK_US = 300_000  # from the end of a recording to the next press
PAUSE_US = 900_000  # between two movements in auto mode


class SimulatedHand:
    """Makes the movement of a label whenever a recording begins.

    A label that cannot be simulated gets random gestures. presses: whether the hand presses
    button A when the board waits (because nobody is at the keyboard). ``doing`` is what the hand
    does, in words.
    """

    def __init__(
        self, board: VirtualBoard, label: str, seconds: float, *, presses: bool, auto: bool
    ) -> None:
        self._board = board
        self._labels = [label] if label in EVERY_MOTION else list(GESTURES)
        self._seconds = seconds
        self._presses = presses
        self._auto = auto
        self._rng = np.random.default_rng()
        self._sensor = TARGETS[board.kind].sensor
        self._ready_us: int | None = None
        self._release_us: int | None = None
        self._movement: Recording | None = None
        self._begun_us = 0
        self._moving = False
        self._next_movement()

    @property
    def doing(self) -> str:
        """What the hand does."""
        if self._moving and self._movement is not None:
            return self._movement.label
        return "presses button A" if self._release_us is not None else "at rest"

    def begin(self) -> None:
        """A recording begins: move."""
        self._begun_us = self._board.time_us

    def step(self, session: Session) -> None:
        """Press, release and move as due at this point of the board's time."""
        now = self._board.time_us
        self._press_or_release(now, session)
        if self._begun_us:
            self._move(now)

    def _next_movement(self) -> None:
        label = self._labels[int(self._rng.integers(len(self._labels)))]
        seed = int(self._rng.integers(2**31))
        data = simulate([label], 1, 1, seed, self._sensor, self._seconds)
        self._movement = data.recordings[0]
        self._board.tilt(*self._movement.samples[0].tolist())

    def _move(self, now: int) -> None:
        assert self._movement is not None
        index = (now - self._begun_us) // 20_000
        self._moving = 0 <= index < len(self._movement)
        if self._moving:
            self._board.tilt(*self._movement.samples[index].tolist())
        elif index >= len(self._movement):
            self._next_movement()
            self._begun_us = now + PAUSE_US if self._auto else 0

    def _press_or_release(self, now: int, session: Session) -> None:
        if self._release_us is not None:
            if now >= self._release_us:
                self._board.release("a")
                self._release_us = None
        elif not (self._presses and session.is_waiting):
            self._ready_us = None
        elif self._ready_us is None:
            self._ready_us = now + THINK_US
        elif now >= self._ready_us:
            self._board.hold("a")
            self._release_us = now + PRESS_US
            self._ready_us = now + 2 * THINK_US + PRESS_US
