"""The files that go onto a board: the kit's firmware, the model, and a program."""

from __future__ import annotations

import io
import tokenize
from functools import cache
from pathlib import Path

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.errors import FileMissingError
from microbit_ml.image.filesystem import CHUNK_BYTES, FileSystemLayout, build_file_system
from microbit_ml.quantize.device_file import VERSION
from microbit_ml.thumb import assemble_in_chunks, file_content, label_places

RECOGNIZER_FILES = ("gesture.py", "loader.py", "recognizer.py")
LAUNCHER_FILES = ("main.py", "answer.py")
_CORTEX_M0 = (
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
_CORTEX_M4: dict[str, str | None] = {
    "fresh.py": None,  # V2 reads at a steady pace: no sample is read twice
    "spectrum.py": "spectrum_v2.py",
    "products.py": "products_v2.py",
    "division.py": "division_v2.py",
    "sums.py": "sums_v2.py",
}  # what V2 has instead
KERNELS = {
    "v1": _CORTEX_M0,
    "v2": tuple(filter(None, (_CORTEX_M4.get(name, name) for name in _CORTEX_M0))),
}
"""The listings of each board's machine code, in this order."""

HEADER_BYTES = 2  # of a kernel file, before its first instruction


def board_files(
    model: bytes, program: Path | str | None = None, board: str | None = None
) -> dict[str, bytes]:
    """Names and contents for a board of either kind.

    model: the content of model.bin; program: a file to use as main.py instead of the launcher,
    taken as it is; board: "v1" or "v2", to leave out the other's machine code. The kit's own files
    go without their comments: V2 has 20,160 bytes in all.
    Raises FileMissingError when the program does not exist.
    """
    folder = firmware_folder()
    names: tuple[str, ...] = RECOGNIZER_FILES
    files = {}
    if program is None:
        names += LAUNCHER_FILES
    else:
        try:
            files["main.py"] = Path(program).read_bytes()
        except OSError as error:
            raise FileMissingError(
                f"The program {program} cannot be read: {error.strerror}."
            ) from error
    files |= {name: without_comments((folder / name).read_bytes()) for name in names}
    files |= {kernel_file(kind): kernels(kind) for kind in KERNELS if board in (None, kind)}
    files["model.bin"] = model
    return files


def kernel_file(board: str) -> str:
    """The name of a board's ("v1" or "v2") machine code among its files."""
    return f"kernel_{board}.bin"


@cache
def kernels(board: str) -> bytes:
    """The machine code of a board ("v1" or "v2"): the content of its file.

    It runs in place, where the file lies in flash, and so has gaps (:mod:`microbit_ml.thumb`); it
    begins with the number of the board, and the version of the ``model.bin`` that it reads.
    """
    start = _code_start(board)
    return file_content(assemble_in_chunks(_listings(board), start, m4=board == "v2"), start)


def kernel_labels(board: str, code: int) -> dict[str, int]:
    """Addresses of the labels of the kernels, whose file's content begins at the address code."""
    start = _code_start(board)
    places = label_places(_listings(board), start, m4=board == "v2")
    return {name: code - start + place for name, place in places.items()}


def _listings(board: str) -> dict[str, str]:
    """The header of a kernel file, and its listings by name."""
    folder = firmware_folder() / "kernels"
    listings = {"header": f"data(1, {ord(board[1])}, {VERSION})"}
    for name in KERNELS[board]:
        listings[name] = (folder / name).read_text(encoding="utf-8")
    return listings


def kernels_in_flash(board: str) -> tuple[bytes, int]:
    """A board's machine code as its flash holds it, from the file's first chunk on, which lies at
    a multiple of 128; and the place of the first instruction in it."""
    files = {kernel_file(board): kernels(board)}
    room = 2 * len(kernels(board)) + 4 * CHUNK_BYTES
    layout = FileSystemLayout(board, 0, room - room % CHUNK_BYTES, CHUNK_BYTES)
    (chunks, _) = build_file_system(files, layout).segments
    return chunks[1], _code_start(board) + HEADER_BYTES


def _code_start(board: str) -> int:
    """Where a file's content begins in its first chunk (``image/filesystem.py``)."""
    return 3 + len(kernel_file(board))


def without_comments(source: bytes) -> bytes:
    """Python source without its comments; every line stays the line with its number."""
    lines = source.decode("utf-8").splitlines()
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return ("\n".join(lines) + "\n").encode("utf-8")
