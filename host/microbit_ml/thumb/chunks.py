"""Machine code that runs in place in the file system of a board, without a copy in RAM.

A file is stored in flash in chunks of 128 bytes (``image/filesystem.py``). The first and the last
byte of each chunk belong to the file system. When a file's chunks are contiguous, the code can run
there as it is, with gaps::

    chunk    marker | number, name, content .... | next    byte 0, bytes 1-126, byte 127
    chunk    marker | pad, code ............ pad | next    code in bytes 2-125: even offsets

So the code is laid out around the gaps: a chunk ends with a branch to the next one, unless its last
instruction is a jump anyway, and consecutive numbers (``data``) stay together, since code reads
them by their distance from a label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from microbit_ml.thumb.assembler import Item, Listing, end_of, read_listings
from microbit_ml.thumb.cortex_m0 import AssemblyError

CHUNK_BYTES = 128
FIRST, END = 2, 126  # the bytes of a chunk that code can use
BRANCH_BYTES = 2


def assemble_in_chunks(listings: Mapping[str, str], start: int, *, m4: bool = False) -> bytes:
    """The flash content from a file's first chunk on, with the machine code of listings in it.

    start: offset of the code in the first chunk, behind the file's name. Gaps are filled with 0.
    Raises AssemblyError naming the line when a table is larger than a chunk, or a label too far
    away for a branch.
    """
    listing = read_listings(listings, m4=m4)
    branches: dict[int, int] = {}
    offsets = _lay_out(listing, start, branches)
    image = bytearray(offsets[-1])
    listing.encode(image, offsets)
    for offset, target in branches.items():
        branch = 0xE000 | (target - offset - 4) // 2
        image[offset : offset + BRANCH_BYTES] = branch.to_bytes(2, "little")
    return bytes(image)


def label_offsets(listings: Mapping[str, str], start: int, *, m4: bool = False) -> dict[str, int]:
    """The offsets of the labels of listings when they are assembled in chunks (as above)."""
    listing = read_listings(listings, m4=m4)
    offsets = _lay_out(listing, start, {})
    return {name: offsets[item] for name, item in listing.labels.items()}


def file_content(image: bytes, start: int) -> bytes:
    """The content of a file that makes flash look like this image from its first chunk on."""
    return bytes(
        byte
        for offset, byte in enumerate(image)
        if offset >= start and offset % CHUNK_BYTES not in (0, CHUNK_BYTES - 1)
    )


def _lay_out(listing: Listing, start: int, branches: dict[int, int]) -> list[int]:
    """The offset of each item, and of the end. Fills branches, the jumps over gaps: {from: to}."""
    offset = start
    offsets = []
    goes_on = False  # whether execution runs from the previous item into the next
    for unit in _units(listing.items):
        goes_on_behind = not unit[-1].is_jump and (goes_on or not unit[0].is_data)
        room = BRANCH_BYTES if goes_on_behind else 0
        if _end(unit, offset) + room > _end_of_chunk(offset):
            following = _end_of_chunk(offset) - END + CHUNK_BYTES + FIRST
            if goes_on:
                branches[offset] = following
            offset = following
            if _end(unit, offset) + room > _end_of_chunk(offset):
                raise AssemblyError(
                    f"{unit[0].file}, line {unit[0].line}: there are {_end(unit, offset) - offset} "
                    f"consecutive bytes of numbers, but a chunk of the board's file system holds "
                    f"only {END - FIRST - room}. Put an instruction between them."
                )
        for item in unit:
            offsets.append(offset)
            offset = end_of(item, offset)
        goes_on = goes_on_behind
    return [*offsets, offset]


def _units(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The units that stay together: an instruction, or consecutive numbers."""
    for is_data, group in groupby(items, key=lambda item: item.is_data):
        if is_data:
            yield list(group)
        else:
            yield from ([item] for item in group)


def _end(unit: list[Item], offset: int) -> int:
    """The offset of the end of a unit that starts at ``offset``."""
    for item in unit:
        offset = end_of(item, offset)
    return offset


def _end_of_chunk(offset: int) -> int:
    """The end of the usable bytes in the chunk that holds an offset, or ends at it."""
    return (offset - FIRST) // CHUNK_BYTES * CHUNK_BYTES + END
