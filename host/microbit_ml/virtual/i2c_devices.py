"""Devices on I2C buses: a register file behind an address."""

from __future__ import annotations


class RegisterDevice:
    """A device with registers of one byte: the first byte written chooses one, the rest fill it
    and the following ones; reading starts at the chosen one.

    Subclasses override :meth:`read_register` and :meth:`write_register`.
    """

    def __init__(self, registers: dict[int, int]) -> None:
        self.registers = registers
        self._pointer = 0
        self._pointer_follows = False

    def start(self, reading: bool) -> None:
        """The chip has addressed the device."""
        self._pointer_follows = not reading

    def write(self, byte: int) -> None:
        """A byte from the chip."""
        if self._pointer_follows:
            self._pointer_follows = False
            self._pointer = byte
        else:
            self.write_register(self._pointer, byte)
            self._pointer = self.next_pointer(self._pointer)

    def read(self) -> int:
        """A byte to the chip."""
        byte = self.read_register(self._pointer)
        self._pointer = self.next_pointer(self._pointer)
        return byte

    def next_pointer(self, pointer: int) -> int:
        """The register after this one."""
        return (pointer + 1) & 0xFF

    def read_register(self, register: int) -> int:
        return self.registers.get(register, 0)

    def write_register(self, register: int, value: int) -> None:
        self.registers[register] = value


def lsm303agr_magnetometer() -> RegisterDevice:
    """The magnetometer half of V2's sensor, as far as its identity (WHO_AM_I_M, 0x4F)."""
    return RegisterDevice({0x4F: 0x40, 0x67: 0x0F})


def mag3110() -> RegisterDevice:
    """V1.3's magnetometer, as far as its identity (WHO_AM_I, 0x07); data is always ready."""
    return RegisterDevice({0x00: 0xFF, 0x07: 0xC4})
