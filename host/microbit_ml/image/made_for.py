"""Which boards a hex was made for: with MicroPython, or with another program, such as MakeCode's.

A program begins with a vector table: the address at which its stack begins, then the address of its
first instruction. The stack begins where the chip's RAM ends, so that address tells the chips
apart. A program that shares the chip with Bluetooth's begins later, at some page of the flash.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from microbit_ml.errors import HexError
from microbit_ml.image.intel_hex import MemoryImage, parse_sections
from microbit_ml.image.runtime import V1_FLASH_END, runtime_in
from microbit_ml.targets import TARGETS, V1, V2

_RAM_START = 0x20000000
_RAM_END = {V1.name: 0x20004000, V2.name: 0x20020000}
_FLASH_END = 0x80000  # of V2, the larger one
_PAGE_BYTES = 0x400  # of V1, the smaller ones
_VECTORS = struct.Struct("<II")  # where the stack begins; the first instruction


def made_for(image: MemoryImage) -> str | None:
    """The name of the target whose chip a program was made for, or None where it cannot be seen."""
    runtime = runtime_in(image)
    if runtime is not None:
        return runtime.board
    stacks = {stack for stack, _ in _vector_tables(image)}
    in_flash = [start + len(data) for start, data in image.segments if start < _FLASH_END]
    if _RAM_END[V2.name] in stacks or max(in_flash, default=0) > V1_FLASH_END:
        return V2.name
    return V1.name if _RAM_END[V1.name] in stacks else None


def targets_of(text: str) -> tuple[str, ...]:
    """The names of the targets that a hex is for, all of them where it cannot be seen.

    Raises HexError for a damaged hex, and for one without a program that a chip could start.
    """
    sections = parse_sections(text)
    if None not in sections:
        return tuple(name for name in TARGETS if name in sections)
    image = sections[None]
    chip = made_for(image)
    if chip is None and not _starts(image):
        raise HexError(
            "This hex has no program for a micro:bit. Use one that MakeCode or "
            "python.microbit.org has saved, or that microbit-ml build has written."
        )
    return tuple(name for name, target in TARGETS.items() if chip in (None, target.like))


def has_micropython(text: str, kind: str) -> bool:
    """Whether what a target runs of a hex is MicroPython. Raises HexError for a damaged hex."""
    sections = parse_sections(text)
    image = sections.get(kind, sections.get(None))
    return image is not None and runtime_in(image) is not None


def check_is_for(image: MemoryImage, kind: str) -> None:
    """Raise HexError when the image holds a program for another chip than that of a target."""
    chip = made_for(image)
    if chip is not None and chip != TARGETS[kind].like:
        raise not_for(kind, chip)


def not_for(kind: str, other: str, remedy: str = "") -> HexError:
    """The error of a hex for another target than ``kind``; remedy: what to use instead."""
    title = TARGETS[other].title
    remedy = remedy or f"Use a virtual {title} (microbit-ml virtual {other})"
    return HexError(
        f"This hex is for a micro:bit {title}, so a {TARGETS[kind].title} cannot run it. {remedy}, "
        "or a universal hex, which runs on both."
    )


def _vector_tables(image: MemoryImage) -> Iterator[tuple[int, int]]:
    """What may be a vector table, at the pages of the flash: its stack and first instruction."""
    for start, data in image.segments:
        for address in range(start + -start % _PAGE_BYTES, start + len(data) - 7, _PAGE_BYTES):
            if address < _FLASH_END:
                stack, first = _VECTORS.unpack_from(data, address - start)
                if first & 1 and address < first < _FLASH_END:
                    yield stack, first


def _starts(image: MemoryImage) -> bool:
    """Whether a chip could start what is at the beginning of its flash."""
    stack, first = _VECTORS.unpack(image.read(0, _VECTORS.size))
    in_ram = _RAM_START < stack <= max(_RAM_END.values())
    return in_ram and any(at <= first < at + len(data) for at, data in image.segments)
