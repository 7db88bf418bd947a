"""The one door for what a board sends: each question declares what may be answered.

A board may run any program, its line may be disturbed, and whoever wrote its files may be joking.
So a :class:`Question` says as data what its answer is made of, how long, how large and how many::

    Question("the names of its files", Many(Text(120), 255))

From that follows how many bytes it may have at most, which is how far the line is read. The text is
parsed along the declared shape, never evaluated: what is not declared cannot be said. An answer
that does not fit raises :class:`AnswerError`, a sentence that names the board, what it was asked
and what it sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from microbit_ml.errors import BoardError

SHOWN = 60  # characters of an answer that are shown
NAME_BYTES = 120  # of a file's name: MicroPython's file system allows no more
MOST_FILES = 255  # its pages have numbers of one byte
INT16 = 2**15
INT32 = 2**31

DISTURBED = (
    "Close other programs that use its serial port, or change the cable, press the board's reset "
    "button, then try again."
)
"""What to do when the line may be disturbed: the answer came without a checksum."""
NOT_OURS = (
    "It arrived as it was sent, so the board does not run this kit as it is. Put the model on it "
    "again."
)
"""What to do when the kit's program answers wrongly although the checksum is right."""
NOT_PYTHON = (
    "It arrived as it was sent, so the board's MicroPython is damaged, or one that the kit does "
    "not know. Its files stay as they are. Press its reset button, then try again."
)
"""What to do when MicroPython answers wrongly although the checksum is right."""

_DIGITS = re.compile(r"-?[0-9]{1,25}(?![0-9])")
_QUOTED = re.compile(r"""(b?)(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")""")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_COMMA = re.compile(r"\s*,\s*")


class AnswerError(BoardError):
    """A board's answer does not fit the question. checked: although its checksum was right."""

    def __init__(self, message: str, *, checked: bool = False) -> None:
        self.checked = checked
        super().__init__(message)


class MisfitError(ValueError):
    """Why an answer does not fit, as the end of a sentence."""


class Shape(Protocol):
    """What an answer, or a part of one, may be."""

    @property
    def longest(self) -> int:
        """The most characters with which a board may write it."""

    def read(self, text: str, at: int) -> tuple[Any, int]:
        """The value that begins at an index, and the index after it. Raises MisfitError."""


@dataclass(frozen=True)
class Number:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    @property
    def longest(self) -> int:
        """The most digits, and the sign."""
        return max(len(str(self.low)), len(str(self.high)))

    def read(self, text: str, at: int) -> tuple[int, int]:
        """A number in decimal digits, and nothing else."""
        found = _DIGITS.match(text, at)
        if not found:
            raise MisfitError(f"{_shown_from(text, at)} is not {self}")
        number = int(found[0])
        if not self.fits(number):
            raise MisfitError(f"{found[0]} is not {self}")
        return number, found.end()

    def fits(self, number: int) -> bool:
        """Whether a number is in the range."""
        return self.low <= number <= self.high

    def __str__(self) -> str:
        return f"a number from {self.low} to {self.high}"


@dataclass(frozen=True)
class Text:
    """A text of ``least`` to ``most`` bytes in UTF-8."""

    most: int
    least: int = 1

    @property
    def longest(self) -> int:
        r"""All bytes written as ``\xNN``, and the quotation marks."""
        return 4 * self.most + 3

    def read(self, text: str, at: int) -> tuple[str, int]:
        """A quoted text."""
        value, end = _quoted(text, at, "")
        try:
            size = len(value.encode("utf-8"))
        except UnicodeEncodeError:
            raise MisfitError(f"{value!r} holds half a character") from None
        if not self.least <= size <= self.most:
            raise MisfitError(f"a text of {size} bytes came instead of {self.least}-{self.most}")
        return value, end


@dataclass(frozen=True)
class Bytes:
    """At most ``most`` bytes."""

    most: int

    @property
    def longest(self) -> int:
        r"""All written as ``\xNN``, with ``b`` and the quotation marks."""
        return 4 * self.most + 3

    def read(self, text: str, at: int) -> tuple[bytes, int]:
        """Quoted bytes."""
        value, end = _quoted(text, at, "b")
        if len(value) > self.most:
            raise MisfitError(f"{len(value)} bytes came instead of {self.most} at most")
        try:
            return value.encode("latin-1"), end
        except UnicodeEncodeError:
            raise MisfitError(f"{_shown_from(text, at)} are not bytes") from None


@dataclass(frozen=True)
class Many:
    """A list of ``least`` to ``most`` entries of one shape."""

    entry: Shape
    most: int
    least: int = 0

    @property
    def longest(self) -> int:
        """All entries, with their commas."""
        return 2 + self.most * (self.entry.longest + 2)

    def read(self, text: str, at: int) -> tuple[list, int]:
        """Entries in square brackets."""
        entries: list = []
        at = _opened(text, at, "[", "a list")
        while not text.startswith("]", at):
            if entries:
                at = _after_comma(text, at)
            if len(entries) == self.most:
                raise MisfitError(f"more than {self.most} entries came")
            one, at = self.entry.read(text, at)
            entries.append(one)
        if len(entries) < self.least:
            raise MisfitError(f"{len(entries)} entries came instead of {self.least} or more")
        return entries, at + 1


@dataclass(frozen=True)
class Row:
    """A tuple of so many entries, each of its own shape."""

    entries: tuple[Shape, ...]

    @property
    def longest(self) -> int:
        """All entries, with their commas."""
        return 3 + sum(one.longest + 2 for one in self.entries)

    def read(self, text: str, at: int) -> tuple[tuple, int]:
        """Entries in round brackets."""
        at = _opened(text, at, "(", "a tuple")
        values = []
        for i, entry in enumerate(self.entries):
            at = _after_comma(text, at) if i else at
            one, at = entry.read(text, at)
            values.append(one)
        return tuple(values), _opened(text, at, ")", f"the end of {len(self.entries)} entries")


@dataclass(frozen=True)
class Map:
    """A dict of at most ``most`` entries."""

    key: Shape
    value: Shape
    most: int

    @property
    def longest(self) -> int:
        """All entries, with their signs."""
        return 2 + self.most * (self.key.longest + self.value.longest + 4)

    def read(self, text: str, at: int) -> tuple[dict, int]:
        """Entries in curly brackets."""
        entries: dict = {}
        at = _opened(text, at, "{", "a dict")
        while not text.startswith("}", at):
            if entries:
                at = _after_comma(text, at)
            if len(entries) == self.most:
                raise MisfitError(f"more than {self.most} entries came")
            key, at = self.key.read(text, at)
            at = _opened(text, at, ":", "a colon")
            while text.startswith(" ", at):
                at += 1
            entries[key], at = self.value.read(text, at)
        return entries, at + 1


@dataclass(frozen=True)
class Question:
    """What a board is asked for, as it fits after "asked for", and what it may answer."""

    what: str
    shape: Shape

    @property
    def most_bytes(self) -> int:
        """How much of an answer is read at most."""
        return self.shape.longest + 32

    def read(self, text: str, board: str, *, checked: bool = False) -> Any:
        """The value of an answer. checked: it came with a right checksum. Raises AnswerError."""
        plain = text.strip()
        try:
            value, end = self.shape.read(plain, 0)
            if end != len(plain):
                raise MisfitError(f"{_shown_from(plain, end)} follows")
        except MisfitError as why:
            raise AnswerError(
                f"{board} gave an answer that does not fit the question. Asked for {self.what}, "
                f"it sent {shown(plain)}, but {why}. {NOT_PYTHON if checked else DISTURBED}",
                checked=checked,
            ) from None
        return value


def all_fit(shapes: Sequence[Number], numbers: Sequence[int]) -> bool:
    """Whether there are as many numbers as declared, each in its range."""
    return len(shapes) == len(numbers) and all(
        one.fits(number) for one, number in zip(shapes, numbers, strict=True)
    )


def shown(raw: bytes | str) -> str:
    """What a board sent made readable: quoted, unprintable signs escaped, and cut."""
    text = raw if isinstance(raw, str) else raw[: 4 * SHOWN].decode("utf-8", "replace")
    return repr(text[:SHOWN]) + (" ..." if len(text) > SHOWN else "")


def _shown_from(text: str, at: int) -> str:
    return shown(text[at : at + 20]) if text[at : at + 1] else "its end"


def _opened(text: str, at: int, sign: str, what: str) -> int:
    if not text.startswith(sign, at):
        raise MisfitError(f"{_shown_from(text, at)} is not {what}")
    return at + 1


def _after_comma(text: str, at: int) -> int:
    found = _COMMA.match(text, at)
    if not found:
        raise MisfitError(f"{_shown_from(text, at)} is not a comma")
    return found.end()


def _quoted(text: str, at: int, prefix: str) -> tuple[str, int]:
    """The content of a literal with its escapes resolved, and the index after it."""
    found = _QUOTED.match(text, at)
    if not found or found[1] != prefix:
        raise MisfitError(f"{_shown_from(text, at)} is not {'bytes' if prefix else 'a text'}")
    return _ESCAPE.sub(_resolved, found[2] if found[2] is not None else found[3]), found.end()


def _resolved(found: re.Match[str]) -> str:
    code = found[1]
    if code in _SIMPLE:
        return _SIMPLE[code]
    if len(code) > 1 and (number := int(code[1:], 16)) < 0x110000:
        return chr(number)
    raise MisfitError(f"\\{code} is not a character")
