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
from ast import literal_eval
from collections.abc import Iterable, Iterator

from microbit_ml.board.repl import (
    MAX_COMMAND_BYTES,
    BoardGoneError,
    BoardProgramError,
    CommandTooLongError,
    RawRepl,
)
from microbit_ml.errors import BoardError

ATTEMPTS = 3

CHUNK_BYTES = 126  # in one chunk of the board's flash
FACTOR = 31
PIECE_BITS = 61

_DEFINE_SUM = f"""def _sum(name):
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
    repl.exec(_DEFINE_SUM)
    return {name: _state_of(repl, name) for name in chosen}


def file_names(repl: RawRepl) -> list[str]:
    """The names of the files on the board. repl: has been entered. Raises BoardError."""
    answer = repl.exec("import os\nprint(os.listdir())").strip()
    try:
        names = literal_eval(answer)
    except (ValueError, SyntaxError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BoardError(
            f"The micro:bit sent a list of files that makes no sense: {answer[:60]!r}. "
            "Close other programs that use its serial port, then try again."
        )
    return names


def put_file(repl: RawRepl, name: str, content: bytes) -> None:
    """Write a file on the board, replacing one of the same name, and check it there.

    repl: has been entered. After a disturbance it makes a soft reset and tries again, up to three
    times; afterwards the board's heap holds nothing of ours. Raises BoardFullError when the file
    does not fit (then there is no file of this name), BoardError when the board went away, or does
    not answer as it should.
    """
    for attempt in range(ATTEMPTS):
        try:
            if attempt:
                restart(repl)
            _write(repl, name, content)
            return
        except (BoardGoneError, CommandTooLongError):
            raise
        except BoardError as error:
            if is_full(error):
                raise BoardFullError(
                    f"The file system of the micro:bit is full: {name} ({len(content):,} bytes) "
                    "does not fit. Delete files that you do not need from the board, or flash the "
                    "whole hex, which deletes them all: microbit-ml flash MODEL --how drive"
                ) from error
            if attempt == ATTEMPTS - 1:
                raise


def restart(repl: RawRepl) -> None:
    """Enter the raw REPL with an empty heap, whatever state the board is in."""
    repl.enter()
    repl.soft_reset_raw()


def is_full(error: BoardError) -> bool:
    """Whether a command failed because the board's file system has no room."""
    return isinstance(error, BoardProgramError) and bool(_FULL.search(error.traceback))


def _write(repl: RawRepl, name: str, content: bytes) -> None:
    repl.exec(f"f=open({name!r},'wb')")
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


def _state_of(repl: RawRepl, name: str) -> tuple[int, int]:
    found = re.fullmatch(r"\((\d+), (\d+)\)", repl.exec(f"print(_sum({name!r}))").strip())
    if not found:
        raise _garbled(name)
    return int(found[1]), int(found[2])


def _garbled(name: str) -> BoardError:
    return BoardError(
        f"The file {name} did not arrive complete on the micro:bit: the serial line is disturbed. "
        "Close other programs that use it, or change the cable, then try again."
    )
