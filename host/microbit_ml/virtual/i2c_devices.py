"""Devices on I2C buses: a register file behind an address."""

from __future__ import annotations

from collections.abc import Callable


class RegisterDevice:
    """A device with registers of one byte: the first byte written selects one, the rest are
    written to it and the following ones; reading starts at the selected one.

    Subclasses override :meth:`read_register` and :meth:`write_register`.
    """

    # The bit of the selected register's number that asks for the following ones; 0: always so.
    IN_TURN_BIT = 0

    def __init__(self, registers: dict[int, int]) -> None:
        self.registers = registers
        self._pointer = 0
        self._step = 1
        self._pointer_follows = False

    def start(self, reading: bool) -> None:
        """The chip has addressed the device."""
        self._pointer_follows = not reading

    def write(self, byte: int) -> None:
        """A byte from the chip."""
        if self._pointer_follows:
            self._pointer_follows = False
            self._pointer = byte & ~self.IN_TURN_BIT
            self._step = int(byte & self.IN_TURN_BIT == self.IN_TURN_BIT)
        else:
            self.write_register(self._pointer, byte)
            self._go_on()

    def read(self) -> int:
        """A byte to the chip."""
        byte = self.read_register(self._pointer)
        self._go_on()
        return byte

    def end(self) -> None:
        """The transfer is over."""

    def _go_on(self) -> None:
        self._pointer = (self._pointer + self._step) & 0xFF

    def read_register(self, register: int) -> int:
        return self.registers.get(register, 0)

    def write_register(self, register: int, value: int) -> None:
        self.registers[register] = value


class InterruptLine:
    """An interrupt line to the chip, at its ``active`` level while any device asks."""

    def __init__(self, hold: Callable[[int], None], active: int) -> None:
        self._hold = hold
        self._active = active
        self._asking: set[str] = set()
        hold(1 - active)

    def ask(self, device: str, asks: bool) -> None:
        """A device starts or stops asking for the chip's attention."""
        if asks:
            self._asking.add(device)
        else:
            self._asking.discard(device)
        self._hold(self._active if self._asking else 1 - self._active)
