"""The base of all peripherals of an nRF51 and nRF52.

Each has 4 KB of address space at 0x4000_0000 + 0x1000 * number; its number is also that of its
interrupt. Within it, by offset:

    0x000-0x0FC  tasks: writing 1 starts something
    0x100-0x1FC  events: read 1 once something has happened; writing 0 clears
    0x200        SHORTS: bits that connect an event to a task of the same peripheral
    0x300-0x308  INTEN, INTENSET, INTENCLR: bit i lets event 0x100 + 4 i request the interrupt
    0x400-       registers of its own

Events may also start tasks of other peripherals through PPI. Source: nRF52833 Product
Specification, "Peripheral interface".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Protocol

from microbit_ml.virtual.clock import TICKS_PER_US, ScheduledEvent, VirtualClock
from microbit_ml.virtual.connections import Connections
from microbit_ml.virtual.memory import Memory
from microbit_ml.virtual.peripherals.gpio import Gpio

FIRST_EVENT, SHORTS, INTEN, INTENSET, INTENCLR = 0x100, 0x200, 0x300, 0x304, 0x308
_AFTER_EVENTS = 0x200
PERIPHERALS = 0x4000_0000
PERIPHERAL_SIZE = 0x1000
_FREE_POLLS = 64  # V2's I2C transfers in the background poll less often, so they cost nothing
_POLL_TICKS = 4 * TICKS_PER_US


def event_bit(event: int) -> int:
    """The bit of an event (given by its offset) in INTEN and in ``Peripheral.events``."""
    return 1 << ((event - FIRST_EVENT) >> 2)


class ChipInterface(Protocol):
    """The interface of Chip for its peripherals.

    ``ppi_routes`` holds the (peripheral, task) pairs that PPI starts, by the event's address.
    """

    is_m4: bool  # nRF52833; else nRF51822
    seed: int  # of the random numbers
    clock: VirtualClock
    memory: Memory
    gpio: Gpio
    connections: Connections
    ppi_routes: dict[int, list[tuple[Peripheral, int]]]

    def pend_interrupt(self, number: int) -> None:
        """A peripheral requests its interrupt."""

    def interrupt_is_enabled(self, number: int) -> bool:
        """Whether the interrupt controller lets a peripheral's interrupt through."""

    def end_slice(self) -> None:
        """Pause the CPU after this instruction, so that a caller's condition is checked."""

    def set_ppi_routes(self, routes: Mapping[int, Iterable[int]]) -> None:
        """Connect events to tasks, as PPI does (event address -> task addresses)."""

    def synchronise_ppi_sources(self) -> None:
        """Let the timers start the tasks that PPI has accumulated."""

    def ppi_targets_changed(self) -> None:
        """A task that PPI starts has become more or less urgent: plan again."""


class Peripheral:
    """A peripheral that stores what is written to it, and does nothing else.

    Subclasses define ``initial`` (registers after a reset, if not 0) and override :meth:`run_task`,
    :meth:`read_register`, :meth:`write_register`, :meth:`configured` and, if they compute their
    state only on demand, :meth:`synchronise`.
    """

    initial: ClassVar[dict[int, int]] = {}

    def __init__(self, chip: ChipInterface, number: int) -> None:
        self.chip = chip
        self.number = number
        self.address = PERIPHERALS + PERIPHERAL_SIZE * number
        self.registers = dict(self.initial)
        self.events = 0  # bit i: event 0x100 + 4 i has happened
        self.interrupts = 0  # INTEN
        self.shorts = 0  # SHORTS
        self._polls = 0  # reads of events that have not happened, in a row

    # Accesses of the program

    def read(self, offset: int) -> int:
        """Return a word that the program reads."""
        if offset > INTENCLR:
            return self.read_register(offset)
        if offset < FIRST_EVENT:
            return 0
        if offset < _AFTER_EVENTS:
            self.synchronise()
            if self.events >> ((offset - FIRST_EVENT) >> 2) & 1:
                self._polls = 0
                return 1
            self._polled_too_early()
            return 0
        if offset == SHORTS:
            return self.shorts
        return self.interrupts

    def write(self, offset: int, value: int) -> None:
        """Take a word that the program writes."""
        self._polls = 0
        if offset > INTENCLR:
            self.write_register(offset, value)
        elif offset < FIRST_EVENT:
            if value & 1:
                self.run_task(offset)
        elif offset < _AFTER_EVENTS:
            self.synchronise()
            if value & 1:
                self.raise_event(offset)
            else:
                self.events &= ~event_bit(offset)
        elif offset == SHORTS:
            self.synchronise()
            self.shorts = value
            self.configured()
        else:
            self.write_interrupts(offset, value)

    def write_interrupts(self, offset: int, value: int) -> None:
        """The program writes INTEN, INTENSET or INTENCLR."""
        self.synchronise()
        was_high = self.interrupt_line()
        if offset == INTENSET:
            self.interrupts |= value
        elif offset == INTENCLR:
            self.interrupts &= ~value
        else:
            self.interrupts = value
        if not was_high and self.interrupt_line():
            self.chip.pend_interrupt(self.number)
        self.configured()

    def _polled_too_early(self) -> None:
        """The program has read an event that has not happened.

        A program that only waits for an event would make a V2 run four times slower than real time,
        because each read leaves the translated code. After some of these reads in a row, each
        further one takes four microseconds: the program sees the same, at most that much later.
        """
        self._polls += 1
        if self._polls > _FREE_POLLS and self.chip.is_m4:
            self.chip.clock.lose(_POLL_TICKS)

    # For subclasses to override

    def run_task(self, task: int) -> None:
        """Run the task at this offset."""

    def read_register(self, offset: int) -> int:
        """Return one of the peripheral's own registers."""
        return self.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        """Set one of the peripheral's own registers."""
        self.registers[offset] = value

    def synchronise(self) -> None:
        """Bring events and state up to date."""

    def configured(self) -> None:
        """SHORTS, INTEN or PPI have changed."""

    def interrupt_enabled(self) -> None:
        """The interrupt controller lets the interrupt through from now on."""
        self.synchronise()
        self.configured()

    def run_task_times(self, task: int, times: int) -> None:
        """PPI has started the task several times since the last synchronisation."""
        for _ in range(times):
            self.run_task(task)

    def triggers_until_effect(self, task: int) -> int | None:
        """The number of starts of the task by PPI that may be accumulated and run together.

        1: each must run at its time; None: the times never matter.
        """
        return 1

    # For subclasses to use

    def interrupt_line(self) -> bool:
        """Whether the peripheral requests its interrupt."""
        return bool(self.events & self.interrupts)

    def raise_event(self, event: int, times: int = 1) -> None:
        """The event (given by its offset) has happened, ``times`` times; PPI starts its tasks."""
        was_high = self.events & self.interrupts
        self.events |= event_bit(event)
        if not was_high and self.events & self.interrupts:
            self.chip.pend_interrupt(self.number)
        for peripheral, task in self.chip.ppi_routes.get(self.address + event, ()):
            peripheral.run_task_times(task, times)

    def after_us(self, us: float, action: Callable[[], object]) -> ScheduledEvent:
        """Call ``action`` some microseconds later, unless the chip is reset before."""
        return self.chip.clock.after(round(us * TICKS_PER_US), action)

    def raise_after_us(self, us: float, event: int) -> ScheduledEvent:
        """Let an event happen some microseconds later."""
        return self.after_us(us, lambda: self.raise_event(event))
