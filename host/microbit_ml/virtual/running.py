"""Runs a board: for a time, up to a time, or until something has happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.chip import Chip
from microbit_ml.virtual.clock import TICKS_PER_SECOND, TICKS_PER_US

Condition = Callable[[], bool]


@dataclass(frozen=True)
class Fault:
    """The crash of a program on a board: where, when, and the reason."""

    program_counter: int
    time_us: int
    reason: str


class Runner:
    """Runs a chip, and keeps its time and the reason of a crash.

    Every method that runs it takes ``wall_limit_s``, and raises VirtualBoardError when that many
    seconds of real time have passed, when the program crashes, or after :meth:`switch_off`.
    """

    def __init__(self, chip: Chip) -> None:
        self._cpu = chip.cpu
        self._clock = chip.clock
        self.is_off = False

    def switch_off(self) -> None:
        """Do not run any more."""
        self.is_off = True

    def run(self, seconds: float, stop: Condition | None, wall_limit_s: float | None) -> bool:
        """Run for ``seconds`` of virtual time or until ``stop()``. Returns whether it was true."""
        until = self._clock.ticks + round(seconds * TICKS_PER_SECOND)
        return self.run_to(until, stop, wall_limit_s)

    def run_to(self, ticks: int, stop: Condition | None, wall_limit_s: float | None) -> bool:
        """Run until the clock reaches ``ticks`` or ``stop()``. Returns whether it was true."""
        if self.is_off:
            raise VirtualBoardError(
                "The virtual board is switched off: close() was called, or its with block is over. "
                "Make a new VirtualBoard."
            )
        return self._cpu.run(ticks, stop, wall_limit_s)

    @property
    def ticks(self) -> int:
        """The time of the board's clock, in ticks of 1/512 us."""
        return self._clock.ticks

    @property
    def time_us(self) -> int:
        """Virtual time since power-on in microseconds."""
        return self._clock.ticks // TICKS_PER_US

    @property
    def instructions(self) -> int:
        """The number of instructions since power-on, exact also while the CPU runs."""
        return self._clock.instructions + self._cpu.counter.executed

    def at_instruction(self, address: int, action: Callable[[], object]) -> None:
        """Call ``action`` whenever the CPU is about to run the instruction at an address."""
        self._cpu.at_instruction(address, action)

    @property
    def program_instructions(self) -> int:
        """The number of instructions without those of interrupts."""
        return self.instructions - self._cpu.in_handlers

    @property
    def fault(self) -> Fault | None:
        """The crash of the program, or None."""
        if self._cpu.crash is None:
            return None
        return Fault(self._cpu.pc, self.time_us, self._cpu.crash)


def text_appears(text: str, sent: bytes | bytearray) -> Condition:
    """A condition: the text appears in what is added to ``sent`` after this call."""
    expected = text.encode()
    began = searched_to = len(sent)

    def stop() -> bool:
        nonlocal searched_to
        if len(sent) == searched_to:
            return not expected
        start = max(began, searched_to - len(expected) + 1)
        searched_to = len(sent)
        return sent.find(expected, start) >= 0

    return stop
