"""UART and UARTE: the serial line to the computer.

The nRF51's UART (ENABLE = 4) moves single bytes through TXD and RXD; the nRF52's UARTE
(ENABLE = 8) moves blocks by DMA. Bytes travel at the speed set in BAUDRATE, in both directions.
Source: nRF51 Reference Manual, "UART"; nRF52833 Product Specification, "UARTE".
"""

from __future__ import annotations

from typing import ClassVar

from microbit_ml.virtual.peripherals.base import ChipInterface, Peripheral

STARTRX, STOPRX, STARTTX, FLUSHRX = 0x000, 0x004, 0x008, 0x02C
RXDRDY, ENDRX, TXDRDY, ENDTX, ERROR, RXTO, RXSTARTED, TXSTARTED, TXSTOPPED = (
    0x108, 0x110, 0x11C, 0x120, 0x124, 0x144, 0x14C, 0x150, 0x158,
)  # fmt: skip
STOPTX = 0x00C
ERRORSRC, ENABLE, PSELTXD, PSELRXD, RXD, TXD, BAUDRATE = (
    0x480, 0x500, 0x50C, 0x514, 0x518, 0x51C, 0x524,
)  # fmt: skip
RXD_PTR, RXD_MAXCNT, RXD_AMOUNT = 0x534, 0x538, 0x53C
TXD_PTR, TXD_MAXCNT, TXD_AMOUNT = 0x544, 0x548, 0x54C

_ENABLE_DMA = 8
_SHORT_ENDRX_STARTRX = 1 << 5
_ERROR_OVERRUN = 1
_FIFO_BYTES = 6
_BITS_PER_BYTE = 10  # a start bit, eight bits, a stop bit
_BAUD_REGISTER_PER_HZ = (1 << 32) / 16_000_000


class Uart(Peripheral):
    """A UART (nRF51) or UARTE (nRF52), connected to the computer while its pins are the line's."""

    initial: ClassVar[dict[int, int]] = {
        BAUDRATE: 0x0400_0000,
        PSELTXD: 0xFFFF_FFFF,
        PSELRXD: 0xFFFF_FFFF,
    }

    def __init__(self, chip: ChipInterface, number: int) -> None:
        super().__init__(chip, number)
        self._line = chip.connections.serial_line
        self._receiving = False
        self._byte_is_due = False
        self._fifo = bytearray()
        self._block_at = self._block_size = self._block_filled = 0

    def run_task(self, task: int) -> None:
        dma = self._dma()
        if task == STARTRX:
            self._receiving = True
            if dma:
                self._start_block()
            self.expect_bytes()
        elif task == STOPRX:
            self._receiving = False
            if dma:
                self._end_block()
            self.raise_event(RXTO)
        elif task == STARTTX and dma:
            self._send_block()
        elif task == STOPTX and dma:
            self.raise_after_us(1, TXSTOPPED)
        elif task == FLUSHRX and dma:
            self._move_fifo()

    def read_register(self, offset: int) -> int:
        if offset == RXD and not self._dma():
            byte = self._fifo.pop(0) if self._fifo else 0
            if self._fifo:
                self.raise_event(RXDRDY)
            return byte
        return self.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        if offset == ERRORSRC:
            self.registers[ERRORSRC] = self.registers.get(ERRORSRC, 0) & ~value
            return
        self.registers[offset] = value
        if offset == TXD:
            self._send(bytes([value & 0xFF]))
            self.raise_after_us(self._byte_us(), TXDRDY)

    def _dma(self) -> bool:
        return self.registers.get(ENABLE) == _ENABLE_DMA

    def _byte_us(self) -> float:
        """The duration of one byte on the line."""
        baud = max(1200.0, self.registers[BAUDRATE] / _BAUD_REGISTER_PER_HZ)
        return _BITS_PER_BYTE * 1e6 / baud

    # To the computer

    def _send(self, data: bytes) -> None:
        if self.registers[PSELTXD] == self._line.tx_pin:
            self._line.sent += data
            self.chip.end_slice()  # so that a caller waiting for the output sees it at once

    def _send_block(self) -> None:
        """Take the bytes now: the runtime reuses its buffer before they have been sent."""
        size = self.registers.get(TXD_MAXCNT, 0)
        self._send(self.chip.memory.read(self.registers.get(TXD_PTR, 0), size))
        self.registers[TXD_AMOUNT] = size
        self.raise_event(TXSTARTED)

        def done() -> None:
            self.raise_event(TXDRDY)
            self.raise_event(ENDTX)

        self.after_us(self._byte_us() * size, done)

    # From the computer

    def expect_bytes(self) -> None:
        """Let the next byte on the line arrive after the duration of one byte."""
        connected = self._receiving and self.registers[PSELRXD] == self._line.rx_pin
        if connected and self._line.to_board and not self._byte_is_due:
            self._byte_is_due = True
            self.after_us(self._byte_us(), self._byte_arrives)

    def _byte_arrives(self) -> None:
        self._byte_is_due = False
        if not self._receiving:
            return
        byte = self._line.to_board.pop(0)
        if len(self._fifo) == _FIFO_BYTES:
            self.registers[ERRORSRC] = self.registers.get(ERRORSRC, 0) | _ERROR_OVERRUN
            self.raise_event(ERROR)
        else:
            self._fifo.append(byte)
            if self._dma():
                self._move_fifo()
            elif len(self._fifo) == 1:
                self.raise_event(RXDRDY)
        self.expect_bytes()

    def _start_block(self) -> None:
        """DMA: buffer and length are latched when reception starts, so the program may already
        write those of the next block."""
        self._block_at = self.registers.get(RXD_PTR, 0)
        self._block_size = self.registers.get(RXD_MAXCNT, 0)
        self._block_filled = 0
        self.raise_event(RXSTARTED)
        self._move_fifo()

    def _move_fifo(self) -> None:
        """DMA: bytes go from the FIFO to memory while there is room."""
        while self._receiving and self._fifo and self._block_filled < self._block_size:
            self.chip.memory.write(self._block_at + self._block_filled, bytes(self._fifo[:1]))
            del self._fifo[0]
            self._block_filled += 1
            self.raise_event(RXDRDY)
            if self._block_filled == self._block_size:
                self._end_block()

    def _end_block(self) -> None:
        self.registers[RXD_AMOUNT] = self._block_filled
        self.raise_event(ENDRX)
        if self._receiving and self.shorts & _SHORT_ENDRX_STARTRX:
            self._start_block()
