"""Pacing: a virtual board's time follows real time, or runs freely."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from microbit_ml.virtual.board import VirtualBoard

# How far the board may fall behind real time before the lost time is given up: after a computer was
# too slow, or asleep, the board must not race to catch up.
_FORGET_BEHIND_S = 0.2


class Pace(Protocol):
    """Lets a board run."""

    def run(self, seconds: float, stop: Callable[[], bool] | None = None) -> bool:
        """Run for ``seconds`` of virtual time or until ``stop()``. Returns whether it was true."""


class FastPace:
    """Virtual time passes as fast as this computer can compute it. Runs repeat exactly."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board

    def run(self, seconds: float, stop: Callable[[], bool] | None = None) -> bool:
        """Run for ``seconds`` of virtual time or until ``stop()``. Returns whether it was true."""
        if stop is None:
            self._board.run(seconds)
            return False
        return self._board.run_until(stop, seconds)


class RealPace:
    """Virtual time passes no faster than real time: for people and for programs that wait.

    Each run ends only when real time has caught up with the board. If the computer is slower than
    the board, the board falls behind, and does not race to catch up.
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
        self._began_at = clock() - board.time_us / 1e6  # the real time when the board's time was 0

    def run(self, seconds: float, stop: Callable[[], bool] | None = None) -> bool:
        """Run for ``seconds`` of virtual time or until ``stop()``. Returns whether it was true."""
        ahead_s = self.ahead_s()
        if ahead_s < -_FORGET_BEHIND_S:
            self._began_at -= ahead_s
        met = self._fast.run(seconds, stop)
        ahead_s = self.ahead_s()
        if ahead_s > 0:
            self._sleep(ahead_s)
        return met

    def ahead_s(self) -> float:
        """The seconds by which the board is ahead of real time."""
        return self._began_at + self._board.time_us / 1e6 - self._clock()
