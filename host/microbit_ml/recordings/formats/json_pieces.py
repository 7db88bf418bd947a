"""Reading a large JSON file in pieces, so that it is never in memory as a whole.

A file of CreateAI is a list of actions, and almost all of it is their recordings. These are
decoded one at a time, and each is replaced at once by something smaller (``shrink``). Everything
else in the file is decoded as the standard library does, and so are the errors: with the line and
the column in the file.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

CHUNK = 2**20  # bytes that are read at a time
LONGEST_PIECE = 64 * 2**20  # characters of one value; a recording of ten hours has about 40 MB
NEAR = 64  # characters: an error so close to the end of what was read may be due to that
_SPACE = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


class PieceError(ValueError):
    """A value is too large to be read at once."""


def read_pieces(file: BinaryIO, shrink: Callable[[Any], tuple[Any, bool]]) -> Any:
    """The content of a JSON file, whose recordings are shrunk.

    Recordings are the items of a list ``"recordings"`` in the objects of a list, which is the
    whole file or is called ``"data"`` in it. ``shrink(item)`` returns what is kept of an item, and
    whether it was right: of those behind a wrong one in its list, None is kept.
    Raises ValueError (a JSONDecodeError with line and column for damaged JSON), RecursionError.
    """
    text = _Text(file)
    mark = text.mark()
    if mark == "[":
        content: Any = list(text.items(lambda: _action(text, shrink)))
    elif mark == "{":
        content = {
            key: list(text.items(lambda: _action(text, shrink)))
            if key == "data" and text.mark() == "["
            else text.value()
            for key in text.members()
        }
    else:
        content = text.value()
    if text.mark():
        raise text.error("Extra data")
    return content


def _action(text: _Text, shrink: Callable[[Any], tuple[Any, bool]]) -> Any:
    """An item of the list of actions: most likely an object with recordings."""
    if text.mark() != "{":
        return text.value()
    return {
        key: _recordings(text, shrink)
        if key == "recordings" and text.mark() == "["
        else text.value()
        for key in text.members()
    }


def _recordings(text: _Text, shrink: Callable[[Any], tuple[Any, bool]]) -> list[Any]:
    kept: list[Any] = []
    is_right = True
    for item in text.items(text.value):
        if not is_right:
            kept.append(None)
            continue
        smaller, is_right = shrink(item)
        kept.append(smaller)
    return kept


class _Text:
    """The text of a file, of which only a part is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        start = file.read(4)
        file.seek(0)
        self._file = file
        self._decoder = codecs.getincrementaldecoder(json.detect_encoding(start))("surrogatepass")
        self._part, self._at, self._is_all = "", 0, False
        self._before = 0  # characters before the part
        self._lines_before, self._line_begin = 0, 0  # line ends there, and the last line's begin
        self._more()

    def mark(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            found = _SPACE.match(self._part, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._part) or self._is_all:
                return self._part[self._at : self._at + 1]
            self._more()

    def take(self, expected: str, problem: str) -> None:
        """Go on behind this character, which must be next."""
        if self.mark() != expected:
            raise self.error(problem)
        self._at += 1

    def value(self) -> Any:
        """The next value, decoded."""
        self.mark()
        while True:
            try:
                value, end = _decode(self._part, self._at)
            except json.JSONDecodeError as error:
                may_go_on = error.msg.startswith("Unterminated string")
                if self._is_all or not (may_go_on or error.pos > len(self._part) - NEAR):
                    self._at = error.pos
                    raise self.error(error.msg) from error
            else:
                if end < len(self._part) or self._is_all:  # a number may go on
                    self._at = end
                    return value
            if len(self._part) - self._at > LONGEST_PIECE:
                raise PieceError(
                    f"a single value has more than {LONGEST_PIECE // 2**20} MB (char "
                    f"{self._before + self._at})"
                )
            self._more()

    def items(self, read: Callable[[], Any]) -> Iterator[Any]:
        """The items of a list, each read by ``read()``."""
        self.take("[", "Expecting value")
        if self.mark() == "]":
            self._at += 1
            return
        while True:
            yield read()
            if self.mark() == "]":
                self._at += 1
                return
            self.take(",", "Expecting ',' delimiter")

    def members(self) -> Iterator[str]:
        """The keys of an object; the caller reads the value of each before the next one."""
        self.take("{", "Expecting value")
        if self.mark() == "}":
            self._at += 1
            return
        while True:
            if self.mark() != '"':
                raise self.error("Expecting property name enclosed in double quotes")
            key = self.value()
            self.take(":", "Expecting ':' delimiter")
            yield key
            if self.mark() == "}":
                self._at += 1
                return
            self.take(",", "Expecting ',' delimiter")

    def error(self, problem: str) -> json.JSONDecodeError:
        """The error at this place, with line and column in the whole file."""
        error = json.JSONDecodeError(problem, self._part, self._at)
        lines = self._part.count("\n", 0, self._at)
        begin = (
            self._part.rfind("\n", 0, self._at) + 1 + self._before if lines else self._line_begin
        )
        error.pos = self._before + self._at
        error.lineno, error.colno = 1 + self._lines_before + lines, error.pos - begin + 1
        where = f"line {error.lineno} column {error.colno} (char {error.pos})"
        error.args = (f"{problem}: {where}",)
        return error

    def _more(self) -> None:
        """Read on: as much as is in memory already, so that a long value is not begun too often."""
        done = self._part[: self._at]
        lines = done.count("\n")
        if lines:
            self._line_begin = self._before + done.rfind("\n") + 1
        self._lines_before += lines
        self._before += len(done)
        rest = self._part[self._at :]
        data = self._file.read(max(CHUNK, len(rest)))
        self._is_all = not data
        self._part, self._at = rest + self._decoder.decode(data, final=not data), 0
