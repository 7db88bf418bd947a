"""The interrupt controller (NVIC): which exception should be taken next.

Exceptions are numbered as in the architecture: 2 NMI, 3 HardFault, 11 SVCall, 14 PendSV,
15 SysTick, 16 + n the interrupt of peripheral n. A lower priority value is more urgent.
This module is independent of the CPU, so it can be tested alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

RESET, NMI, HARD_FAULT, SVCALL, PENDSV, SYSTICK = 1, 2, 3, 11, 14, 15
FIRST_INTERRUPT = 16
_SYSTEM_EXCEPTIONS = 0xFFFF  # exceptions 0-15 have no enable bit: they are always enabled
_IDLE_PRIORITY = 256  # outside of handlers: everything preempts it


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Nvic:
    """Enabled, pending and active exceptions and their priorities.

    ``line_is_high(n)`` returns whether peripheral n requests its interrupt now: the lines are
    level-sensitive, so an interrupt whose event was not cleared comes again.
    ``attention()`` is called when an enabled exception becomes pending.
    """

    def __init__(
        self,
        interrupts: int,
        priority_bits: int,
        line_is_high: Callable[[int], bool],
        attention: Callable[[], None],
    ) -> None:
        self.interrupts = interrupts
        self._priority_mask = 0xFF & (0xFF << (8 - priority_bits))
        self._line_is_high = line_is_high
        self._attention = attention
        self.reset()

    def reset(self) -> None:
        """Everything off, as after a reset of the chip."""
        self.enabled = _SYSTEM_EXCEPTIONS
        self.pending = 0
        self.active: list[int] = []  # innermost last
        self.priority = [0] * (FIRST_INTERRUPT + self.interrupts)
        self.priority[RESET], self.priority[NMI], self.priority[HARD_FAULT] = -3, -2, -1

    def is_enabled(self, interrupt: int) -> bool:
        """Whether the interrupt of a peripheral is enabled."""
        return bool(self.enabled >> (FIRST_INTERRUPT + interrupt) & 1)

    def pend(self, exception: int) -> None:
        """Make an exception pending."""
        self.pending |= 1 << exception
        if self.enabled >> exception & 1:
            self._attention()

    def unpend(self, mask: int) -> None:
        """Make exceptions (a bit mask) no longer pending, except where a line is still high."""
        self.pending &= ~mask
        self._pend_high_lines(mask)

    def enable(self, mask: int) -> None:
        """Enable interrupts (a bit mask of exception numbers)."""
        self.enabled |= mask
        self._pend_high_lines(mask)
        if self.ready():
            self._attention()

    def disable(self, mask: int) -> None:
        """Disable interrupts (a bit mask of exception numbers)."""
        self.enabled &= ~mask | _SYSTEM_EXCEPTIONS

    def _pend_high_lines(self, mask: int) -> None:
        for exception in bits(mask & ~_SYSTEM_EXCEPTIONS):
            if self._line_is_high(exception - FIRST_INTERRUPT):
                self.pend(exception)

    def set_priority(self, exception: int, value: int) -> None:
        """Set the priority byte; the chip keeps only its upper bits."""
        if exception > HARD_FAULT and exception < len(self.priority):
            self.priority[exception] = value & self._priority_mask
            if self.ready():
                self._attention()

    def ready(self) -> int:
        """The exceptions (a bit mask) that are pending and enabled."""
        return self.pending & self.enabled

    def candidate(self) -> int:
        """The most urgent ready exception that preempts what is active, or 0.

        At equal priority, the lowest number wins. The CPU checks the masks PRIMASK, BASEPRI and
        FAULTMASK afterwards.
        """
        ready = self.ready()
        if not ready:
            return 0
        best = min(bits(ready), key=self.priority.__getitem__)
        return best if self.priority[best] < self.active_priority() else 0

    def active_priority(self) -> int:
        """The priority of the running handler; a high value when none runs."""
        return min((self.priority[exception] for exception in self.active), default=_IDLE_PRIORITY)

    def activate(self, exception: int) -> None:
        """The CPU has entered the handler."""
        self.pending &= ~(1 << exception)
        self.active.append(exception)

    def deactivate(self) -> int:
        """The CPU has left the innermost handler; returns its exception number."""
        exception = self.active.pop()
        if exception >= FIRST_INTERRUPT and self._line_is_high(exception - FIRST_INTERRUPT):
            self.pending |= 1 << exception
        return exception
