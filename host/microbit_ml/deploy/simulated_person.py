"""A simulated person who keeps moving a virtual board, like someone trying out a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from microbit_ml.recordings import BACKGROUND, DIGITS, GESTURES
from microbit_ml.recordings.simulation.simulate import simulate_in_full
from microbit_ml.virtual import VirtualBoard

PEOPLE, SEED = 4, 1
RATE_HZ = 50
REST, GLIDE = 35, 20  # samples: holding still; moving to the start of the next movement
RESTS = "at rest"


def movements_for(labels: Sequence[str]) -> list[str]:
    """The labels among these that can be simulated, or all such labels if none of these can."""
    known = [label for label in labels if label in (*GESTURES, *BACKGROUND, *DIGITS)]
    return known or [*GESTURES, *BACKGROUND]


class SimulatedPerson:
    """Moves a virtual board: the gestures of a model, in random order.

    labels: the model's; see :func:`movements_for`. Always the same movements for the same labels.
    ``doing`` is the label of the movement that is being made, or that the hand rests.
    """

    def __init__(self, board: VirtualBoard, labels: Sequence[str]) -> None:
        self._board = board
        self._rng = np.random.default_rng(SEED)
        data = simulate_in_full(movements_for(labels), PEOPLE, 1, SEED)
        self._movements = [(recording.label, recording.samples) for recording in data]
        self._label = ""
        self._path = self._movements[0][1][:1]  # counts, one row each 20 ms
        self.doing = RESTS
        self._began_us = board.time_us

    def move(self) -> None:
        """Tilt the board as it is at this time."""
        index = (self._board.time_us - self._began_us) * RATE_HZ // 1_000_000
        if index >= len(self._path):
            self._path = self._next(self._path[-1])
            self._began_us = self._board.time_us
            index = 0
        self.doing = self._label if self._label and index >= GLIDE + REST else RESTS
        x, y, z = self._path[index].tolist()
        self._board.tilt(x, y, z)

    def _next(self, last: np.ndarray) -> np.ndarray:
        self._label, movement = self._movements[self._rng.integers(len(self._movements))]
        glide = np.linspace(last, movement[0], GLIDE).round().astype(np.int16)
        rest = np.repeat(movement[:1], REST, axis=0)
        return np.concatenate([glide, rest, movement])
