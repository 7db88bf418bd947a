"""GPIOTE: pins driven by tasks, and events from pins.

A channel is configured by CONFIG[i]: MODE in bits 0-1 (1 event, 3 task), the pin in bits 8-13,
POLARITY in bits 16-17 (1 rises, 2 falls, 3 toggles), OUTINIT in bit 20.
"""

from __future__ import annotations

from microbit_ml.virtual.peripherals.base import Peripheral

OUT, SET, CLR = 0x000, 0x030, 0x060
IN = 0x100
CONFIG = 0x510
CHANNELS = 8
_MODE_EVENT, _MODE_TASK = 1, 3
_RISES, _FALLS = 1, 2


def pin_of(config: int) -> int:
    """The pin in a CONFIG register."""
    return config >> 8 & 0x3F


def drives_pin(config: int) -> bool:
    """Whether a CONFIG register gives the pin to GPIOTE's tasks."""
    return config & 3 == _MODE_TASK


def starts_high(config: int) -> bool:
    """Whether a CONFIG register starts the pin high (OUTINIT)."""
    return bool(config >> 20 & 1)


class Gpiote(Peripheral):
    """GPIOTE without the PORT event.

    The runtimes use an event channel to time the charging of a pin: the touch sense of the pads and
    logo, and the light sense through the display. ``Senses.charge_time_us`` returns that time.
    """

    def config(self, channel: int) -> int:
        return self.registers.get(CONFIG + 4 * channel, 0)

    def run_task(self, task: int) -> None:
        channel = (task & 0x1F if task < SET else task - (SET if task < CLR else CLR)) >> 2
        if channel >= CHANNELS or not drives_pin(self.config(channel)):
            return
        gpio, pin = self.chip.gpio, pin_of(self.config(channel))
        if task >= CLR:
            gpio.drive(pin, 0)
        elif task >= SET:
            gpio.drive(pin, 1)
        else:
            polarity = self.config(channel) >> 16 & 3
            if polarity in (_RISES, _FALLS):
                gpio.drive(pin, polarity == _RISES)
            else:
                gpio.toggle(pin)

    def run_task_times(self, task: int, times: int) -> None:
        """Only whether the number of toggles is even or odd matters."""
        for _ in range(1 if task >= SET else (times - 1) % 2 + 1):
            self.run_task(task)

    def triggers_until_effect(self, task: int) -> int | None:
        """Never: the display works out the pins' levels over time from the timer."""
        return None

    def write_register(self, offset: int, value: int) -> None:
        self.registers[offset] = value
        channel = (offset - CONFIG) >> 2
        if not 0 <= channel < CHANNELS:
            return
        if drives_pin(value):
            self.chip.gpio.drive(pin_of(value), starts_high(value))
        elif value & 3 == _MODE_EVENT:
            charge_us = self.chip.connections.senses.charge_time_us(pin_of(value))
            self.after_us(charge_us, lambda: self._charged(channel, value))

    def _charged(self, channel: int, config: int) -> None:
        if self.config(channel) == config:
            self.raise_event(IN + 4 * channel)
