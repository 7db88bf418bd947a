"""The one door for files that are read: ordinary files only, and no more of them than is allowed.

A named pipe or a device such as /dev/zero never ends, and a file of the wrong kind may fill the
memory. So every reader of the kit opens its file here, and says how large it may be.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from microbit_ml.errors import DataError

MB = 2**20
KB = 2**10
PIECE = 64 * KB
LARGEST_PROGRAM = 1 * MB  # a board's file system takes 30 KB


def open_input(path: str | Path, most_bytes: int, what: str = "file") -> BinaryIO:
    """Open a file for reading bytes.

    most_bytes: the largest that it may be; what: what it should be, for messages. Raises
    FileNotFoundError, IsADirectoryError or another OSError as ``open`` does, and DataError when it
    is no ordinary file or is too large.
    """
    path = Path(path)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags)  # which does not wait for a pipe's other end
    try:
        facts = os.fstat(handle)
        if stat.S_ISDIR(facts.st_mode):
            raise IsADirectoryError(f"{path} is a folder")
        if not stat.S_ISREG(facts.st_mode):
            raise DataError(
                f"{path} is not an ordinary file but a {_kind(facts.st_mode)}, which may never "
                "end. Save its content as a file first, then give that file."
            )
        if facts.st_size > most_bytes:
            raise DataError(
                f"{path} has {_size(facts.st_size)}, and a {what} has at most "
                f"{_size(most_bytes)}. Is it the right file?"
            )
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_input(path: str | Path, most_bytes: int, what: str = "file") -> bytes:
    """The content of a file; raises as :func:`open_input` does."""
    with open_input(path, most_bytes, what) as file:
        content = file.read(os.fstat(file.fileno()).st_size + 1)
        while len(content) <= most_bytes and (piece := file.read(PIECE)):
            content += piece
    if len(content) > most_bytes:  # it has grown since it was opened
        raise DataError(
            f"{path} grows while it is read, beyond the {_size(most_bytes)} that a {what} "
            "may have. Try again when it is finished."
        )
    return content


def parse_json(content: bytes | str, *, takes_nan: bool = False) -> Any:
    """What JSON says; ValueError, with a reason for people, where it is none or is too deep.

    ``NaN`` and ``Infinity`` are not JSON; takes_nan: for who says better where they are.
    """
    try:
        return json.loads(content, parse_constant=None if takes_nan else _refuse)
    except RecursionError as error:
        raise ValueError("it has too many brackets within brackets") from error
    except ValueError as error:
        if "integer string" not in str(error):
            raise
        raise ValueError("it has a number of thousands of digits") from error


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _size(n_bytes: int) -> str:
    return f"{n_bytes / KB:,.0f} KB" if n_bytes < MB else f"{n_bytes / MB:,.4g} MB"


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISFIFO, "named pipe"),
        (stat.S_ISCHR, "device"),
        (stat.S_ISBLK, "disk"),
        (stat.S_ISSOCK, "socket"),
    )
    return next((name for is_kind, name in kinds if is_kind(mode)), "special file")
