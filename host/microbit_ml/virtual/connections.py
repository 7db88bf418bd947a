"""What a board connects to its chip: serial line, I2C devices, speaker, radio, and the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from microbit_ml.virtual.speaker import Speaker


class SerialLine:
    """The wires between the chip and the computer; they survive a reset of the chip.

    ``sent`` is all that the board has sent; ``to_board`` holds the bytes still on their way.
    """

    def __init__(self, tx_pin: int, rx_pin: int) -> None:
        self.tx_pin = tx_pin
        self.rx_pin = rx_pin
        self.sent = bytearray()
        self.to_board = bytearray()


class I2cDevice(Protocol):
    """What a device on an I2C bus does."""

    def start(self, reading: bool) -> None:
        """It has been addressed, for reading or for writing."""

    def read(self) -> int:
        """The next byte to the chip."""

    def write(self, byte: int) -> None:
        """The next byte from the chip."""


class Senses(Protocol):
    """What a chip senses of the world around its board."""

    temperature_celsius: float

    def analog_level(self, selected: int, ticks: int) -> int:
        """What the analogue converter sees at an input at that time, as its result."""

    def hears_sound(self) -> bool:
        """Whether the level at the microphone changes with time."""

    def charge_time_us(self, pin: int) -> float:
        """How long a pin takes to charge: the sense of touch, and of light on V2."""


@dataclass(frozen=True)
class Packet:
    """What one radio sends: LENGTH and payload, how, and from when to when (ticks)."""

    data: bytes
    channel: int  # 2400 MHz and so many MHz more
    mode: int  # the data rate, as in MODE
    address: tuple[int, int]  # BASE0, PREFIX0: the base address and the group
    began: int
    ended: int

    def shifted(self, ticks: int) -> Packet:
        """The same packet on a clock that is so many ticks ahead."""
        return replace(self, began=self.began + ticks, ended=self.ended + ticks)


@dataclass(frozen=True)
class Connections:
    """All that is connected to one chip.

    ``send_packet`` gets each packet when its radio begins to send it; ``i2c_buses`` has the
    devices by address, for each pair of pins (SCL, SDA).
    """

    serial_line: SerialLine
    senses: Senses
    speaker: Speaker
    speaker_pin: int | None  # None: the chip's PWM drives no speaker
    send_packet: Callable[[Packet], None]
    i2c_buses: dict[tuple[int, int], Mapping[int, I2cDevice]] = field(default_factory=dict)

    def i2c_devices(self, scl: int, sda: int) -> Mapping[int, I2cDevice]:
        """The devices on the I2C bus of two pins, by address."""
        return self.i2c_buses.get((scl, sda), {})
