"""A trace: the last samples of an accelerometer, drawn with characters while they come.

Each axis has a strip of its own, so that the three are told apart without colour::

    x  2 g            ⣀⠤⠔⠒⠉⠉⠉⠒⠢⢄
      -2 g ⠤⠤⠤⠤⠤⠔⠒⠉               ⠉⠒⠢⠤⠤⠤
    ...
           |-1 s                     now

A terminal without Unicode gets the letters x, y and z in place of the dots.
"""

from __future__ import annotations

from collections import deque

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

RANGE_G = 2  # the strips show -2 g to 2 g, all that the sensor measures by itself
AXES = {"x": "red", "y": "green", "z": "cyan"}  # the letter tells, the colour helps
GUTTER = 7  # columns before a strip: "x  2 g "
PER_COLUMN = 2  # samples in one character, beside each other in braille
DOTS = 4  # of a braille character, one below the other
_EMPTY = 0x2800  # the braille character without dots
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # [left or right][from the top]
_FEWEST_ROWS, _FEWEST_COLUMNS = 4, GUTTER + 8

Sample = tuple[int, int, int]


class Trace:
    """The last samples, as a picture of ``width`` columns and at most ``height`` lines.

    A strip of ``(height - 1) // 3`` lines for each axis, and one line with the seconds. Samples
    come in from the right, ``rate_hz`` a second. full_scale: the counts that are 2 g.
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
        """So many samples are missing: a gap is drawn."""
        self._samples.extend([None] * min(count, self._columns * PER_COLUMN))

    def render(self) -> TraceView:
        """What rich prints: the samples of this moment."""
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
        """What stands before a line of a strip."""
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
        for place, dots in self._strokes(values, self._rows * DOTS):
            column, side = divmod(place, PER_COLUMN)
            for dot in dots:
                row, part = divmod(dot, DOTS)
                cells[row][column] |= _BITS[side][part]
        # A space: some fonts draw circles for the dots that are not set.
        return ["".join(map(chr, line)).replace(chr(_EMPTY), " ") for line in cells]

    def _in_letters(self, values: list[int | None], axis: str) -> list[str]:
        cells = [[" "] * self._columns for _ in range(self._rows)]
        for place, rows in self._strokes(values, self._rows):
            for row in rows:
                cells[row][place // PER_COLUMN] = axis
        return ["".join(line) for line in cells]

    def _strokes(self, values: list[int | None], levels: int) -> list[tuple[int, range]]:
        """For each sample its place from the left, and the levels from the last one to it.

        Level 0 is at the top. The newest sample is at the right end.
        """
        strokes = []
        first = self._columns * PER_COLUMN - len(values)
        before: int | None = None
        for place, value in enumerate(values, start=first):
            level = None if value is None else _level(value, levels, self._full_scale)
            if level is not None:
                strokes.append((place, _stroke(before, level)))
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
    """Which of so many levels a value is drawn in; 0 is the top one."""
    return min(max((full_scale - counts) * levels // (2 * full_scale), 0), levels - 1)


def _stroke(before: int | None, level: int) -> range:
    """The levels that are drawn: from beside the last one to this one, so that lines join."""
    if before is None or before == level:
        return range(level, level + 1)
    return range(before + 1, level + 1) if before < level else range(level, before)
