"""RTC: 24-bit counters on the 32,768 Hz clock.

As with TIMER, the value is computed on demand. Unlike there, an event happens only when INTEN or
EVTEN (for PPI) enables it.
"""

from __future__ import annotations

from microbit_ml.virtual.clock import ScheduledEvent
from microbit_ml.virtual.peripherals.base import ChipInterface, Peripheral, event_bit

START, STOP, CLEAR, TRIGOVRFLW = 0x000, 0x004, 0x008, 0x00C
TICK, OVRFLW, COMPARE = 0x100, 0x104, 0x140
EVTEN, EVTENSET, EVTENCLR = 0x340, 0x344, 0x348
COUNTER, PRESCALER, CC = 0x504, 0x508, 0x540

CHANNELS = 4
_MODULUS = 1 << 24
_NEAR_OVERFLOW = 0xFFFFF0
TICKS_PER_CLOCK = 15_625  # of 32,768 Hz


class RealTimeCounter(Peripheral):
    """One RTC. ``_counter`` was its value at the time ``_synchronised``; it counts on."""

    def __init__(self, chip: ChipInterface, number: int) -> None:
        super().__init__(chip, number)
        self.cc = [0] * CHANNELS
        self._counter = 0
        self._synchronised = 0
        self._running = False
        self._next: ScheduledEvent | None = None

    def run_task(self, task: int) -> None:
        self.synchronise()
        if task == START and not self._running:
            self._running = True
            self._synchronised = self.chip.clock.now()
        elif task == STOP:
            self._running = False
        elif task in (CLEAR, TRIGOVRFLW):
            self._counter = 0 if task == CLEAR else _NEAR_OVERFLOW
            self._synchronised = self.chip.clock.now()
        self.configured()

    def read_register(self, offset: int) -> int:
        if offset == COUNTER:
            self.synchronise()
            return self._counter
        if CC <= offset < CC + 4 * CHANNELS:
            return self.cc[(offset - CC) >> 2]
        if offset in (EVTENSET, EVTENCLR):
            offset = EVTEN
        return self.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        self.synchronise()
        if CC <= offset < CC + 4 * CHANNELS:
            self.cc[(offset - CC) >> 2] = value % _MODULUS
        elif offset == EVTENSET:
            self.registers[EVTEN] = self.registers.get(EVTEN, 0) | value
        elif offset == EVTENCLR:
            self.registers[EVTEN] = self.registers.get(EVTEN, 0) & ~value
        else:
            self.registers[offset] = value
        self.configured()

    def _period(self) -> int:
        """Ticks from one count to the next."""
        return TICKS_PER_CLOCK * ((self.registers.get(PRESCALER, 0) & 0xFFF) + 1)

    def _enabled(self) -> int:
        return self.interrupts | self.registers.get(EVTEN, 0)

    def _events(self) -> list[tuple[int, int]]:
        """The enabled events, each with the counts until it happens."""
        distances = [(OVRFLW, _MODULUS - self._counter), (TICK, 1)]
        for channel, cc in enumerate(self.cc):
            distance = (cc - self._counter) % _MODULUS or _MODULUS
            distances.append((COMPARE + 4 * channel, distance))
        enabled = self._enabled()
        return [(event, counts) for event, counts in distances if enabled & event_bit(event)]

    def synchronise(self) -> None:
        """Count the clocks that have passed, and raise the events that were due meanwhile."""
        if not self._running:
            return
        period = self._period()
        elapsed = (self.chip.clock.now() - self._synchronised) // period
        if elapsed <= 0:
            return
        due = [event for event, counts in self._events() if counts <= elapsed]
        self._synchronised += elapsed * period
        self._counter = (self._counter + elapsed) % _MODULUS
        for event in due:
            self.raise_event(event)

    def configured(self) -> None:
        """Put the next enabled event into the queue."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        counts = min((counts for _, counts in self._events()), default=0)
        if self._running and counts:
            when = self._synchronised + counts * self._period()
            self._next = self.chip.clock.at(when, self._due)

    def _due(self) -> None:
        self.synchronise()
        self.configured()
