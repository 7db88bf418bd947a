"""Virtual time: the time on the board, and the queue of events.

Time is counted in ticks of 1/512 microsecond. In that unit all clocks of the boards are whole
numbers, so nothing is ever rounded and a run repeats exactly:

- one 16 MHz timer clock is 32 ticks,
- one 32,768 Hz clock is 15,625 ticks,
- one instruction is 14 ticks on V2 and 56 on V1: 1.75 cycles of 64 MHz and of 16 MHz.

The 1.75 cycles per instruction are an estimate: there is no model of flash wait states or of the
pipeline. Times that a virtual board reports are therefore estimates too; instruction counts are
exact.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Protocol

TICKS_PER_US = 512
TICKS_PER_SECOND = TICKS_PER_US * 1_000_000


class RunningSlice(Protocol):
    """The slice of instructions that is running, as the clock sees it."""

    @property
    def executed(self) -> int:
        """Instructions begun since the slice began, 0 when nothing runs."""

    def end_after(self, instructions: int) -> None:
        """Let the slice end once that many instructions have run, or at once."""


class ScheduledEvent:
    """Something that is to happen at a given time; :meth:`cancel` takes it back."""

    __slots__ = ("action", "of_chip", "ticks")

    def __init__(self, ticks: int, action: Callable[[], object], of_chip: bool) -> None:
        self.ticks = ticks
        self.action: Callable[[], object] | None = action
        self.of_chip = of_chip

    def cancel(self) -> None:
        self.action = None


class VirtualClock:
    """Counts ticks and keeps the queue of events, earliest first.

    ``instructions`` counts what has run; ``ticks`` also holds the time slept through. Both are
    brought up to date after each slice of instructions; :meth:`now` is exact within one.
    """

    def __init__(self, running: RunningSlice, ticks_per_instruction: int) -> None:
        self.ticks = 0
        self.instructions = 0
        self.ticks_per_instruction = ticks_per_instruction
        self._running = running
        self._slice_until = 0
        self._queue: list[tuple[int, int, ScheduledEvent]] = []
        self._order = itertools.count()

    def now(self) -> int:
        """The ticks now, also in the middle of a slice."""
        return self.ticks + self._running.executed * self.ticks_per_instruction

    def at(
        self, ticks: int, action: Callable[[], object], *, of_chip: bool = True
    ) -> ScheduledEvent:
        """Call ``action`` at that time; events at the same time keep their order.

        An event of the chip is dropped when the chip is reset; others (``of_chip=False``: a
        sensor's, a finger's) stay.
        """
        event = ScheduledEvent(ticks, action, of_chip)
        heapq.heappush(self._queue, (ticks, next(self._order), event))
        self._running.end_after(self.instructions_until(ticks))
        return event

    def after(
        self, ticks: int, action: Callable[[], object], *, of_chip: bool = True
    ) -> ScheduledEvent:
        """Call ``action`` that many ticks from now."""
        return self.at(self.now() + ticks, action, of_chip=of_chip)

    def instructions_until(self, ticks: int) -> int:
        """The number of instructions from ``self.ticks`` until that time (rounded up)."""
        return -((self.ticks - ticks) // self.ticks_per_instruction)

    def next_event(self, latest: int) -> int:
        """The time of the next event, or ``latest`` when that is earlier."""
        queue = self._queue
        while queue and queue[0][2].action is None:
            heapq.heappop(queue)
        return min(queue[0][0], latest) if queue else latest

    def begin_slice(self, until: int) -> int:
        """Begin a slice: the number of instructions to the next event, at most to ``until``."""
        self._slice_until = until
        return self.instructions_until(self.next_event(until))

    def lose(self, ticks: int) -> None:
        """Let time pass in the middle of a slice without an instruction, as a wait state does."""
        self.ticks += ticks
        self._running.end_after(self.instructions_until(self.next_event(self._slice_until)))

    def run_due_events(self) -> None:
        """Call the actions of all events whose time has come."""
        queue = self._queue
        while queue and queue[0][0] <= self.ticks:
            action = heapq.heappop(queue)[2].action
            if action is not None:
                action()

    def count_instructions(self, instructions: int) -> None:
        """A slice has ended: move time on by its instructions."""
        self.instructions += instructions
        self.ticks += instructions * self.ticks_per_instruction

    def sleep_until(self, ticks: int) -> None:
        """Move time on without running instructions."""
        self.ticks = max(self.ticks, ticks)

    def drop_chip_events(self) -> None:
        """The chip is reset: forget what its peripherals had planned."""
        for _, _, event in self._queue:
            if event.of_chip:
                event.cancel()
