"""The files of MicroPython in a virtual board's flash.

The modules of :mod:`microbit_ml.image` for the runtimes and their file system are imported only
when they are needed.
"""

from __future__ import annotations

from collections.abc import Mapping

from microbit_ml.image.intel_hex import MemoryImage
from microbit_ml.virtual.chip import Chip
from microbit_ml.virtual.memory import PAGE_OF_REGISTERS, UICR


def image_with_files(kind: str, files: Mapping[str, bytes | str]) -> MemoryImage:
    """The bundled MicroPython for a board, with these files. Raises HexError if they do not fit."""
    from microbit_ml.image.hex import image_for_one

    contents = {n: c.encode() if isinstance(c, str) else c for n, c in files.items()}
    return image_for_one(kind, contents)


def files_in_flash(chip: Chip) -> dict[str, bytes]:
    """The files in a chip's flash now. Raises HexError if there is no file system."""
    from microbit_ml.image.filesystem import read_files
    from microbit_ml.image.runtime import find_runtime

    image = _image_of(chip)
    return read_files(image, find_runtime(image).layout)


def micropython_version(chip: Chip) -> str:
    """The version of MicroPython in a chip's flash, "" for another program."""
    from microbit_ml.image.runtime import runtime_in

    runtime = runtime_in(_image_of(chip))
    return "" if runtime is None else runtime.version


def _image_of(chip: Chip) -> MemoryImage:
    pages = ((0, chip.model.flash_size), (UICR, PAGE_OF_REGISTERS))
    return MemoryImage((address, chip.memory.read(address, size)) for address, size in pages)
