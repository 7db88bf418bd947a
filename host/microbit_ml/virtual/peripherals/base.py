"""What all peripherals of an nRF51 and nRF52 have in common.

Each owns 4 KB of address space at 0x4000_0000 + 0x1000 * number, and its number is also that of
its interrupt. Within it, by offset:

    0x000-0x0FC  tasks: writing 1 starts something
    0x100-0x1FC  events: read 1 once something has happened; writing 0 clears
    0x200        SHORTS: bits that join an event to a task of the same peripheral
    0x300-0x308  INTEN, INTENSET, INTENCLR: bit i lets event 0x100 + 4 i ask for the interrupt
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
_FREE_POLLS = 64  # the background's I2C transfers on V2 poll less often, so they cost nothing
_POLL_TICKS = 4 * TICKS_PER_US


def event_bit(event: int) -> int:
    """The bit of an event (given by its offset) in INTEN and in ``Peripheral.events``."""
    return 1 << ((event - FIRST_EVENT) >> 2)


class ChipInterface(Protocol):
    """What a chip offers to the peripherals in it: Chip, without the parts that are not theirs.

    ``ppi_routes`` has the (peripheral, task) pairs that PPI starts, by the event's address.
    """

    is_m4: bool  # nRF52833; else nRF51822
    seed: int  # of the random numbers
    clock: VirtualClock
    memory: Memory
    gpio: Gpio
    connections: Connections
    ppi_routes: dict[int, list[tuple[Peripheral, int]]]

    def pend_interrupt(self, number: int) -> None:
        """A peripheral asks for its interrupt."""

    def interrupt_is_enabled(self, number: int) -> bool:
        """Whether the interrupt controller lets a peripheral's interrupt through."""

    def end_slice(self) -> None:
        """Let the CPU pause after this instruction: whoever waits for the board looks at it."""

    def set_ppi_routes(self, routes: Mapping[int, Iterable[int]]) -> None:
        """PPI joins events to tasks (event address -> task addresses)."""

    def synchronise_ppi_sources(self) -> None:
        """Let the timers start the tasks that PPI has saved up."""

    def ppi_targets_changed(self) -> None:
        """A task that PPI starts has become more or less urgent: plan again."""


class Peripheral:
    """A peripheral that keeps what is written to it, and does nothing.

    Subclasses give ``initial`` (what registers hold after a reset, if not 0) and override
    :meth:`run_task`, :meth:`read_register`, :meth:`write_register`, :meth:`configured` and, when
    they compute their state only when it is asked for, :meth:`synchronise`.
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
        self._polls = 0  # reads of events that have not happened, since anything else was done

    # What the program sees

    def read(self, offset: int) -> int:
        """A word that the program reads."""
        if offset > INTENCLR:
            return self.read_register(offset)
        if offset < FIRST_EVENT:
            return 0
        if offset < _AFTER_EVENTS:
            self.synchronise()
            if self.events >> ((offset - FIRST_EVENT) >> 2) & 1:
                self._polls = 0
                return 1
            self._poll_in_vain()
            return 0
        if offset == SHORTS:
            return self.shorts
        return self.interrupts

    def write(self, offset: int, value: int) -> None:
        """A word that the program writes."""
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
        """INTEN, INTENSET or INTENCLR, that the program writes."""
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

    def _poll_in_vain(self) -> None:
        """The program has read an event that has not happened.

        A program that does nothing but wait for an event would make a V2 run four times slower
        than real time, because each read leaves the translated code. After some of them in a row,
        each further one takes as long as four microseconds: later by less than that, the program
        sees the same.
        """
        self._polls += 1
        if self._polls > _FREE_POLLS and self.chip.is_m4:
            self.chip.clock.lose(_POLL_TICKS)

    # For subclasses to override

    def run_task(self, task: int) -> None:
        """Do what the task at this offset does."""

    def read_register(self, offset: int) -> int:
        """A register of this peripheral's own."""
        return self.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        """A register of this peripheral's own."""
        self.registers[offset] = value

    def synchronise(self) -> None:
        """Bring events and state up to the present moment."""

    def configured(self) -> None:
        """SHORTS, INTEN or PPI have changed."""

    def interrupt_enabled(self) -> None:
        """The interrupt controller lets the interrupt through from now on."""
        self.synchronise()
        self.configured()

    def run_task_times(self, task: int, times: int) -> None:
        """PPI has started the task several times since it was last looked at."""
        for _ in range(times):
            self.run_task(task)

    def triggers_until_effect(self, task: int) -> int | None:
        """How many starts of the task by PPI may be saved up and run together.

        1: each matters at its moment; None: the moments never matter.
        """
        return 1

    # For subclasses to use

    def interrupt_line(self) -> bool:
        """Whether the peripheral asks for its interrupt."""
        return bool(self.events & self.interrupts)

    def raise_event(self, event: int, times: int = 1) -> None:
        """The event (given by its offset) has happened; PPI hears of each time."""
        was_high = self.events & self.interrupts
        self.events |= event_bit(event)
        if not was_high and self.events & self.interrupts:
            self.chip.pend_interrupt(self.number)
        for peripheral, task in self.chip.ppi_routes.get(self.address + event, ()):
            peripheral.run_task_times(task, times)

    def after_us(self, us: float, action: Callable[[], object]) -> ScheduledEvent:
        """Do something some microseconds later, unless the chip is reset before."""
        return self.chip.clock.after(round(us * TICKS_PER_US), action)

    def raise_after_us(self, us: float, event: int) -> ScheduledEvent:
        """Let an event happen some microseconds later."""
        return self.after_us(us, lambda: self.raise_event(event))
