"""Frames: the lines by which a board sends samples and events while it runs.

A frame is one line of text, so it can be mixed with other output of a program::

    \\x02 letter number number ... checksum \\n         "\\x02s 17 -4 12 -1020 3312\\n"

The letter is the type of frame; the numbers are integers, separated by one space. The checksum
starts as the letter's code, and for each number becomes (31 * checksum + number) mod 8191: it
reveals a lost, doubled or garbled byte. Samples carry a sequence number, modulo :data:`NUMBERS`,
which reveals lost samples. The boards' side is in ``firmware/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

START = b"\x02"
NUMBERS = 10_000  # samples are numbered 0 to 9999
_FACTOR, _MODULUS = 31, 8191
_LONGEST = 200  # bytes: a longer line is not a frame
_LONGEST_NUMBER = 11  # characters: a board's numbers have 32 bits


class Frame(NamedTuple):
    """A line from a board: its letter and its numbers, without the checksum."""

    letter: str
    numbers: tuple[int, ...]


def checksum(letter: str, numbers: Sequence[int]) -> int:
    """The last number of a frame, computed from all before it."""
    total = ord(letter)
    for number in numbers:
        total = (_FACTOR * total + number) % _MODULUS
    return total


def format_frame(frame: Frame) -> bytes:
    """The line, as a board sends it."""
    letter, numbers = frame
    return START + " ".join(map(str, [letter, *numbers, checksum(*frame)])).encode() + b"\r\n"


class FrameReader:
    """Parses the frames in the bytes that a board sends.

    ``damaged`` counts lines that began as a frame but are not valid; ``text`` keeps the last lines
    that are no frames: what a program printed, or why it stopped.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self.text: list[str] = []
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that end in ``data``, in order."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            before, start, rest = line.rpartition(START)
            if before.strip() or not start:
                self._keep(before if start else line)
            if start:
                frame = parse_frame(rest)
                if frame is None:
                    self.damaged += 1
                else:
                    yield frame

    def _keep(self, line: bytes) -> None:
        if START in line:
            self.damaged += 1
        elif text := line[:_LONGEST].decode("utf-8", "replace").strip():
            self.text = [*self.text[-19:], text]


def parse_frame(line: bytes) -> Frame | None:
    """Parse a line without its first byte and its line break; None when it is damaged."""
    words = line.rstrip(b"\r").split(b" ")
    letter = words[0].decode("latin-1")
    try:
        numbers = tuple(_whole(word) for word in words[1:])
    except ValueError:
        return None
    if len(letter) != 1 or not numbers or numbers[-1] != checksum(letter, numbers[:-1]):
        return None
    return Frame(letter, numbers[:-1])


def _whole(word: bytes) -> int:
    """A strict int(), which takes no spaces, plus signs, underscores or other scripts' digits."""
    if len(word) > _LONGEST_NUMBER or not word.removeprefix(b"-").isdigit():
        raise ValueError(word)
    return int(word)


def lost_between(before: int, after: int) -> int:
    """The number of samples lost between two sequence numbers; -1 when they are equal."""
    return (after - before) % NUMBERS - 1
