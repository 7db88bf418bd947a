"""TIMER: counters of up to 32 bits at 16 MHz or a fraction of it, with compare channels.

A running timer is not stepped: its value is computed on demand, and an event is put into the queue
only for a match that has an effect. V2's runtime starts the analogue converter about 175,000 times
a second through a timer; stepping that would be far too slow.
"""

from __future__ import annotations

from typing import ClassVar

from microbit_ml.virtual.clock import ScheduledEvent
from microbit_ml.virtual.nvic import bits
from microbit_ml.virtual.peripherals.base import ChipInterface, Peripheral, event_bit

START, STOP, COUNT, CLEAR, SHUTDOWN, CAPTURE = 0x000, 0x004, 0x008, 0x00C, 0x010, 0x040
COMPARE = 0x140
MODE, BITMODE, PRESCALER, CC = 0x504, 0x508, 0x510, 0x540

CHANNELS = 6  # nRF51 timers have 4; the other two stay unused there
_ALL_CHANNELS = (1 << CHANNELS) - 1
_FIRST_COMPARE_BIT = 16  # of INTEN
_SHORT_STOP = 8  # SHORTS: bit i clears the timer when channel i matches, bit 8 + i stops it
_WIDTHS = (16, 8, 24, 32)  # BITMODE
_TICKS_16MHZ_SHIFT = 5  # 32 ticks to a clock of 16 MHz


class Timer(Peripheral):
    """One TIMER. ``_counter`` was its value at the time ``_synchronised``; it counts on."""

    initial: ClassVar[dict[int, int]] = {PRESCALER: 4}

    def __init__(self, chip: ChipInterface, number: int) -> None:
        super().__init__(chip, number)
        self.cc = [0] * CHANNELS
        self._counter = 0
        self._synchronised = 0
        self._running = False
        self._next_match: ScheduledEvent | None = None
        self._planned_with_interrupt = False  # whether _next_match takes the interrupt into account
        self._settings_changed()

    # Accesses of the program

    def run_task(self, task: int) -> None:
        self.synchronise()
        if CAPTURE <= task < CAPTURE + 4 * CHANNELS:
            channel = (task - CAPTURE) >> 2
            self.cc[channel] = self._counter
            if self.shorts >> channel & 1:
                self._settings_changed()
                self._planned_with_interrupt = False
            return
        if task == START and not self._running:
            self._running = True
            self._synchronised = self.chip.clock.now()
        elif task in (STOP, SHUTDOWN):
            self._running = False
        elif task == CLEAR:
            self._counter = 0
        elif task == COUNT and self.registers.get(MODE):
            self._counter = (self._counter + 1) % self._modulus
        self.configured()

    def read_register(self, offset: int) -> int:
        if CC <= offset < CC + 4 * CHANNELS:
            return self.cc[(offset - CC) >> 2]
        return self.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        self.synchronise()
        if CC <= offset < CC + 4 * CHANNELS:
            self.cc[(offset - CC) >> 2] = value % self._modulus
        else:
            self.registers[offset] = value
        self.configured()

    # Counting

    def _settings_changed(self) -> None:
        """Evaluate BITMODE, PRESCALER, SHORTS and the compare values.

        A clock of the timer is ``1 << _shift`` ticks; ``_clear_point`` is the value at which a
        compare channel clears the counter, else the modulus.
        """
        self._modulus = 1 << _WIDTHS[self.registers.get(BITMODE, 0) & 3]
        self._shift = _TICKS_16MHZ_SHIFT + (self.registers[PRESCALER] & 0xF)
        points = [cc for i, cc in enumerate(self.cc) if self.shorts >> i & 1]
        self._clear_point = min(points, default=0) or self._modulus

    def synchronise(self) -> None:
        """Count the clocks that have passed, and raise the events of the matches meanwhile."""
        if not self._running:
            return
        now = self.chip.clock.now()
        shift = self._shift
        elapsed = (now >> shift) - (self._synchronised >> shift)
        self._synchronised = now
        if elapsed > 0:
            for channel, times in enumerate(self._count(elapsed)):
                if times:
                    self.raise_event(COMPARE + 4 * channel, times)

    def _count(self, elapsed: int) -> list[int]:
        """Move the counter on by ``elapsed`` clocks. Returns the matches of each channel."""
        matches = [0] * CHANNELS
        clear_point = self._clear_point
        while elapsed and self._running:
            wrap = clear_point if self._counter < clear_point else self._modulus
            step = min(elapsed, wrap - self._counter)
            reached = self._counter + step
            for channel, cc in enumerate(self.cc):
                if self._counter < (cc or wrap) <= reached:
                    matches[channel] += 1
                    if self.shorts >> (_SHORT_STOP + channel) & 1:
                        self._running = False
                        reached = cc or wrap
            self._counter = reached
            elapsed -= step
            if reached == wrap:
                self._counter = 0
                if elapsed >= clear_point and self._running:
                    periods, elapsed = divmod(elapsed, clear_point)
                    for channel, cc in enumerate(self.cc):
                        matches[channel] += periods if cc <= clear_point else 0
        return matches

    # Planning

    def interrupt_enabled(self) -> None:
        """V2's runtime turns the interrupt off and on whenever it reads the time: the existing
        plan is still valid then."""
        self.synchronise()
        if not self._planned_with_interrupt:
            self.configured()

    def configured(self) -> None:
        """Put the next match that has an effect into the queue."""
        self._settings_changed()
        self._planned_with_interrupt = self.chip.interrupt_is_enabled(self.number)
        if self._next_match is not None:
            self._next_match.cancel()
            self._next_match = None
        if not self._running:
            return
        distances = []
        for channel in bits(self._channels_with_effect()):
            triggers = self._matches_until_effect(channel)
            if triggers:
                distance = self._distance(self.cc[channel])
                if distance:
                    distances.append(distance + (triggers - 1) * self._clear_point)
        if distances:
            shift = self._shift
            clocks = (self._synchronised >> shift) + min(distances)
            self._next_match = self.chip.clock.at(clocks << shift, self._match)

    def _match(self) -> None:
        self.synchronise()
        self.configured()

    def _channels_with_effect(self) -> int:
        """The channels (bit i: channel i) whose matches can have an effect."""
        channels = self.shorts >> _SHORT_STOP | self.interrupts >> _FIRST_COMPARE_BIT
        first = self.address + COMPARE
        for event in self.chip.ppi_routes:
            if first <= event < first + 4 * CHANNELS:
                channels |= 1 << ((event - first) >> 2)
        return channels & _ALL_CHANNELS

    def _matches_until_effect(self, channel: int) -> int:
        """The number of matches of a channel until one has an effect at its time; 0 for never.

        An interrupt that the interrupt controller blocks has no effect.
        """
        if self.shorts >> (_SHORT_STOP + channel) & 1:
            return 1
        event = COMPARE + 4 * channel
        if self.interrupts & event_bit(event) and self._planned_with_interrupt:
            return 1
        soonest = 0
        for peripheral, task in self.chip.ppi_routes.get(self.address + event, ()):
            triggers = peripheral.triggers_until_effect(task)
            if triggers:
                soonest = min(soonest, triggers) if soonest else triggers
        return soonest

    def _distance(self, cc: int) -> int | None:
        """Clocks from now until the counter next matches ``cc``; None if it is never reached."""
        clear_point = self._clear_point
        wrap = clear_point if self._counter < clear_point else self._modulus
        point = cc or wrap  # zero is reached where the counter wraps
        if self._counter < point <= wrap:
            return point - self._counter
        if point <= clear_point:
            return wrap - self._counter + point
        return None
