"""PWM (nRF52): plays sequences of duty cycles.

The runtime plays sound and analogue output with it and waits for the sequence events. The board's
:class:`~microbit_ml.virtual.speaker.Speaker` gets the tones on the speaker's pin; otherwise only
the duration counts.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from microbit_ml.virtual.clock import TICKS_PER_US, ScheduledEvent
from microbit_ml.virtual.peripherals.base import ChipInterface, Peripheral

STOP, SEQSTART = 0x004, 0x008  # SEQSTART 4 bytes apart
STOPPED, SEQSTARTED, SEQEND, LOOPSDONE = 0x104, 0x108, 0x110, 0x11C
COUNTERTOP, PRESCALER, DECODER, LOOP = 0x508, 0x50C, 0x510, 0x514
SEQ_PTR, SEQ_CNT, SEQ_REFRESH, SEQ_STRIDE = 0x520, 0x524, 0x528, 0x20
PSEL_OUT = 0x560
_UNCONNECTED = 0xFFFF_FFFF
_SHORT_LOOPSDONE_SEQSTART0 = 1 << 2
_COUNTS_PER_US = 16
_COMMON_LOAD = 0  # DECODER: one value for all outputs
_DUTY = 0x7FFF  # bit 15 is the polarity


class Pwm(Peripheral):
    """One PWM unit."""

    initial: ClassVar[dict[int, int]] = {COUNTERTOP: 1000} | dict.fromkeys(
        range(PSEL_OUT, PSEL_OUT + 16, 4), _UNCONNECTED
    )

    def __init__(self, chip: ChipInterface, number: int) -> None:
        super().__init__(chip, number)
        self._end: ScheduledEvent | None = None
        self._high = False  # whether the latest value for the speaker was in the upper half

    def run_task(self, task: int) -> None:
        if task == STOP:
            self._cancel()
            self.raise_after_us(2, STOPPED)
        elif task in (SEQSTART, SEQSTART + 4):
            self._play((task - SEQSTART) >> 2)

    def _cancel(self) -> None:
        if self._end is not None:
            self._end.cancel()

    def _play(self, sequence: int) -> None:
        self._cancel()
        self.raise_event(SEQSTARTED + 4 * sequence)
        if self._plays_to_speaker():
            self._sound(sequence)
        self._end = self.after_us(self._duration_us(sequence), lambda: self._ended(sequence))

    def _plays_to_speaker(self) -> bool:
        outputs = (self.registers[PSEL_OUT + 4 * i] for i in range(4))
        pin = self.chip.connections.speaker_pin
        is_common = self.registers.get(DECODER, 0) & 3 == _COMMON_LOAD
        return is_common and pin is not None and pin in outputs

    def _sound(self, sequence: int) -> None:
        """The samples of a sound are duty cycles: send the speaker each rise above half."""
        registers = self.registers
        size = 2 * registers.get(SEQ_CNT + SEQ_STRIDE * sequence, 0)
        address = registers.get(SEQ_PTR + SEQ_STRIDE * sequence, 0)
        duty = np.frombuffer(self.chip.memory.read(address, size), "<u2") & _DUTY
        high = 2 * duty > registers[COUNTERTOP]
        rises = np.flatnonzero(high & ~np.concatenate(([self._high], high[:-1])))
        if len(high):
            self._high = bool(high[-1])
        sample_us = self._duration_us(sequence) / max(1, len(high))
        now = self.chip.clock.now()
        speaker = self.chip.connections.speaker
        for sample in rises.tolist():
            speaker.rises(now + round(sample * sample_us * TICKS_PER_US))

    def _duration_us(self, sequence: int) -> float:
        """Values times periods, each repeated REFRESH + 1 times; 1 or 4 values to a period."""
        registers = self.registers
        values = registers.get(SEQ_CNT + SEQ_STRIDE * sequence, 0)
        if registers.get(DECODER, 0) & 3 >= 2:
            values //= 4
        repeats = 1 + registers.get(SEQ_REFRESH + SEQ_STRIDE * sequence, 0)
        period_counts = registers[COUNTERTOP] << (registers.get(PRESCALER, 0) & 7)
        return max(1, values) * repeats * period_counts / _COUNTS_PER_US

    def _ended(self, sequence: int) -> None:
        self.raise_event(SEQEND + 4 * sequence)
        if not self.registers.get(LOOP, 0):
            return
        if sequence == 0:
            self._play(1)
        else:
            self.raise_event(LOOPSDONE)
            if self.shorts & _SHORT_LOOPSDONE_SEQSTART0:
                self._play(0)
