"""Files that a board can boot, as the text of a hex."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.deploy.run_program import files_of
from microbit_ml.errors import UsageError
from microbit_ml.image import build_hex, read_runtimes, stock
from microbit_ml.image.hex_file import about_file, read_hex
from microbit_ml.image.program import Program
from microbit_ml.model import Model


def hex_of_file(path: Path, kind: str, runtime: str | None = None) -> str:
    """The hex text for a target from a file: a hex, a program (.py) or a model (.mbml).

    A program becomes main.py beside MicroPython alone; a model brings the kit's launcher along.
    runtime: the text of a hex with another MicroPython for these two.
    Raises UsageError for another kind of file; FileMissingError, HexError, ModelError or
    ProgramError when it cannot be used.
    """
    suffix = path.suffix.lower()
    if suffix == ".mbml":
        return Model.load(path).hex(runtime=runtime)
    if suffix == ".hex":
        return read_hex(path)
    if suffix != ".py":
        raise UsageError(
            f"A virtual board cannot run {path}. Name a .hex file, a .py program or a .mbml model."
        )
    return build_hex({kind: files_of(Program.read(path), None, kind)}, runtime)


def read_runtime(which: str) -> str:
    """The text of the hex that --runtime names: one that the kit brings along, or a file.

    Raises FileMissingError when the file cannot be read, HexError when it holds no MicroPython.
    """
    if which in stock.STOCK:
        return stock.text_of(which)
    path = Path(which)
    with about_file(path):
        text = read_hex(path)
        read_runtimes(text)
    return text
