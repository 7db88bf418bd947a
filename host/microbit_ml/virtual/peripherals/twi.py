"""I2C ("TWI"), byte by byte (nRF51) and by DMA (nRF52), with the devices of the board behind it.

The selected pins determine the bus: the chip's connections hold its devices by address. An address
without a device is a NACK: ERROR, bit 1 of ERRORSRC.
Source: nRF51 Reference Manual, "TWI"; nRF52833 Product Specification, "TWIM".
"""

from __future__ import annotations

from microbit_ml.virtual.connections import I2cDevice
from microbit_ml.virtual.peripherals.base import Peripheral

STARTRX, STARTTX, STOP, SUSPEND, RESUME = 0x000, 0x008, 0x014, 0x01C, 0x020
STOPPED, RXDREADY, TXDSENT, ERROR, BB, SUSPENDED = 0x104, 0x108, 0x11C, 0x124, 0x138, 0x148
RXSTARTED, TXSTARTED, LASTRX, LASTTX = 0x14C, 0x150, 0x15C, 0x160
ERRORSRC, PSELSCL, PSELSDA, RXD, TXD, FREQUENCY, ADDRESS = (
    0x4C4, 0x508, 0x50C, 0x518, 0x51C, 0x524, 0x588,
)  # fmt: skip
RXD_PTR, RXD_MAXCNT, RXD_AMOUNT = 0x534, 0x538, 0x53C
TXD_PTR, TXD_MAXCNT, TXD_AMOUNT = 0x544, 0x548, 0x54C

_FREQUENCIES_HZ = {0x0198_0000: 100_000, 0x0400_0000: 250_000}
_FASTEST_HZ = 400_000
_BITS_PER_BYTE = 9  # eight bits and an acknowledgement
_ERROR_ADDRESS_NACK = 1 << 1
# SHORTS of the byte-wise TWI
_SHORT_BB_SUSPEND, _SHORT_BB_STOP = 1 << 0, 1 << 1
# SHORTS of the DMA TWIM
_SHORT_LASTTX_STARTRX, _SHORT_LASTTX_SUSPEND, _SHORT_LASTTX_STOP = 1 << 7, 1 << 8, 1 << 9
_SHORT_LASTRX_STARTTX, _SHORT_LASTRX_STOP = 1 << 10, 1 << 12


class _Master:
    """The base of both kinds of master."""

    def __init__(self, block: Peripheral) -> None:
        self._block = block
        self._device: I2cDevice | None = None

    def _address_device(self, reading: bool) -> I2cDevice | None:
        """Send a start condition and the address; None when no device acknowledges."""
        self._end_transfer()
        registers = self._block.registers
        devices = self._block.chip.connections.i2c_devices(registers[PSELSCL], registers[PSELSDA])
        self._device = devices.get(registers.get(ADDRESS, 0) & 0x7F)
        if self._device is not None:
            self._device.start(reading)
        else:
            registers[ERRORSRC] = registers.get(ERRORSRC, 0) | _ERROR_ADDRESS_NACK
            self._block.raise_after_us(self._byte_us(), ERROR)
        return self._device

    def _byte_us(self) -> float:
        """The duration of one byte."""
        frequency = self._block.registers.get(FREQUENCY, 0)
        return _BITS_PER_BYTE * 1e6 / _FREQUENCIES_HZ.get(frequency, _FASTEST_HZ)

    def _end_transfer(self) -> None:
        if self._device is not None:
            self._device.end()
            self._device = None

    def _stopped(self) -> None:
        self._end_transfer()
        self._block.raise_event(STOPPED)

    def read_register(self, offset: int) -> int:
        return self._block.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        registers = self._block.registers
        if offset == ERRORSRC:
            registers[ERRORSRC] = registers.get(ERRORSRC, 0) & ~value
        else:
            registers[offset] = value


class Twim(_Master):
    """The DMA master: a task moves a whole block between memory and the device."""

    def run_task(self, task: int) -> None:
        if task == STARTRX:
            self._receive()
        elif task == STARTTX:
            self._transmit()
        elif task == STOP:
            self._block.after_us(1, self._stopped)
        elif task == SUSPEND:
            self._block.raise_after_us(1, SUSPENDED)

    def _receive(self) -> None:
        block, registers = self._block, self._block.registers
        device = self._address_device(reading=True)
        block.raise_event(RXSTARTED)
        if device is None:
            return
        size = registers.get(RXD_MAXCNT, 0)
        block.chip.memory.write(
            registers.get(RXD_PTR, 0), bytes(device.read() for _ in range(size))
        )
        registers[RXD_AMOUNT] = size
        if size:  # an empty transfer never completes, on the chip as here
            block.after_us(self._byte_us() * (size + 1), self._received)

    def _received(self) -> None:
        self._block.raise_event(LASTRX)
        if self._block.shorts & _SHORT_LASTRX_STOP:
            self._stopped()
        elif self._block.shorts & _SHORT_LASTRX_STARTTX:
            self._transmit()

    def _transmit(self) -> None:
        block, registers = self._block, self._block.registers
        device = self._address_device(reading=False)
        block.raise_event(TXSTARTED)
        if device is None:
            return
        size = registers.get(TXD_MAXCNT, 0)
        for byte in block.chip.memory.read(registers.get(TXD_PTR, 0), size):
            device.write(byte)
        registers[TXD_AMOUNT] = size
        if size:
            block.after_us(self._byte_us() * (size + 1), self._transmitted)

    def _transmitted(self) -> None:
        block = self._block
        block.raise_event(LASTTX)
        if block.shorts & _SHORT_LASTTX_STOP:
            self._stopped()
        elif block.shorts & _SHORT_LASTTX_SUSPEND:
            block.raise_event(SUSPENDED)
        elif block.shorts & _SHORT_LASTTX_STARTRX:
            self._receive()


class Twi(_Master):
    """The byte-wise master: each byte goes through RXD or TXD and is reported by an event."""

    def __init__(self, block: Peripheral) -> None:
        super().__init__(block)
        self._reading = False
        self._suspended = False
        self._waiting_byte: int | None = None  # written to TXD before the transfer was started

    def run_task(self, task: int) -> None:
        if task == STARTRX:
            self._begin(reading=True)
        elif task == STARTTX:
            self._begin(reading=False)
        elif task == STOP:
            self._waiting_byte = None
            self._suspended = False
            self._block.after_us(1, self._stopped)
        elif task == SUSPEND:
            self._suspended = True
            self._block.raise_event(SUSPENDED)
        elif task == RESUME and self._suspended:
            self._suspended = False
            if self._reading and self._device is not None:
                self._receive_byte()

    def _begin(self, reading: bool) -> None:
        self._reading = reading
        self._suspended = False
        if self._address_device(reading) is None:
            return
        if reading:
            self._receive_byte()
        elif self._waiting_byte is not None:
            self._transmit_byte(self._waiting_byte)

    def read_register(self, offset: int) -> int:
        value = self._block.registers.get(offset, 0)
        if offset == RXD and self._reading:
            held = self._suspended or self._device is None
            if not held and not self._block.shorts & (_SHORT_BB_SUSPEND | _SHORT_BB_STOP):
                self._receive_byte()
        return value

    def write_register(self, offset: int, value: int) -> None:
        super().write_register(offset, value)
        if offset == TXD:
            if self._device is not None and not self._reading:
                self._transmit_byte(value & 0xFF)
            else:
                self._waiting_byte = value & 0xFF

    def _receive_byte(self) -> None:
        self._block.after_us(self._byte_us(), self._byte_received)

    def _byte_received(self) -> None:
        block = self._block
        if self._device is None:
            return
        block.registers[RXD] = self._device.read()
        block.raise_event(RXDREADY)
        block.raise_event(BB)
        if block.shorts & _SHORT_BB_STOP:
            self._stopped()
        elif block.shorts & _SHORT_BB_SUSPEND:
            self._suspended = True
            block.raise_event(SUSPENDED)

    def _transmit_byte(self, byte: int) -> None:
        self._waiting_byte = None

        def done() -> None:
            if self._device is not None:
                self._device.write(byte)
            self._block.raise_event(TXDSENT)
            self._block.raise_event(BB)

        self._block.after_us(self._byte_us(), done)
