"""The flash of the USB interface chip that the program may use: the data log lies in it.

On V2 the interface chip keeps 127 KiB for the program, erased (0xFF) at first, and shows their
beginning as a file on the MICROBIT drive when the program asks for that. Commands arrive on the
I2C bus; each starts with a number, and numbers of several bytes have the highest byte first:

| command | content | answer: the number and |
|---|---|---|
| 0x01 name, 0x02 size, 0x03 visible, 0x09 window | none, or 11, 4, 1, 8 bytes | the setting |
| 0x04 keep the settings, 0x05 forget them | | nothing |
| 0x06 sectors, 0x07 bytes of a sector | | 1 byte, 2 bytes |
| 0x08 show the drive anew | | nothing |
| 0x0A read | address (3), length (4) | address, length, data |
| 0x0B write | address (3), length (4), data | the command's content |
| 0x0C erase sectors | first (3), unused, last (3) | nothing |

A command that cannot be carried out is answered with 0x20. Writing can only clear bits, and a write
that would have to set one fails, as the chip's own check finds out.

Source: microbit-foundation/spec-i2c-protocol, version 2.03, "I2C Flash Storage Interface"; DAPLink,
i2c_commands.c and storage_common.c of its board microbitv2. Times are typical ones of the KL27.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

NAME, SIZE, VISIBLE, KEEP, FORGET, SECTORS, SECTOR_SIZE, REMOUNT, WINDOW = range(1, 10)
READ, WRITE, ERASE = 0x0A, 0x0B, 0x0C
FAILED = bytes([0x20])

SECTOR_BYTES = 1024
SECTOR_COUNT = 127
CAPACITY = SECTOR_BYTES * SECTOR_COUNT
HEADER_BYTES = 8  # number, address and length of a transfer
LONGEST_DATA = 1024  # of one transfer
_WORD = 4
_WRITE_US, _ERASE_US = 65.0, 14_000.0  # a word, a sector
_ERASED = 0xFF
_NAME_BYTES, _STEM_BYTES = 11, 8
_EXTENSIONS = (b"BIN", b"TXT", b"CSV", b"HTM", b"WAV")
_NOT_IN_NAMES = frozenset(b'"*+,./:;<=>?[\\]|')


class Answer(NamedTuple):
    """What the chip answers to a command, and how long its flash was busy."""

    content: bytes
    busy_us: float = 0.0


@dataclass(frozen=True)
class FileSettings:
    """The file that the drive shows: its name in 8.3 form, without the dot, its size in bytes."""

    name: bytes = b"DATA    BIN"
    size: int = CAPACITY - SECTOR_BYTES
    visible: bool = False
    window: bytes = bytes(8)  # the part that would be encoded; the runtimes do not use it


class InterfaceStorage:
    """The program's flash in the interface chip, and the file that its drive shows.

    ``shown`` counts how often the drive has come anew.
    """

    def __init__(self) -> None:
        self._data = bytearray([_ERASED]) * CAPACITY
        self._settings = self._on_drive = FileSettings()
        self.shown = 0

    @property
    def files(self) -> dict[str, bytes]:
        """The file on the drive and its content now, by name; {} while it is hidden.

        A change of name, size or visibility counts when the drive comes anew.
        """
        settings = self._on_drive
        if not settings.visible:
            return {}
        stem, extension = settings.name[:_STEM_BYTES], settings.name[_STEM_BYTES:]
        name = f"{stem.decode('latin-1').rstrip()}.{extension.decode('latin-1').rstrip()}"
        return {name: bytes(self._data[: settings.size])}

    def obey(self, command: bytes) -> Answer:
        """Carry out a command of at least one byte."""
        number, content = command[0], command[1:]
        if number in (NAME, SIZE, VISIBLE, WINDOW):
            return self._ask_or_set(number, content)
        if number in (READ, WRITE, ERASE):
            transfer = {READ: self._read, WRITE: self._write, ERASE: self._erase}[number]
            return transfer(command) if len(command) >= HEADER_BYTES else Answer(FAILED)
        if number == KEEP:
            return Answer(command[:1])
        if number == FORGET:
            self._settings = FileSettings()
            return Answer(command[:1], _ERASE_US)
        if number == SECTORS:
            return Answer(bytes([number, SECTOR_COUNT]))
        if number == SECTOR_SIZE:
            return Answer(bytes([number]) + SECTOR_BYTES.to_bytes(2, "big"))
        if number == REMOUNT:
            self._on_drive = self._settings
            self.shown += 1
            return Answer(command[:1])
        return Answer(FAILED)

    def _ask_or_set(self, number: int, content: bytes) -> Answer:
        """A command that asks for a setting, or changes it when it brings a value along."""
        if content:
            changed = _changed(self._settings, number, content)
            if changed is None:
                return Answer(FAILED)
            self._settings = changed
            return Answer(bytes([number]) + content)
        settings = self._settings
        value = {
            NAME: settings.name,
            SIZE: settings.size.to_bytes(4, "big"),
            VISIBLE: bytes([settings.visible]),
            WINDOW: settings.window,
        }[number]
        return Answer(bytes([number]) + value)

    def _read(self, command: bytes) -> Answer:
        address, length = _place(command)
        if address >= CAPACITY:
            return Answer(FAILED)
        data = self._data[address : address + length] if length <= LONGEST_DATA else b""
        return Answer(command[:HEADER_BYTES] + data)

    def _write(self, command: bytes) -> Answer:
        address, length = _place(command)
        data = command[HEADER_BYTES:]
        if len(data) != length or address % _WORD or length % _WORD or address + length > CAPACITY:
            return Answer(FAILED)
        place = slice(address, address + length)
        self._data[place] = bytes(
            old & new for old, new in zip(self._data[place], data, strict=True)
        )
        busy_us = length / _WORD * _WRITE_US
        return Answer(command if self._data[place] == data else FAILED, busy_us)

    def _erase(self, command: bytes) -> Answer:
        first = int.from_bytes(command[1:4], "big")
        last = int.from_bytes(command[5:8], "big")
        if first % SECTOR_BYTES or last % SECTOR_BYTES or not first <= last < CAPACITY:
            return Answer(FAILED)
        size = last - first + SECTOR_BYTES
        self._data[first : first + size] = bytes([_ERASED]) * size
        return Answer(command[:1], size / SECTOR_BYTES * _ERASE_US)


def _place(command: bytes) -> tuple[int, int]:
    """The address and the length that a transfer names."""
    return int.from_bytes(command[1:4], "big"), int.from_bytes(command[4:HEADER_BYTES], "big")


def _changed(settings: FileSettings, number: int, value: bytes) -> FileSettings | None:
    """The settings with a new value, None when the chip refuses it."""
    if number == NAME and len(value) == _NAME_BYTES and _is_name(value):
        known = value[_STEM_BYTES:] in _EXTENSIONS
        return replace(settings, name=value if known else value[:_STEM_BYTES] + _EXTENSIONS[0])
    if number == SIZE and len(value) == 4 and int.from_bytes(value, "big") <= CAPACITY:
        return replace(settings, size=int.from_bytes(value, "big"))
    if number == VISIBLE and len(value) == 1:
        return replace(settings, visible=value != b"\0")
    if number == WINDOW and len(value) == 8 and value[:4] <= value[4:]:
        return replace(settings, window=value)
    return None


def _is_name(name: bytes) -> bool:
    """Whether a FAT drive may show a file of that name."""
    allowed = all(
        byte >= 0x20 and byte not in _NOT_IN_NAMES and not ord("a") <= byte <= ord("z")
        for byte in name
    )
    return allowed and name[0] not in (0x20, 0xE5)
