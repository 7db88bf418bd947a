"""Pace: how a virtual board's time is tied to the clock on the wall, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from microbit_ml.virtual.board import VirtualBoard

# How far the board may fall behind the clock before the time that was lost is given up: a
# computer that is too slow, or was asleep, must not make the board race afterwards.
_FORGET_BEHIND_S = 0.2


class Pace(Protocol):
    """Lets a board run."""

    def run(self, seconds: float, stop: Callable[[], bool] | None = None) -> bool:
        """Run for so many seconds of virtual time or until ``stop()``; whether that was met."""


class FastPace:
    """Virtual time passes as fast as this computer can compute it. Repeats exactly."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board

    def run(self, seconds: float, stop: Callable[[], bool] | None = None) -> bool:
        """Run for so many seconds of virtual time or until ``stop()``; whether that was met."""
        if stop is None:
            self._board.run(seconds)
            return False
        return self._board.run_until(stop, seconds)


class RealPace:
    """Virtual time passes no faster than real time: for people and for programs that wait.

    Each run ends only when the clock on the wall has come as far as the board. Where the computer
    is slower than the board would be, the board is late; it does not catch up in a rush.
    """

    def __init__(
        self,
        board: VirtualBoard,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._board = board
        self._clock = clock
        self._sleep = sleep
        self._fast = FastPace(board)
        self._began_at = clock() - board.time_us / 1e6  # when the board's time was 0, on the wall

    def run(self, seconds: float, stop: Callable[[], bool] | None = None) -> bool:
        """Run for so many seconds of virtual time or until ``stop()``; whether that was met."""
        ahead_s = self.ahead_s()
        if ahead_s < -_FORGET_BEHIND_S:
            self._began_at -= ahead_s
        met = self._fast.run(seconds, stop)
        ahead_s = self.ahead_s()
        if ahead_s > 0:
            self._sleep(ahead_s)
        return met

    def ahead_s(self) -> float:
        """How many seconds the board is ahead of the clock on the wall."""
        return self._began_at + self._board.time_us / 1e6 - self._clock()
