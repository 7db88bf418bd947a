"""The connections of a chip: serial line, I2C devices, speaker, radio, and the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from microbit_ml.virtual.speaker import Speaker


class SerialLine:
    """The wires between the chip and the computer; they survive a reset of the chip.

    ``sent`` is everything that the board has sent; ``to_board`` holds the bytes still on their way.
    """

    def __init__(self, tx_pin: int, rx_pin: int) -> None:
        self.tx_pin = tx_pin
        self.rx_pin = rx_pin
        self.sent = bytearray()
        self.to_board = bytearray()


class I2cDevice(Protocol):
    """A device on an I2C bus."""

    def start(self, reading: bool) -> None:
        """It has been addressed, for reading or for writing."""

    def read(self) -> int:
        """The next byte to the chip."""

    def write(self, byte: int) -> None:
        """The next byte from the chip."""

    def end(self) -> None:
        """The transfer is over: the chip has stopped, or begins another one."""


class Senses(Protocol):
    """The world around a board, as the chip senses it."""

    temperature_celsius: float

    def analog_level(self, selected: int, ticks: int) -> int:
        """The analogue converter's result for an input at that time."""

    def hears_sound(self) -> bool:
        """Whether the level at the microphone changes with time."""

    def charge_time_us(self, pin: int) -> float:
        """The time that a pin takes to charge: the sense of touch, and of light on V2."""


@dataclass(frozen=True)
class Packet:
    """A packet of one radio: LENGTH and payload, settings, begin and end (ticks)."""

    data: bytes
    channel: int  # in MHz above 2400 MHz
    mode: int  # the data rate, as in MODE
    address: tuple[int, int]  # BASE0, PREFIX0: the base address and the group
    began: int
    ended: int

    def shifted(self, ticks: int) -> Packet:
        """The same packet on a clock that is ``ticks`` ahead."""
        return replace(self, began=self.began + ticks, ended=self.ended + ticks)


@dataclass(frozen=True)
class Connections:
    """Everything that is connected to one chip.

    ``send_packet`` is called with each packet when its radio begins to send it; ``i2c_buses`` holds
    the devices by address, for each pair of pins (SCL, SDA).
    """

    serial_line: SerialLine
    senses: Senses
    speaker: Speaker
    speaker_pin: int | None  # None: no speaker at the chip's PWM
    send_packet: Callable[[Packet], None]
    i2c_buses: dict[tuple[int, int], Mapping[int, I2cDevice]] = field(default_factory=dict)

    def i2c_devices(self, scl: int, sda: int) -> Mapping[int, I2cDevice]:
        """The devices on the I2C bus of two pins, by address."""
        return self.i2c_buses.get((scl, sda), {})
