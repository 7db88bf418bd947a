"""Machine code that runs in place in the file system of a board, without a copy in RAM.

A file lies in flash in chunks of 128 bytes (``image/filesystem.py``): in each of them one byte
before and one behind the file's content belong to the file system. When a file's chunks follow one
another, the code lies there as it will run, with gaps::

    chunk    marker | number, name, content .... | next    byte 0, bytes 1-126, byte 127
    chunk    marker | pad, code ............ pad | next    code in bytes 2-125: even places

So code is laid around the gaps: a chunk ends with a branch to the next one, unless its last
instruction is a jump anyway, and numbers (``data``) that stand together stay together, since code
reads them at a distance from a label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from microbit_ml.thumb.assembler import Item, Listing, end_of, read_listings
from microbit_ml.thumb.cortex_m0 import AssemblyError

CHUNK_BYTES = 128
FIRST, END = 2, 126  # the part of a chunk that code can use
BRANCH_BYTES = 2


def assemble_in_chunks(listings: Mapping[str, str], start: int, *, m4: bool = False) -> bytes:
    """Flash from the first chunk of a file on, with the machine code of listings in it.

    start: where the first chunk has room for the code, behind the file's name. What lies in
    the gaps is 0 here. Raises AssemblyError naming the line: where a table is larger
    than a chunk, or a label too far away for a branch to it.
    """
    listing = read_listings(listings, m4=m4)
    branches: dict[int, int] = {}
    places = _lay_out(listing, start, branches)
    image = bytearray(places[-1])
    listing.encode(image, places)
    for place, target in branches.items():
        branch = 0xE000 | (target - place - 4) // 2
        image[place : place + BRANCH_BYTES] = branch.to_bytes(2, "little")
    return bytes(image)


def label_places(listings: Mapping[str, str], start: int, *, m4: bool = False) -> dict[str, int]:
    """Where the labels of listings lie when they are assembled in chunks (as above)."""
    listing = read_listings(listings, m4=m4)
    places = _lay_out(listing, start, {})
    return {name: places[item] for name, item in listing.labels.items()}


def file_content(image: bytes, start: int) -> bytes:
    """What a file must hold so that flash looks like this image from the file's first chunk on."""
    return bytes(
        byte
        for place, byte in enumerate(image)
        if place >= start and place % CHUNK_BYTES not in (0, CHUNK_BYTES - 1)
    )


def _lay_out(listing: Listing, start: int, branches: dict[int, int]) -> list[int]:
    """Where each item lies, and the end; branches over gaps: from where to where."""
    place = start
    places = []
    goes_on = False  # whether what stands before runs into what follows
    for unit in _units(listing.items):
        goes_on_behind = not unit[-1].is_jump and (goes_on or not unit[0].is_data)
        room = BRANCH_BYTES if goes_on_behind else 0
        if _end(unit, place) + room > _end_of_chunk(place):
            following = _end_of_chunk(place) - END + CHUNK_BYTES + FIRST
            if goes_on:
                branches[place] = following
            place = following
            if _end(unit, place) + room > _end_of_chunk(place):
                raise AssemblyError(
                    f"{unit[0].part}, line {unit[0].line}: {_end(unit, place) - place} bytes of "
                    f"numbers stand together, and a chunk of the board's file system has "
                    f"{END - FIRST - room}. Let an instruction stand between them."
                )
        for item in unit:
            places.append(place)
            place = end_of(item, place)
        goes_on = goes_on_behind
    return [*places, place]


def _units(items: Sequence[Item]) -> Iterator[list[Item]]:
    """What stays together: an instruction, or numbers that follow one another."""
    for is_data, group in groupby(items, key=lambda item: item.is_data):
        if is_data:
            yield list(group)
        else:
            yield from ([item] for item in group)


def _end(unit: list[Item], place: int) -> int:
    """The place behind a unit that lies at this one."""
    for item in unit:
        place = end_of(item, place)
    return place


def _end_of_chunk(place: int) -> int:
    """The end of what code can use in the chunk of a place, which may be that end itself."""
    return (place - FIRST) // CHUNK_BYTES * CHUNK_BYTES + END
