"""Hex files on disk: their text, and errors that name the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microbit_ml.common.inputs import MB, read_input
from microbit_ml.errors import FileMissingError, HexError

LARGEST = 16 * MB  # a universal hex with 256 KB and 512 KB of flash has 2 MB


def read_hex(path: str | Path) -> str:
    """The text of a hex file. Raises FileMissingError, or HexError if it is not text."""
    try:
        return read_input(path, LARGEST, "hex file").decode("ascii")
    except OSError as error:
        raise FileMissingError(
            f"The hex file {path} cannot be read: {error.strerror or error}. Check its name."
        ) from error
    except UnicodeDecodeError as error:
        raise HexError(
            f"{path} is not a hex file: byte {error.start} is not text. Download it again, or "
            "build it again from its model, with microbit-ml build."
        ) from error


@contextmanager
def about_file(path: str | Path | None) -> Iterator[None]:
    """Put the file's name, if any, in front of a HexError that is raised inside the block."""
    try:
        yield
    except HexError as error:
        if path is None or str(path) in str(error):
            raise
        raise HexError(f"{path}: {error}") from error
