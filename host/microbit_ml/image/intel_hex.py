"""Intel Hex and Universal Hex text <-> the bytes of a chip's memory.

A hex file is text. Each line is one record, two hexadecimal digits a byte::

    :LLAAAATTDD...DDCC
     |  |   |  |    +-- checksum: all bytes of the line, this one included, add up to 0 mod 256
     |  |   |  +------- LL bytes of data
     |  |   +---------- type of record
     |  +-------------- the low 16 bits of the address, big-endian
     +----------------- number of data bytes

Types of Intel Hex: 00 data, 01 end of file, 02 extended segment address (data x 16 is added to
the addresses that follow), 03 start segment address, 04 extended linear address (data x 65536 is
added), 05 start linear address. 03 and 05 give a debugger the start address; a micro:bit reads its
own reset vector, so they are checked and left out of the image.

A Universal Hex holds one section for each kind of micro:bit. Its further types: 0A block start
(data: board id, C0DE), 0B block end, 0C padding, 0D data that a V1 must skip, 0E other data (for
editors, not for the chip). Source: the Universal Hex specification of the Micro:bit
Educational Foundation, version 0.4.0, "512 byte aligned sections".

MakeCode puts a project's source behind the end-of-file record: as type 0E, or as data for an
address in RAM, 0x20000000. That is for editors; a micro:bit's interface stops at the end of file.

Two libraries do the writing: ``intelhex`` the records, ``universal_hex`` the sections. Reading is
the kit's own, because both accept damaged files: ``separate_uhex`` gives a damaged record of V2 a
new checksum and joins a block without a base address to the block before it; ``IntelHex`` takes a
file that was cut off for a whole one, and reads nothing but the first of two files in one. The
image of memory is the kit's own too: ``IntelHex`` keeps a dictionary entry a byte, which takes
53 MB for a pair of runtimes (0.8 MB here) and 700 MB for a hostile file of 16 MB (30 MB here).
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from intelhex import IntelHex
from universal_hex import IndividualHex, create_uhex

from microbit_ml.errors import HexError
from microbit_ml.targets import TARGETS

DATA, END_OF_FILE, SEGMENT_BASE, SEGMENT_START, LINEAR_BASE, LINEAR_START = range(6)
BLOCK_START, BLOCK_END, PADDING, CUSTOM_DATA, OTHER_DATA = range(0x0A, 0x0F)

_OTHER_BOARD = "other"

_AGAIN = "Download or build it again."
_IN_RAM = b"\x20"  # the first byte of an address in RAM


class MemoryImage:
    """The known bytes of a chip's memory: runs of bytes ("segments") at 32-bit addresses.

    ``segments`` is a sorted list of (address, bytes); segments neither overlap nor touch.
    """

    def __init__(self, segments: Iterable[tuple[int, bytes]] = ()) -> None:
        """Later segments overwrite earlier ones where they overlap."""
        self._starts: list[int] = []
        self._runs: list[bytearray] = []
        for address, data in segments:
            self.write(address, data)

    @property
    def segments(self) -> list[tuple[int, bytes]]:
        return [(start, bytes(run)) for start, run in zip(self._starts, self._runs, strict=True)]

    def copy(self) -> MemoryImage:
        """An image that can be changed without changing this one."""
        other = MemoryImage()
        other._starts = list(self._starts)
        other._runs = [bytearray(run) for run in self._runs]
        return other

    def read(self, address: int, size: int, fill: int = 0xFF) -> bytes:
        """``size`` bytes from ``address``; unknown bytes read as ``fill``.

        Erased flash reads as 0xFF on the chips.
        """
        result = bytearray([fill]) * size
        for start, run in self._overlapping(address, address + size):
            first, last = max(start, address), min(start + len(run), address + size)
            result[first - address : last - address] = run[first - start : last - start]
        return bytes(result)

    def write(self, address: int, data: bytes) -> None:
        """Put ``data`` at ``address``, over whatever is there.

        Raises HexError when the bytes exceed the 32-bit address space.
        """
        end = address + len(data)
        if address < 0 or end > 1 << 32:
            raise HexError(f"{len(data)} bytes at {address:#x} exceed the 32-bit address space.")
        if not data:
            return
        # Segments that overlap or touch the new bytes are merged.
        first = bisect_right(self._starts, address)
        if first and self._starts[first - 1] + len(self._runs[first - 1]) >= address:
            first -= 1
        last = bisect_right(self._starts, end)
        if first == last:
            self._starts.insert(first, address)
            self._runs.insert(first, bytearray(data))
            return
        start, run = self._starts[first], self._runs[first]
        tail_start, tail = self._starts[last - 1], self._runs[last - 1]
        merged_start = min(start, address)
        merged = run[: address - start] if start < address else bytearray()
        merged += data
        merged += tail[end - tail_start :]
        self._starts[first:last] = [merged_start]
        self._runs[first:last] = [merged]

    def erase(self, address: int, size: int) -> None:
        """Forget the ``size`` bytes from ``address``: they are unknown from now on."""
        end = address + size
        for start, run in list(self._overlapping(address, end)):
            index = self._starts.index(start)
            kept = [(start, run[: max(0, address - start)]), (end, run[max(0, end - start) :])]
            kept = [(first, data) for first, data in kept if data]
            self._starts[index : index + 1] = [first for first, _ in kept]
            self._runs[index : index + 1] = [data for _, data in kept]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MemoryImage):
            return NotImplemented
        return self._starts == other._starts and self._runs == other._runs

    __hash__ = None  # type: ignore[assignment]  # an image can change

    def __repr__(self) -> str:
        spans = ", ".join(
            f"{start:#x}-{start + len(run):#x}"
            for start, run in zip(self._starts, self._runs, strict=True)
        )
        return f"MemoryImage({spans})"

    def _overlapping(self, address: int, end: int) -> Iterator[tuple[int, bytearray]]:
        for start, run in zip(self._starts, self._runs, strict=True):
            if start < end and address < start + len(run):
                yield start, run


def parse(text: str, board: str | None = None) -> MemoryImage:
    """The memory that a hex file describes for ``board`` (a target's name, or None).

    For a plain hex, ``board`` makes no difference. From a universal hex, the board's section is
    taken; with ``board=None`` the only section. Raises HexError, with the number of the line, for
    a damaged line, a missing end, bytes that are given twice, or a missing section.
    """
    if board is not None and board not in TARGETS:
        raise HexError(
            f"There is no board called {board!r}. The boards are {' and '.join(TARGETS)}."
        )
    sections = parse_sections(text)
    if None in sections:
        return sections[None]
    names = " and ".join(sorted(name for name in sections if name))
    if board is None:
        if len(sections) > 1:
            raise HexError(f"This universal hex holds sections for {names}. Choose one of them.")
        return next(iter(sections.values()))
    if board not in sections:
        raise HexError(
            f"This universal hex has no section for micro:bit {TARGETS[board].title}, only for "
            f"{names}. Use a hex that was made for this board too."
        )
    return sections[board]


def parse_sections(text: str) -> dict[str | None, MemoryImage]:
    """The images of a universal hex by the name of a target, read in one pass.

    A plain hex has the one key None. Sections for boards that are not targets are left out.
    Raises HexError as :func:`parse` does.
    """
    pieces: dict[str | None, list[_Piece]] = {}
    base = 0  # added to the address of each data record
    universal = False
    board: str | None = None  # the board of the current block, None outside of blocks
    for line, kind, offset, data in _records(text):
        if kind in (DATA, CUSTOM_DATA):
            if data:
                pieces.setdefault(board, []).append((base + offset, line, data))
        elif kind in (LINEAR_BASE, SEGMENT_BASE):
            if len(data) != 2:
                raise HexError(
                    f"Line {line} of the hex should hold a base address of 2 bytes, but has "
                    f"{len(data)}. {_AGAIN}"
                )
            base = int.from_bytes(data, "big") << (16 if kind == LINEAR_BASE else 4)
        elif kind == BLOCK_START:
            universal = True
            board = _board_of_block(data, line)
            pieces.setdefault(board, [])
        elif kind == BLOCK_END:
            board = None
        elif kind not in (SEGMENT_START, LINEAR_START, PADDING, OTHER_DATA):
            raise HexError(
                f"Line {line} of the hex has an unknown type of record: {kind:02X}. {_AGAIN}"
            )
    if not universal:
        return {None: _join(pieces.get(None, []))}
    if None in pieces:
        raise HexError(
            f"Line {pieces[None][0][1]} of this universal hex has data outside of the sections "
            f"for the boards. Make the hex again."
        )
    pieces.pop(_OTHER_BOARD, None)
    if not pieces:
        raise HexError(
            "This universal hex has no section for a micro:bit. Use one that was made for it."
        )
    return {name: _join(found) for name, found in pieces.items()}


class _Record(NamedTuple):
    line: int
    kind: int
    offset: int  # the low 16 bits of the address
    data: bytes


_Piece = tuple[int, int, bytes]  # address, line, data


def _records(text: str) -> Iterator[_Record]:
    """The checked records of ``text``, up to and without the end-of-file record.

    Behind it, only the source of a MakeCode project may follow.
    """
    ended_at = 0
    is_source = False  # whether what follows the end of file belongs to a MakeCode project
    number = 0
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    for number, line in enumerate(text.split("\n") if text else [], 1):
        line = line.strip()
        if not line:
            continue
        if ended_at:
            kind, data = _kind_and_data(line)
            if kind == OTHER_DATA:
                is_source = True
            elif kind == LINEAR_BASE:
                is_source = data[:1] == _IN_RAM
            if is_source:
                _bytes_of_line(line, number)
                continue
            raise HexError(
                f"Line {number} of the hex comes after its end-of-file record (line {ended_at}). "
                f"Two files may have been joined. Make the hex again."
            )
        raw = _bytes_of_line(line, number)
        if raw[3] == END_OF_FILE:
            ended_at = number
        else:
            yield _Record(number, raw[3], raw[1] << 8 | raw[2], raw[4:-1])
    if not ended_at:
        raise HexError(
            f"The hex has no end-of-file record: it stops at line {number}. "
            f"It may have been cut off. {_AGAIN}"
        )


def _kind_and_data(line: str) -> tuple[int, bytes]:
    """The type and the data of a record that is not checked; -1 where it cannot be read."""
    try:
        raw = bytes.fromhex(line[1:])
    except ValueError:
        return -1, b""
    return (raw[3], raw[4:-1]) if len(raw) >= 5 else (-1, b"")


def _bytes_of_line(line: str, number: int) -> bytes:
    if line[0] != ":":
        raise HexError(
            f"Line {number} of the hex does not begin with a colon: {line[:20]!r}. "
            "Is it a hex file?"
        )
    try:
        raw = bytes.fromhex(line[1:])
    except ValueError:
        raise HexError(
            f"Line {number} of the hex is not made of whole hexadecimal bytes: {line[:20]!r}. "
            f"{_AGAIN}"
        ) from None
    if len(raw) < 5 or len(line) != 11 + 2 * raw[0]:
        announced = raw[0] if raw else 0
        raise HexError(
            f"Line {number} of the hex has the wrong length: it announces {announced} data bytes, "
            f"so it should have {11 + 2 * announced} characters, but it has {len(line)}. {_AGAIN}"
        )
    if sum(raw) & 0xFF:
        raise HexError(
            f"Line {number} of the hex is damaged: its checksum is {raw[-1]:02X}, but should be "
            f"{-sum(raw[:-1]) & 0xFF:02X}. {_AGAIN}"
        )
    return raw


def _board_of_block(data: bytes, line: int) -> str:
    if len(data) < 2:
        raise HexError(f"Line {line} of the hex starts a block without a board id. {_AGAIN}")
    block_id = int.from_bytes(data[:2], "big")
    for target in TARGETS.values():
        if block_id == target.block_id or block_id in target.usb_ids:
            return target.name
    return _OTHER_BOARD


def _join(pieces: list[_Piece]) -> MemoryImage:
    """One image from all data records; adjacent records are joined before they are written."""
    pieces.sort()
    image = MemoryImage()
    run: list[bytes] = []
    start = end = last_line = 0
    for address, line, data in pieces:
        if run and address < end:
            raise HexError(
                f"Line {max(line, last_line)} of the hex gives the byte at {address:#x} "
                f"a second time (first in line {min(line, last_line)}). {_AGAIN}"
            )
        if address != end:
            image.write(start, b"".join(run))
            run, start = [], address
        run.append(data)
        end, last_line = address + len(data), line
    image.write(start, b"".join(run))
    return image


def write_plain(image: MemoryImage) -> str:
    """Intel Hex text of ``image``: for one kind of board, a debugger or an emulator."""
    known = IntelHex()
    for address, data in image.segments:
        known.frombytes(data, offset=address)
    text = io.StringIO()
    known.write_hex_file(text)
    return text.getvalue()


def write_universal(images: Mapping[str, MemoryImage]) -> str:
    """Universal Hex text of ``{target: image}``, for one target or more, in the targets' order.

    Each section begins with an extended linear address (old interface firmware accepts no other
    first line) and its block start, addresses ascend (old V1 interfaces need that), and padding
    makes its length a multiple of 512 characters. Data for all boards but V1 has type 0D, which a
    V1's interface skips.
    Raises HexError for an unknown target, or for no targets.
    """
    unknown = sorted(set(images) - set(TARGETS))
    if unknown or not images:
        raise HexError(
            f"A universal hex is for {' and '.join(TARGETS)}, not for "
            f"{', '.join(unknown) or 'none'}."
        )
    return create_uhex(
        [
            IndividualHex(write_plain(images[target.name]), target.block_id)
            for target in TARGETS.values()
            if target.name in images
        ]
    )
