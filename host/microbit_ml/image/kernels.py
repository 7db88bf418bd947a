"""The kernels: machine code of each target, assembled from the listings in ``firmware/kernels/``.

It runs in place, where its file lies in flash, and so has gaps (:mod:`microbit_ml.thumb`).
"""

from __future__ import annotations

from functools import cache

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.filesystem import CHUNK_BYTES, FileSystemLayout, build_file_system
from microbit_ml.quantize.device_file import VERSION
from microbit_ml.targets import TARGETS, Target
from microbit_ml.thumb import assemble_in_chunks, file_content, label_places

LISTINGS = (
    "entries.py",
    "fresh.py",
    "shift.py",
    "check.py",
    "features.py",
    "points.py",
    "spectrum.py",
    "products.py",
    "division.py",
    "arithmetic.py",
    "network.py",
    "gate.py",
    "layers.py",
    "sums.py",
)
"""The listings of the machine code of a Cortex-M0, in this order; a target may replace some."""

HEADER_BYTES = 2  # of a kernel file, before its first instruction


def kernel_file(board: str) -> str:
    """The name of a target's machine code among its files: that of its chip."""
    return f"kernel_v{TARGETS[board].kernel_digit}.bin"


def listings_of(board: str) -> tuple[str, ...]:
    """The names of a target's listings, in their order."""
    replaced = (TARGETS[board].kernels.get(name, name) for name in LISTINGS)
    return tuple(name for name in replaced if name is not None)


def kernels(board: str) -> bytes:
    """The machine code of a target: the content of its file.

    It begins with the digit of the chip, and the version of the ``model.bin`` that it reads.
    """
    start = _code_start(board)
    return file_content(_assembled(*_key(TARGETS[board]), start), start)


def kernel_labels(board: str, code: int) -> dict[str, int]:
    """Addresses of the labels of the kernels, whose file's content begins at the address code."""
    start = _code_start(board)
    names, digit, is_m4 = _key(TARGETS[board])
    places = label_places(_texts(names, digit), start, m4=is_m4)
    return {name: code - start + place for name, place in places.items()}


def kernels_in_flash(board: str) -> tuple[bytes, int]:
    """A target's machine code as its flash holds it, from the file's first chunk on, which lies at
    a multiple of 128; and the place of the first instruction in it."""
    files = {kernel_file(board): kernels(board)}
    room = 2 * len(kernels(board)) + 4 * CHUNK_BYTES
    layout = FileSystemLayout(board, 0, room - room % CHUNK_BYTES, CHUNK_BYTES)
    (chunks, _) = build_file_system(files, layout).segments
    return chunks[1], _code_start(board) + HEADER_BYTES


def _key(target: Target) -> tuple[tuple[str, ...], str, bool]:
    """All that a target's machine code depends on."""
    return listings_of(target.name), target.kernel_digit, target.is_m4


@cache
def _assembled(names: tuple[str, ...], digit: str, is_m4: bool, start: int) -> bytes:
    return assemble_in_chunks(_texts(names, digit), start, m4=is_m4)


def _texts(names: tuple[str, ...], digit: str) -> dict[str, str]:
    """The header of a kernel file, and its listings by name."""
    folder = firmware_folder() / "kernels"
    header = {"header": f"data(1, {ord(digit)}, {VERSION})"}
    return header | {name: (folder / name).read_text(encoding="utf-8") for name in names}


def _code_start(board: str) -> int:
    """Where a file's content begins in its first chunk (``image/filesystem.py``)."""
    return 3 + len(kernel_file(board))
