"""Upload: files onto a board over its raw REPL, every byte checked on the board.

MicroPython on the micro:bit cannot rename a file, nor write into the middle of one; a file that
was never closed reads back empty. So writing a file destroys an old one of the same name: where
that must not happen, write it under another name first (:mod:`microbit_ml.board.installed`).

Each file is checked by its size and a checksum, which the board computes: every 126 bytes of the
file are read as one large number and added to 31 times the sum so far, and at the end the sum's
pieces of 61 bits are added up. Lost, doubled, garbled or swapped bytes change the result, and V1
computes it about as fast as its file system reads. (The remainder by a prime would do as well, but
V1 divides some large numbers wrongly.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from microbit_ml.board.answers import MOST_FILES, NAME_BYTES, Many, Number, Question, Row, Text
from microbit_ml.board.repl import (
    MAX_COMMAND_BYTES,
    BoardGoneError,
    BoardProgramError,
    CommandTooLongError,
    RawRepl,
)
from microbit_ml.errors import BoardError

ATTEMPTS = 3
RETRY_S = 90.0  # no further attempt begins later than this after the first

CHUNK_BYTES = 126  # in one chunk of the board's flash
FACTOR = 31
WHOLE = ("--how", "drive")  # options of flash: write everything again
PIECE_BITS = 61

DEFINE_SUM = f"""def _sum(name):
 n=s=0
 with open(name,'rb') as f:
  while 1:
   b=f.read({CHUNK_BYTES})
   if not b:break
   n+=len(b)
   s=s*{FACTOR}+int.from_bytes(b,'big')
 t=0
 while s:
  t+=s&{2**PIECE_BITS - 1}
  s>>={PIECE_BITS}
 return n,t"""
_FULL = re.compile(r"OSError: ((\[Errno )?28\b|no more storage space)")
_WRITE = b"print(f.write(b'%b'))"
MOST_FILE_BYTES = 2**20  # more than any board has
NAMES = Question("the names of its files", Many(Text(NAME_BYTES), MOST_FILES))
_SUM = Row((Number(0, MOST_FILE_BYTES), Number(0, 2**80)))  # of size and checksum
STATE_S = 120.0  # for all files together: V1 reads 13 KB a second, and has 27 KB
_ESCAPED = {code: b"\\x%02x" % code for code in (*range(1, 5), *b"\n\r'\\")}


class BoardFullError(BoardError):
    """The board's file system has no room for a file."""


def checksum_of(content: bytes) -> int:
    """The checksum of a file's content, as in :func:`file_state`."""
    total = 0
    for begin in range(0, len(content), CHUNK_BYTES):
        chunk = int.from_bytes(content[begin : begin + CHUNK_BYTES], "big")
        total = total * FACTOR + chunk
    pieces = 0
    while total:
        pieces += total & 2**PIECE_BITS - 1
        total >>= PIECE_BITS
    return pieces


def file_state(repl: RawRepl, names: Iterable[str] | None = None) -> dict[str, tuple[int, int]]:
    """The files on the board: (size in bytes, checksum) of each, read on the board itself.

    repl: has been entered; names: only these, if present. V1 reads 13 KB a second.
    Raises BoardError when the board does not answer as it should.
    """
    present = file_names(repl)
    chosen = present if names is None else [name for name in names if name in present]
    repl.exec(DEFINE_SUM)
    end = repl.clock() + STATE_S
    return {name: _state_of(repl, name, end) for name in chosen}


def file_names(repl: RawRepl) -> list[str]:
    """The names of the files on the board. repl: has been entered. Raises BoardError."""
    return list(dict.fromkeys(repl.ask(NAMES, "import os\nprint(os.listdir())")))


def put_file(repl: RawRepl, name: str, content: bytes, only_if: str = "") -> None:
    """Write a file on the board, replacing one of the same name, and check it there.

    repl: has been entered; only_if: an expression that must be true on the board, or the old file
    stays and BoardProgramError is raised. After a disturbance it makes a soft reset and tries
    again, up to three times; afterwards the board's heap holds nothing of ours. Raises
    BoardFullError when the file does not fit (then there is no file of this name), BoardError when
    the board went away, or does not answer as it should.
    """
    end = repl.clock() + RETRY_S
    for attempt in range(ATTEMPTS):
        try:
            if attempt:
                restart(repl)
            _write(repl, name, content, only_if)
            return
        except (BoardGoneError, CommandTooLongError):
            raise
        except BoardError as error:
            if is_full(error):
                raise BoardFullError(
                    f"The file system of the micro:bit is full: {name} ({len(content):,} bytes) "
                    "does not fit. Delete files that you do not need from the board, or flash the "
                    "whole hex, which deletes them all."
                ).mended_by_flash(*WHOLE) from error
            if attempt == ATTEMPTS - 1 or repl.clock() > end:
                raise


def restart(repl: RawRepl) -> None:
    """Enter the raw REPL with an empty heap, whatever state the board is in."""
    repl.enter()
    repl.soft_reset_raw()


def is_full(error: BoardError) -> bool:
    """Whether a command failed because the board's file system has no room."""
    return isinstance(error, BoardProgramError) and bool(_FULL.search(error.traceback))


def _write(repl: RawRepl, name: str, content: bytes, only_if: str) -> None:
    condition = f"import os\nif not({only_if}):raise ValueError\n" if only_if else ""
    repl.exec(f"{condition}f=open({name!r},'wb')")
    for literal, size in _literals(content):
        if repl.exec(_WRITE % literal).strip() != str(size):
            raise _garbled(name)
    repl.exec("f.close()\ndel f")
    if file_state(repl, [name]).get(name) != (len(content), checksum_of(content)):
        raise _garbled(name)


def _literals(content: bytes) -> Iterator[tuple[bytes, int]]:
    """The content as Python literals that fit into commands, each with its number of bytes.

    MicroPython accepts any byte in a literal: only those with a meaning for the raw REPL, the line
    or the literal itself are escaped.
    """
    literal, size = b"", 0
    for byte in content:
        letter = _ESCAPED.get(byte) or bytes([byte])
        if len(literal) + len(letter) > MAX_COMMAND_BYTES - len(_WRITE):
            yield literal, size
            literal, size = b"", 0
        literal += letter
        size += 1
    if size:
        yield literal, size


def _state_of(repl: RawRepl, name: str, end: float) -> tuple[int, int]:
    question = Question(f"the size and the checksum of {name}", _SUM)
    if repl.clock() > end:
        raise BoardError(
            f"{repl.board} needed more than {STATE_S:g} s to read its files. Press its reset "
            "button, then try again."
        )
    try:
        return repl.ask(question, f"print(_sum({name!r}))")
    except BoardProgramError as error:
        if "OSError" not in error.last_line:
            raise
        raise BoardError(
            f"{repl.board} lists a file {name!r} but cannot read it ({error.last_line}). Press its "
            "reset button, then try again. If that does not help, delete the file in a MicroPython "
            "editor."
        ) from error


def _garbled(name: str) -> BoardError:
    return BoardError(
        f"The file {name} did not arrive complete on the micro:bit: the serial line is disturbed. "
        "Close other programs that use it, or change the cable, then try again."
    )
