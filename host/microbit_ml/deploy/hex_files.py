"""Files that a board can boot, as the text of a hex."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.errors import FileMissingError, HexError, UsageError
from microbit_ml.image import build_hex
from microbit_ml.model import Model


def hex_of_file(path: Path, kind: str) -> str:
    """What a board "v1" or "v2" boots from a file: a hex, a program (.py), or a model (.mbml).

    A program becomes main.py beside MicroPython alone; a model brings the kit's launcher along.
    Raises UsageError for another kind of file; FileMissingError, HexError or ModelError when it
    cannot be used.
    """
    suffix = path.suffix.lower()
    if suffix == ".mbml":
        return Model.load(path).hex()
    if suffix not in (".hex", ".py"):
        raise UsageError(
            f"A virtual board cannot run {path}. Name a .hex file, a .py program or a .mbml model."
        )
    try:
        content = path.read_bytes()
        return build_hex({kind: {"main.py": content}}) if suffix == ".py" else content.decode()
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    except UnicodeDecodeError as error:
        raise HexError(f"{path} is not a hex file: it is no text. Download it again.") from error


def read_hex(path: Path) -> str:
    """The text of a MicroPython hex.

    Raises FileMissingError when the file cannot be read, HexError when it is no text.
    """
    try:
        return path.read_text("ascii")
    except OSError as error:
        raise FileMissingError(f"The hex file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise HexError(f"{path} is not a hex file. Download the MicroPython hex again.") from error
