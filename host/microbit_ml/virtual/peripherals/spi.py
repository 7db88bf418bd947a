"""SPI, byte by byte (nRF51) and by DMA (nRF52). Nothing is attached: all bytes read 0xFF."""

from __future__ import annotations

from microbit_ml.virtual.peripherals.base import Peripheral

START, STOP = 0x010, 0x014
READY = 0x108
STOPPED, ENDRX, END, ENDTX, STARTED = 0x104, 0x110, 0x118, 0x120, 0x14C
RXD, TXD = 0x518, 0x51C
RXD_PTR, RXD_MAXCNT, RXD_AMOUNT = 0x534, 0x538, 0x53C
TXD_MAXCNT, TXD_AMOUNT = 0x548, 0x54C

_BYTE_US = 8  # 1 MHz
_NOTHING_ATTACHED = 0xFF


class Spi:
    """The byte-wise SPI master: a write to TXD is answered by READY and a byte in RXD."""

    def __init__(self, block: Peripheral) -> None:
        self._block = block

    def run_task(self, task: int) -> None:
        """There are no tasks."""

    def read_register(self, offset: int) -> int:
        return _NOTHING_ATTACHED if offset == RXD else self._block.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        self._block.registers[offset] = value
        if offset == TXD:
            self._block.raise_after_us(_BYTE_US, READY)


class Spim:
    """The DMA SPI master: START moves two blocks at once."""

    def __init__(self, block: Peripheral) -> None:
        self._block = block

    def run_task(self, task: int) -> None:
        if task == START:
            self._transfer()
        elif task == STOP:
            self._block.raise_after_us(1, STOPPED)

    def _transfer(self) -> None:
        block, registers = self._block, self._block.registers
        to_send, to_receive = registers.get(TXD_MAXCNT, 0), registers.get(RXD_MAXCNT, 0)
        if to_receive:
            block.chip.memory.write(registers[RXD_PTR], bytes([_NOTHING_ATTACHED]) * to_receive)
        registers[TXD_AMOUNT], registers[RXD_AMOUNT] = to_send, to_receive
        block.raise_event(STARTED)

        def done() -> None:
            for event in (ENDRX, ENDTX, END):
                block.raise_event(event)

        block.after_us(_BYTE_US * max(to_send, to_receive, 1), done)

    def read_register(self, offset: int) -> int:
        return self._block.registers.get(offset, 0)

    def write_register(self, offset: int, value: int) -> None:
        self._block.registers[offset] = value
