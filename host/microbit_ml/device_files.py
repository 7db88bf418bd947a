"""The files that go onto a board: the kit's firmware, the model, and a program."""

from __future__ import annotations

import io
import tokenize
from functools import cache
from pathlib import Path

from microbit_ml.errors import FileMissingError
from microbit_ml.firmware_files import firmware_folder
from microbit_ml.thumb import assemble_parts

RECOGNIZER_FILES = ("gesture.py", "loader.py", "recognizer.py")
LAUNCHER_FILES = ("main.py", "answer.py")
KERNELS = (  # listings, in this order: the board gets kernels.bin
    "entries.py",
    "features.py",
    "spectrum.py",
    "arithmetic.py",
    "network.py",
    "gate.py",
    "layers.py",
    "check.py",
)


def board_files(model: bytes, program: Path | str | None = None) -> dict[str, bytes]:
    """Names and contents for a board of either kind.

    model: the content of model.bin; program: a file to use as main.py instead of the launcher,
    taken as it is. The kit's own files go without their comments: V2 has 20,160 bytes in all.
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
    files["kernels.bin"] = kernels()
    files["model.bin"] = model
    return files


@cache
def kernels() -> bytes:
    """The machine code of the listings in ``kernels/``, as both boards run it."""
    folder = firmware_folder() / "kernels"
    return assemble_parts({name: (folder / name).read_text(encoding="utf-8") for name in KERNELS})


def without_comments(source: bytes) -> bytes:
    """Python source without its comments; every line stays the line with its number."""
    lines = source.decode("utf-8").splitlines()
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return ("\n".join(lines) + "\n").encode("utf-8")
