"""Files that a board can boot, as the text of a hex."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.deploy.run_program import files_of
from microbit_ml.errors import UsageError
from microbit_ml.image import build_hex, read_runtimes
from microbit_ml.image.hex_file import about_file, read_hex
from microbit_ml.image.program import Program
from microbit_ml.model import Model


def hex_of_file(path: Path, kind: str) -> str:
    """The hex text for a target from a file: a hex, a program (.py) or a model (.mbml).

    A program becomes main.py beside MicroPython alone; a model brings the kit's launcher along.
    Raises UsageError for another kind of file; FileMissingError, HexError, ModelError or
    ProgramError when it cannot be used.
    """
    suffix = path.suffix.lower()
    if suffix == ".mbml":
        return Model.load(path).hex()
    if suffix == ".hex":
        return read_hex(path)
    if suffix != ".py":
        raise UsageError(
            f"A virtual board cannot run {path}. Name a .hex file, a .py program or a .mbml model."
        )
    return build_hex({kind: files_of(Program.read(path), None, kind)})


def read_runtime(path: Path) -> str:
    """The text of a MicroPython hex, for flashing another MicroPython than the kit's.

    Raises FileMissingError when the file cannot be read, HexError when it holds no MicroPython.
    """
    with about_file(path):
        text = read_hex(path)
        read_runtimes(text)
    return text
