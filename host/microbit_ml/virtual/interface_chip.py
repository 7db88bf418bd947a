"""The USB interface chip of V2, as the program sees it: on the I2C bus of the sensors.

It has an address for settings and power (0x70) and one for its flash (0x72, in
:mod:`microbit_ml.virtual.interface_storage`). Each command is one write. When the answer is ready
the chip pulls the line that it shares with the sensors, until it is read; read too early, it says
0x20 0x39: busy. Commands at 0x70, where numbers have the lowest byte first:

| command | content | answer |
|---|---|---|
| 0x00 wake up | | none |
| 0x10 read | property | 0x11, property, size, value |
| 0x12 write | property, size, value | 0x13, property |

Errors are 0x20 and a reason. The model is a V2.00 (its chip is a KL27) with DAPLink 0257, on USB
and without a battery; switching its power down is acknowledged and changes nothing.

Source: microbit-foundation/spec-i2c-protocol, version 2.03; DAPLink, i2c_commands.c and i2c.c of
its board microbitv2. How long the chip thinks about a command is an estimate.
"""

from __future__ import annotations

from collections.abc import Callable

from microbit_ml.virtual.clock import TICKS_PER_US, ScheduledEvent, VirtualClock
from microbit_ml.virtual.interface_storage import (
    HEADER_BYTES,
    LONGEST_DATA,
    Answer,
    InterfaceStorage,
)

SETTINGS_ADDRESS, STORAGE_ADDRESS = 0x70, 0x72

WAKE_UP, READ, READ_ANSWER, WRITE, WRITE_ANSWER, ERROR = 0x00, 0x10, 0x11, 0x12, 0x13, 0x20
INCOMPLETE, UNKNOWN_COMMAND, DISALLOWED, UNKNOWN_PROPERTY, WRONG_SIZE, UNREADABLE, UNWRITABLE = (
    0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37,
)  # fmt: skip
WRITE_FAILED, BUSY = 0x38, 0x39

BOARD_VERSION, PROTOCOL_VERSION, FIRMWARE_VERSION, POWER_SOURCE, VOLTAGES, USB_STATE = range(1, 7)
POWER_MODE, POWER_LED_ASLEEP, USER_EVENT, AUTOMATIC_SLEEP = range(7, 11)
_ON_USB, _CONNECTED, _POWER_DOWN = 0x01, 0x02, 0x08
_SUPPLY_UV = 3_300_000

# What can be read, by property.
_VALUES = {
    BOARD_VERSION: (0x9904).to_bytes(2, "little"),
    PROTOCOL_VERSION: (2).to_bytes(2, "little"),
    FIRMWARE_VERSION: (257).to_bytes(2, "little"),
    POWER_SOURCE: bytes([_ON_USB]),
    VOLTAGES: bytes(4) + _SUPPLY_UV.to_bytes(4, "little"),  # of the battery, of the supply
    USB_STATE: bytes([_CONNECTED]),
}
_WRITABLE = (POWER_MODE, POWER_LED_ASLEEP, AUTOMATIC_SLEEP)

_BUFFER_BYTES = HEADER_BYTES + LONGEST_DATA
_NO_ANSWER = bytes([ERROR, BUSY]).ljust(_BUFFER_BYTES, b"\0")
_THINKING_US = 100


class InterfaceChip:
    """The interface chip: :attr:`devices` are what it is on the I2C bus, by address.

    ``ask(whether)`` pulls the line to the program's chip, or lets it go.
    """

    def __init__(self, clock: VirtualClock, ask: Callable[[bool], None]) -> None:
        self.storage = InterfaceStorage()
        self._clock = clock
        self._ask = ask
        self._buffer = bytearray(_NO_ANSWER)
        self._thinking: ScheduledEvent | None = None
        self.devices = {
            SETTINGS_ADDRESS: _Port(self, obey_setting),
            STORAGE_ADDRESS: _Port(self, self.storage.obey),
        }

    def carry_out(self, obey: Callable[[bytes], Answer], command: bytes) -> None:
        """A command has come: answer it after a while, and no earlier one any more."""
        if not command or command[0] == WAKE_UP:
            return
        if self._thinking is not None:
            self._thinking.cancel()
        answer = obey(command)
        ticks = round((_THINKING_US + answer.busy_us) * TICKS_PER_US)
        self._thinking = self._clock.after(
            ticks, lambda: self._be_ready(answer.content), of_chip=False
        )

    def _be_ready(self, content: bytes) -> None:
        self._buffer[: len(content)] = content
        self._ask(True)

    def byte_of_answer(self, number: int) -> int:
        """A byte of the answer that is ready, or of the one that says busy."""
        return self._buffer[number] if number < _BUFFER_BYTES else 0

    def was_read(self) -> None:
        """An answer has been read: there is no other one."""
        self._buffer[:] = _NO_ANSWER
        self._ask(False)


class _Port:
    """One address of the chip on the I2C bus."""

    def __init__(self, chip: InterfaceChip, obey: Callable[[bytes], Answer]) -> None:
        self._chip = chip
        self._obey = obey
        self._received = bytearray()
        self._given = 0
        self._is_reading = False

    def start(self, reading: bool) -> None:
        self._is_reading = reading
        self._received.clear()
        self._given = 0

    def write(self, byte: int) -> None:
        if len(self._received) < _BUFFER_BYTES:
            self._received.append(byte)

    def read(self) -> int:
        self._given += 1
        return self._chip.byte_of_answer(self._given - 1)

    def end(self) -> None:
        if self._is_reading:
            self._chip.was_read()
        else:
            self._chip.carry_out(self._obey, bytes(self._received))


def obey_setting(command: bytes) -> Answer:
    """The answer to a command for the settings (of at least one byte)."""
    number, content = command[0], command[1:]
    if number in (READ_ANSWER, WRITE_ANSWER, ERROR):
        return _error(DISALLOWED)
    if number not in (READ, WRITE):
        return _error(UNKNOWN_COMMAND)
    if not content:
        return _error(INCOMPLETE)
    return _read(content[0]) if number == READ else _write(content[0], content[1:])


def _read(number: int) -> Answer:
    if number in _VALUES:
        value = _VALUES[number]
        return Answer(bytes([READ_ANSWER, number, len(value)]) + value)
    return _error(UNREADABLE if number == POWER_MODE else UNKNOWN_PROPERTY)


def _write(number: int, sized: bytes) -> Answer:
    if number in _VALUES:
        return _error(UNWRITABLE)
    if number not in _WRITABLE:
        return _error(UNKNOWN_PROPERTY)
    if len(sized) != 2 or sized[0] != 1:
        return _error(WRONG_SIZE)
    if number == POWER_MODE and sized[1] != _POWER_DOWN:
        return _error(WRITE_FAILED)
    return Answer(bytes([WRITE_ANSWER, number]))


def _error(reason: int) -> Answer:
    return Answer(bytes([ERROR, reason]))
