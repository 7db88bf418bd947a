"""A trace: the latest samples of an accelerometer, drawn with characters as they arrive.

Each axis has a strip of its own, so that no colour is needed to tell them apart::

    x  2 g            ⣀⠤⠔⠒⠉⠉⠉⠒⠢⢄
      -2 g ⠤⠤⠤⠤⠤⠔⠒⠉               ⠉⠒⠢⠤⠤⠤
    ...
           |-1 s                     now

A terminal without Unicode gets the letters x, y and z instead of dots.
"""

from __future__ import annotations

from collections import deque

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

RANGE_G = 2  # the strips show -2 g to 2 g, the sensor's default range
AXES = {"x": "red", "y": "green", "z": "cyan"}  # the letter names the axis, the colour helps
GUTTER = 7  # columns before a strip: "x  2 g "
PER_COLUMN = 2  # samples in one character, side by side in braille
DOTS = 4  # of a braille character, one below the other
_EMPTY = 0x2800  # the braille character without dots
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # [left or right][from the top]
_FEWEST_ROWS, _FEWEST_COLUMNS = 4, GUTTER + 8

Sample = tuple[int, int, int]


class Trace:
    """The last samples, as a picture of ``width`` columns and at most ``height`` lines.

    A strip of ``(height - 1) // 3`` lines for each axis, and one line with the seconds. Samples
    come in from the right, ``rate_hz`` a second. full_scale: the counts for 2 g.
    """

    def __init__(self, width: int, height: int, full_scale: int, rate_hz: float = 50) -> None:
        self._full_scale = full_scale
        self._rate_hz = rate_hz
        self._samples: deque[Sample | None] = deque()
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """Draw with another size from now on; the samples that fit are kept."""
        self._columns = max(width, _FEWEST_COLUMNS) - GUTTER
        self._rows = (max(height, _FEWEST_ROWS) - 1) // len(AXES)
        self._samples = deque(self._samples, maxlen=self._columns * PER_COLUMN)

    def add(self, x: int, y: int, z: int) -> None:
        """The next sample, in counts."""
        self._samples.append((x, y, z))

    def skip(self, count: int = 1) -> None:
        """Draw a gap for ``count`` missing samples."""
        self._samples.extend([None] * min(count, self._columns * PER_COLUMN))

    def render(self) -> TraceView:
        """The current samples, as a picture for rich to print."""
        return TraceView(
            list(self._samples), self._columns, self._rows, self._rate_hz, self._full_scale
        )


class TraceView:
    """A picture of samples. Braille where the terminal has Unicode, else letters."""

    def __init__(
        self,
        samples: list[Sample | None],
        columns: int,
        rows: int,
        rate_hz: float,
        full_scale: int,
    ) -> None:
        self._full_scale = full_scale
        self._samples = samples
        self._columns = columns
        self._rows = rows
        self._rate_hz = rate_hz

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        plain = options.ascii_only or options.legacy_windows
        for i, (axis, colour) in enumerate(AXES.items()):
            values = [None if sample is None else sample[i] for sample in self._samples]
            lines = self._in_letters(values, axis) if plain else self._in_braille(values)
            for row, line in enumerate(lines):
                text = Text(self._scale(axis, row), no_wrap=True, overflow="crop")
                yield text.append(line, style=colour)
        yield Text(" " * GUTTER + self._seconds(), no_wrap=True, overflow="crop")

    def _scale(self, axis: str, row: int) -> str:
        """The text to the left of a line of a strip."""
        name = axis if row == 0 else " "
        if self._rows == 1:
            return f"{name}+-{RANGE_G} g "
        if row == 0:
            return f"{name}{RANGE_G:3} g "
        if row == self._rows - 1:
            return f"{name}{-RANGE_G:3} g "
        if 2 * row == self._rows - 1:
            return f"{name}  0 g "
        return " " * GUTTER

    def _in_braille(self, values: list[int | None]) -> list[str]:
        cells = [[_EMPTY] * self._columns for _ in range(self._rows)]
        for position, dots in self._strokes(values, self._rows * DOTS):
            column, side = divmod(position, PER_COLUMN)
            for dot in dots:
                row, bit = divmod(dot, DOTS)
                cells[row][column] |= _BITS[side][bit]
        # Spaces: some fonts draw circles for the dots that are not set.
        return ["".join(map(chr, line)).replace(chr(_EMPTY), " ") for line in cells]

    def _in_letters(self, values: list[int | None], axis: str) -> list[str]:
        cells = [[" "] * self._columns for _ in range(self._rows)]
        for position, rows in self._strokes(values, self._rows):
            for row in rows:
                cells[row][position // PER_COLUMN] = axis
        return ["".join(line) for line in cells]

    def _strokes(self, values: list[int | None], levels: int) -> list[tuple[int, range]]:
        """For each sample its position from the left, and the levels from the previous one to it.

        Level 0 is at the top. The newest sample is at the right end.
        """
        strokes = []
        first = self._columns * PER_COLUMN - len(values)
        before: int | None = None
        for position, value in enumerate(values, start=first):
            level = None if value is None else _level(value, levels, self._full_scale)
            if level is not None:
                strokes.append((position, _stroke(before, level)))
            before = level
        return strokes

    def _seconds(self) -> str:
        """The line below: a mark for each whole second."""
        line = [" "] * self._columns
        per_second = self._rate_hz / PER_COLUMN  # columns
        end = self._columns - len("now") - 1
        second = 1
        while (column := round(self._columns - second * per_second)) >= 0:
            mark = f"|-{second} s"
            if column + len(mark) <= end:
                line[column : column + len(mark)] = mark
                end = column - 1
            second += 1
        return "".join(line[: -len("now")]) + "now"


def _level(counts: int, levels: int, full_scale: int) -> int:
    """The level of a value, from 0 at the top to ``levels - 1``."""
    return min(max((full_scale - counts) * levels // (2 * full_scale), 0), levels - 1)


def _stroke(before: int | None, level: int) -> range:
    """The levels to fill: from next to the previous one to this one, so that lines join."""
    if before is None or before == level:
        return range(level, level + 1)
    return range(before + 1, level + 1) if before < level else range(level, before)
