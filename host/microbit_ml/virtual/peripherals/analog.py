"""The analogue converters: ADC (nRF51) and SAADC (nRF52)."""

from __future__ import annotations

import struct

from microbit_ml.virtual.peripherals.base import Peripheral, event_bit


class Adc(Peripheral):
    """The nRF51's converter: one sample of one input for each START."""

    START, END = 0x000, 0x100
    CONFIG, RESULT = 0x504, 0x508
    CONVERSION_US = 68

    def run_task(self, task: int) -> None:
        if task == self.START:
            inputs = self.registers.get(self.CONFIG, 0) >> 8 & 0xFF
            now = self.chip.clock.now()
            senses = self.chip.connections.senses
            self.registers[self.RESULT] = senses.analog_level(inputs, now)
            self.raise_after_us(self.CONVERSION_US, self.END)


class Saadc(Peripheral):
    """The nRF52's converter: each SAMPLE adds a value per connected input to a buffer."""

    START, SAMPLE, STOP, CALIBRATE = 0x000, 0x004, 0x008, 0x00C
    STARTED, END, DONE, RESULTDONE, CALIBRATED, STOPPED = 0x100, 0x104, 0x108, 0x10C, 0x110, 0x114
    CH_PSELP, OVERSAMPLE = 0x510, 0x640  # CH_PSELP 16 bytes apart
    RESULT_PTR, RESULT_MAXCNT, RESULT_AMOUNT = 0x62C, 0x630, 0x634
    CHANNELS = 8
    CH_END = CH_PSELP + 16 * CHANNELS

    _buffer_at = _buffer_size = _filled = 0
    _on = False
    _oversampled = 0  # SAMPLE tasks since the last value, when values are averages

    def run_task(self, task: int) -> None:
        self.synchronise()
        if task == self.START:
            self._buffer_at = self.registers.get(self.RESULT_PTR, 0)
            self._buffer_size = self.registers.get(self.RESULT_MAXCNT, 0)
            self._filled = 0
            self._on = True
            self.raise_event(self.STARTED)
            self.chip.ppi_targets_changed()
        elif task == self.SAMPLE:
            self.run_task_times(task, 1)
        elif task == self.STOP:
            self.after_us(5, self._stop)
        elif task == self.CALIBRATE:
            self.raise_after_us(10, self.CALIBRATED)

    def synchronise(self) -> None:
        """Take the samples that timers have triggered meanwhile."""
        self.chip.synchronise_ppi_sources()

    def read_register(self, offset: int) -> int:
        self.synchronise()
        return super().read_register(offset)

    def write_register(self, offset: int, value: int) -> None:
        self.synchronise()
        super().write_register(offset, value)
        if offset == self.OVERSAMPLE or self.CH_PSELP <= offset < self.CH_END:
            self.chip.ppi_targets_changed()

    def write_interrupts(self, offset: int, value: int) -> None:
        super().write_interrupts(offset, value)
        self.chip.ppi_targets_changed()

    def _inputs(self) -> list[int]:
        """The inputs that are connected to the channels, in order."""
        selected = (self.registers.get(self.CH_PSELP + 16 * i, 0) for i in range(self.CHANNELS))
        return [pin for pin in selected if pin]

    def _samples_per_value(self, inputs: int) -> int:
        return 1 << self.registers.get(self.OVERSAMPLE, 0) if inputs == 1 else 1

    def triggers_until_effect(self, task: int) -> int | None:
        """Samples may be taken together up to the one that fills the buffer, unless each of them
        triggers an interrupt."""
        inputs = len(self._inputs())
        if task != self.SAMPLE:
            return 1
        if not self._on or not inputs:
            return None
        if self.interrupts & (event_bit(self.DONE) | event_bit(self.RESULTDONE)):
            rounds = 1
        else:
            rounds = -((self._filled - self._buffer_size) // inputs)
        return max(1, rounds * self._samples_per_value(inputs) - self._oversampled)

    def run_task_times(self, task: int, times: int) -> None:
        if task != self.SAMPLE:
            super().run_task_times(task, times)
            return
        inputs = self._inputs()
        if not self._on or not inputs:
            return
        per_value = self._samples_per_value(len(inputs))
        rounds, self._oversampled = divmod(self._oversampled + times, per_value)
        now = self.chip.clock.now()
        senses = self.chip.connections.senses
        levels = [senses.analog_level(pin, now) for pin in inputs]
        values = (levels * rounds)[: self._buffer_size - self._filled]
        if not values:
            return
        self.chip.memory.write(
            self._buffer_at + 2 * self._filled, struct.pack(f"<{len(values)}h", *values)
        )
        self._filled += len(values)
        self.raise_event(self.DONE)
        self.raise_event(self.RESULTDONE)
        if self._filled >= self._buffer_size:
            self._end_buffer()

    def _end_buffer(self) -> None:
        """The runtime lets PPI connect END to START, so sampling continues at once."""
        self.registers[self.RESULT_AMOUNT] = self._filled
        self._oversampled = 0
        self._on = False
        self.raise_event(self.END)

    def _stop(self) -> None:
        """STOP also ends the buffer, full or not."""
        self.synchronise()
        if self._on:
            self._end_buffer()
        self.raise_event(self.STOPPED)
