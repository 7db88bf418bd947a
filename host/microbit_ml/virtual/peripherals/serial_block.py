"""The serial blocks: one peripheral that is SPI or I2C, depending on ENABLE.

On both chips TWI and SPI share address, interrupt and registers; only one of them is on at a
time.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from microbit_ml.virtual.peripherals.base import ChipInterface, Peripheral
from microbit_ml.virtual.peripherals.spi import Spi, Spim
from microbit_ml.virtual.peripherals.twi import Twi, Twim

ENABLE, POWER = 0x500, 0xFFC
PSEL = (0x508, 0x50C, 0x510, 0x514)
_UNCONNECTED = 0xFFFF_FFFF


class _BusProtocol(Protocol):
    def run_task(self, task: int) -> None: ...
    def read_register(self, offset: int) -> int: ...
    def write_register(self, offset: int, value: int) -> None: ...


class SerialBlock(Peripheral):
    """SPI (ENABLE = 1), TWI (5), TWIM (6) or SPIM (7)."""

    initial: ClassVar[dict[int, int]] = dict.fromkeys(PSEL, _UNCONNECTED)

    def __init__(self, chip: ChipInterface, number: int) -> None:
        super().__init__(chip, number)
        self._power_up()

    def _power_up(self) -> None:
        self.registers = dict(self.initial)
        self._protocols: dict[int, _BusProtocol] = {
            1: Spi(self),
            5: Twi(self),
            6: Twim(self),
            7: Spim(self),
        }

    def _protocol(self) -> _BusProtocol | None:
        return self._protocols.get(self.registers.get(ENABLE, 0))

    def run_task(self, task: int) -> None:
        protocol = self._protocol()
        if protocol is not None:
            protocol.run_task(task)

    def read_register(self, offset: int) -> int:
        protocol = self._protocol()
        if protocol is None:
            return self.registers.get(offset, 0)
        return protocol.read_register(offset)

    def write_register(self, offset: int, value: int) -> None:
        if offset == POWER and not value & 1:  # V1 does this after each NACK
            self._power_up()
            return
        protocol = self._protocol()
        if protocol is None or offset == ENABLE:
            self.registers[offset] = value
        else:
            protocol.write_register(offset, value)
