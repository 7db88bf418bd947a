"""What a terminal shows after a program has written to it: enough of one for this kit's screens.

It knows the sequences that the kit and rich write: moving the cursor, erasing, the scrolling region
and colours. Every character is one column wide.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Cell = tuple[str, str]
"""A character, and the numbers of its colours: "1;32", or "" for none."""
_BLANK: Cell = (" ", "")
_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b([78])|\x1b.|([\s\S])")


class TerminalScreen:
    """A terminal. ``gone`` are the lines that have scrolled off its top."""

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self.columns, self.lines = columns, lines
        self.cells = [[_BLANK] * columns for _ in range(lines)]
        self.gone: list[str] = []
        self._line = self._column = 0
        self._top, self._bottom = 0, lines - 1
        self._kept = (0, 0)
        self._colours = ""

    @property
    def text(self) -> list[str]:
        """The lines of the screen, without spaces at their ends."""
        return [_text(row) for row in self.cells]

    def colours(self) -> list[list[tuple[str, str]]]:
        """The lines as pieces of one colour: (text, numbers of the colours)."""
        return [_pieces(row) for row in self.cells]

    def write(self, text: str) -> None:
        """Show what a program writes. A sequence may not be cut in two."""
        for found in _TOKEN.finditer(text):
            numbers, letter, kept, character = found.groups()
            if letter:
                self._sequence(letter, numbers)
            elif kept == "7":
                self._kept = (self._line, self._column)
            elif kept == "8":
                self._line, self._column = self._kept
            elif character:
                self._character(character)

    def _character(self, character: str) -> None:
        if character == "\n":
            self._down()
        elif character == "\r":
            self._column = 0
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character >= " ":
            if self._column == self.columns:
                self._column = 0
                self._down()
            self.cells[self._line][self._column] = (character, self._colours)
            self._column += 1

    def _down(self) -> None:
        if self._line != self._bottom:
            self._line = min(self._line + 1, self.lines - 1)
            return
        row = self.cells.pop(self._top)
        if self._top == 0:
            self.gone.append(_text(row))
        self.cells.insert(self._bottom, [_BLANK] * self.columns)

    def _sequence(self, letter: str, text: str) -> None:
        numbers = [int(one) if one.isdigit() else 0 for one in text.split(";")]
        move: dict[str, Callable[[], None]] = {
            "A": lambda: self._go(self._line - max(numbers[0], 1), self._column),
            "B": lambda: self._go(self._line + max(numbers[0], 1), self._column),
            "C": lambda: self._go(self._line, self._column + max(numbers[0], 1)),
            "D": lambda: self._go(self._line, self._column - max(numbers[0], 1)),
            "H": lambda: self._go(numbers[0] - 1, numbers[1] - 1 if len(numbers) > 1 else 0),
            "J": lambda: self._erase_screen(numbers[0]),
            "K": lambda: self._erase_line(numbers[0]),
            "m": lambda: self._colour(text),
            "r": lambda: self._region(numbers),
        }
        if letter in move:
            move[letter]()

    def _go(self, line: int, column: int) -> None:
        self._line = min(max(line, 0), self.lines - 1)
        self._column = min(max(column, 0), self.columns - 1)

    def _region(self, numbers: list[int]) -> None:
        self._top = max(numbers[0] - 1, 0)
        self._bottom = numbers[1] - 1 if len(numbers) > 1 else self.lines - 1
        self._go(0, 0)

    def _colour(self, text: str) -> None:
        self._colours = "" if text in ("", "0", "39") else text

    def _erase_line(self, which: int) -> None:
        begin = self._column if which == 0 else 0
        end = min(self._column + 1, self.columns) if which == 1 else self.columns
        self.cells[self._line][begin:end] = [_BLANK] * (end - begin)

    def _erase_screen(self, which: int) -> None:
        begin, end = (self._line + 1, self.lines) if which == 0 else (0, self._line)
        if which >= 2:
            begin, end = 0, self.lines
        else:
            self._erase_line(which)
        for line in range(begin, end):
            self.cells[line] = [_BLANK] * self.columns


def _text(row: list[Cell]) -> str:
    return "".join(character for character, _ in row).rstrip()


def _pieces(row: list[Cell]) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    for character, colours in row:
        if pieces and pieces[-1][1] == colours:
            pieces[-1] = (pieces[-1][0] + character, colours)
        else:
            pieces.append((character, colours))
    return pieces
