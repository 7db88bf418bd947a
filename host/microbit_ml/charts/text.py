"""Pictures in characters, for a terminal: without colour, and in plain ASCII if need be.

A canvas has one character per cell. Every series has a mark of its own, so nothing depends on
colour; where two meet, the later one is visible.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from rich.cells import cell_len, set_cell_size

from microbit_ml.charts.chart import Chart, Contour, Grid, Outline, Picture, Series
from microbit_ml.charts.looks import looks_of
from microbit_ml.charts.outline import outline_text
from microbit_ml.charts.text_tables import bars_text, grid_text, legend_text, shortest
from microbit_ml.charts.ticks import numbers_text, ticks_between

LEAST_WIDTH, LEAST_HEIGHT = 30, 4


@dataclass(frozen=True)
class Signs:
    """The characters that a picture is made of.

    shades: of a map of heights, from the lowest; map_marks: the marks on it, none of them a shade.
    """

    marks: str
    faint: str
    upright: str
    level: str
    corner: str
    tick: str
    tick_below: str
    shades: str
    map_marks: str


_DOTS = "●○■□▲△◆◇✚✕"
UNICODE = Signs(_DOTS, "·", "│", "─", "└", "┤", "┴", shades=" ░▒▓█", map_marks=_DOTS)
ASCII = Signs("ox#+*@%&$=", ".", "|", "-", "+", "+", "+", shades=" :-=+*%@", map_marks="oxABCDEFGH")


def to_text(picture: Picture, width: int = 76, height: int = 18, unicode: bool = True) -> str:
    """The picture in lines of at most ``width`` characters, without a line end at the end.

    height: lines of the drawing itself, without title, axis labels and legend; bars and the rows of
    a grid take one line each. unicode: False for a terminal that only shows ASCII; the picture's
    own texts stay as they are.
    """
    width, height = max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT)
    signs = UNICODE if unicode else ASCII
    title = textwrap.wrap(picture.title, width) or [""]
    if isinstance(picture, Grid):
        lines = grid_text(picture, width, unicode)
    elif isinstance(picture, Outline):
        lines = outline_text(picture, width, unicode)
    elif isinstance(picture, Contour):
        lines = _contour_text(picture, width, height, signs)
    elif _is_list_of_bars(picture, height):
        lines = bars_text(picture, width, unicode)
    else:
        lines = _chart_text(picture, width, height, signs)
    return "\n".join(line.rstrip() for line in [*title, *lines])


def _is_list_of_bars(chart: Chart, height: int) -> bool:
    """Whether to draw horizontal bars, each with its text, instead of vertical ones on an axis."""
    if not chart.series or any(one.style != "bars" for one in chart.series):
        return False
    positions = {float(x) for one in chart.series for x in one.x}
    return bool(positions) and (bool(chart.x_ticks) or len(positions) * len(chart.series) <= height)


class _Canvas:
    """Characters over two axes: columns from x_low to x_high, rows from y_high down to y_low."""

    def __init__(
        self, width: int, height: int, x_range: tuple[float, float], y_range: tuple[float, float]
    ) -> None:
        self.cells = [[" "] * width for _ in range(height)]
        self.width, self.height = width, height
        self.x_range, self.y_range = x_range, y_range

    def column(self, x: float) -> int:
        """The column of a number on the x axis; outside the axis, beyond the columns."""
        low, high = self.x_range
        return round((x - low) / (high - low) * (self.width - 1))

    def row(self, y: float) -> int:
        """The row of a number on the y axis; 0 is the top one."""
        low, high = self.y_range
        return round((high - y) / (high - low) * (self.height - 1))

    def put(self, column: int, row: int, mark: str) -> None:
        """Write a mark, unless it is outside."""
        if 0 <= column < self.width and 0 <= row < self.height:
            self.cells[row][column] = mark

    def line(self, x: np.ndarray, y: np.ndarray, mark: str) -> None:
        """Write marks from point to point, without gaps; a NaN breaks the line."""
        ends = np.column_stack([x, y])
        for start, end in pairwise(ends):
            if not np.isfinite([start, end]).all():
                continue
            columns = abs(self.column(end[0]) - self.column(start[0]))
            rows = abs(self.row(end[1]) - self.row(start[1]))
            for fraction in np.linspace(0, 1, min(max(columns, rows, 1), 500) + 1):
                px, py = start + fraction * (end - start)
                self.put(self.column(px), self.row(py), mark)


def _chart_text(chart: Chart, width: int, height: int, signs: Signs) -> list[str]:
    x_range = chart.x_range or _range_of([one.x for one in chart.series])
    y_range = chart.y_range or _range_of(
        [one.y for one in chart.series], with_zero=any(one.style == "bars" for one in chart.series)
    )
    frame = _Frame(width, height, x_range, y_range, signs, chart.x_ticks)
    looks = looks_of(chart.series)
    marks = [signs.marks[look.number % len(signs.marks)] for look in looks]
    order = sorted(range(len(marks)), key=lambda i: (not chart.series[i].faint, i))
    for i in order:
        _draw(frame.canvas, chart.series[i], signs.faint if chart.series[i].faint else marks[i])
    for one in chart.series:
        _write_labels(frame.canvas, one)
    faint = signs.faint if any(one.faint for one in chart.series) else ""
    return [
        *_wrapped(chart.y_label, width),
        *frame.lines(),
        *frame.centred(chart.x_label),
        *_legend(
            [one for one in chart.series if not one.faint], marks_of(chart.series, signs), width
        ),
        *([f"{faint} the others"] if faint else []),
    ]


def marks_of(series: Sequence[Series], signs: Signs) -> dict[str, str]:
    """Name -> the mark of the series of that name."""
    looks = looks_of(series)
    return {
        one.name: signs.marks[look.number % len(signs.marks)]
        for one, look in zip(series, looks, strict=True)
    }


def _draw(canvas: _Canvas, one: Series, mark: str) -> None:
    x, y = np.asarray(one.x, dtype=float), np.asarray(one.y, dtype=float)
    if one.style == "steps" and len(x):
        x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    if one.style in ("line", "steps") and len(x) > 1:
        canvas.line(x, y, mark)
        return
    for px, py in zip(x, y, strict=True):
        if not (np.isfinite(px) and np.isfinite(py)):
            continue
        if one.style == "bars":
            ends = sorted((canvas.row(0.0), canvas.row(py)))
            for row in range(ends[0], ends[1] + 1):
                canvas.put(canvas.column(px), row, mark)
        canvas.put(canvas.column(px), canvas.row(py), mark)


def _write_labels(canvas: _Canvas, one: Series) -> None:
    """Texts beside points: to the right, else to the left, where the cells are empty."""
    for px, py, text in zip(one.x, one.y, one.labels or [""] * len(one.x), strict=True):
        letters = list(text) if cell_len(text) == len(text) else []
        if not letters or not (np.isfinite(px) and np.isfinite(py)):
            continue
        row, column = canvas.row(float(py)), canvas.column(float(px))
        if not 0 <= row < canvas.height:
            continue
        for start in (column + 2, column - 1 - len(letters)):
            end = start + len(letters)
            is_inside = start >= 0 and end <= canvas.width
            if is_inside and not "".join(canvas.cells[row][start:end]).strip():
                canvas.cells[row][start:end] = letters
                break


def _contour_text(contour: Contour, width: int, height: int, signs: Signs) -> list[str]:
    """Shades, empty for the lowest level and the darkest for the highest; over them the paths."""
    x, y = np.asarray(contour.x, dtype=float), np.asarray(contour.y, dtype=float)
    frame = _Frame(width, height, (x.min(), x.max()), (y.min(), y.max()), signs)
    canvas = frame.canvas
    marks = marks_of(contour.paths, replace(signs, marks=signs.map_marks))
    for one in contour.paths:
        canvas.line(np.asarray(one.x, dtype=float), np.asarray(one.y, dtype=float), signs.faint)
    for one in contour.paths:
        _draw(canvas, replace(one, style="points"), marks[one.name])
        _write_labels(canvas, one)
    across = np.abs(np.linspace(x.min(), x.max(), canvas.width)[:, None] - x).argmin(axis=1)
    down = np.abs(np.linspace(y.max(), y.min(), canvas.height)[:, None] - y).argmin(axis=1)
    levels, begins = _levels(np.asarray(contour.heights, dtype=float), len(signs.shades))
    for row, line in enumerate(levels[np.ix_(down, across)]):
        for column, level in enumerate(line):
            if canvas.cells[row][column] == " ":
                canvas.put(column, row, signs.shades[level])
    steps = [(f"[{signs.shades[i] * 2}]", f"{begin:.3g}") for i, begin in enumerate(begins)]
    return [
        *_wrapped(contour.y_label, width),
        *frame.lines(),
        *frame.centred(contour.x_label),
        *legend_text([(f"{contour.z_label}, from:", " ".join(steps[0])), *steps[1:]], width),
        *_legend(contour.paths, marks, width),
    ]


def _levels(heights: np.ndarray, n: int) -> tuple[np.ndarray, list[float]]:
    """The level of each height, int from 0 to n - 1, and the height at which each level begins.

    A level is wider the higher it is, by a square root: at the bottom of a valley they matter most.
    If all heights are equal, there is one level.
    """
    low, high = float(heights.min()), float(heights.max())
    if not high > low:
        return np.zeros(heights.shape, dtype=int), [low]
    relative = np.sqrt((heights - low) / (high - low))
    begins = [low + (high - low) * (level / n) ** 2 for level in range(n)]
    return np.minimum((relative * n).astype(int), n - 1), begins


class _Frame:
    """A canvas with its axes and their numbers around it."""

    def __init__(
        self,
        width: int,
        height: int,
        x_range: tuple[float, float],
        y_range: tuple[float, float],
        signs: Signs,
        x_ticks: dict[float, str] | None = None,
    ) -> None:
        y_ticks = ticks_between(*y_range, max(height // 4, 2))
        y_texts = numbers_text(y_ticks)
        self.left = max(map(len, y_texts))
        self.canvas = _Canvas(width - self.left - 2, height, x_range, y_range)
        self.signs, self.width = signs, width
        self.y_texts = {self.canvas.row(y): text for y, text in zip(y_ticks, y_texts, strict=True)}
        if x_ticks:
            self.x_texts = {float(x): text for x, text in x_ticks.items()}
        else:
            ticks = ticks_between(*x_range, max(self.canvas.width // 12, 2))
            self.x_texts = dict(zip(ticks, numbers_text(ticks), strict=True))

    def lines(self) -> list[str]:
        """The rows with the y axis, the x axis, and its numbers."""
        signs = self.signs
        rows = []
        for row, cells in enumerate(self.canvas.cells):
            text = self.y_texts.get(row, "")
            edge = signs.tick if text else signs.upright
            rows.append(f"{text:>{self.left}} {edge}{''.join(cells)}")
        axis, texts = self._x_axis()
        return [*rows, " " * (self.left + 1) + signs.corner + axis, *texts]

    def _x_axis(self) -> tuple[str, list[str]]:
        """The axis line with its ticks, and the texts below it where there is room."""
        axis = [self.signs.level] * self.canvas.width
        below, end = "", -2
        for x, full in sorted(self.x_texts.items()):
            text = shortest(full, self.width // 3)
            column = self.canvas.column(x)
            if not 0 <= column < self.canvas.width:
                continue
            start = min(
                max(self.left + 2 + column - cell_len(text) // 2, 0), self.width - cell_len(text)
            )
            axis[column] = self.signs.tick_below
            if start > end + 1:
                below = set_cell_size(below, start) + text
                end = cell_len(below) - 1
        return "".join(axis), [below]

    def centred(self, text: str) -> list[str]:
        """Lines with the text in the middle below the canvas."""
        lines = _wrapped(text, self.canvas.width)
        return [
            " " * (self.left + 2 + max(self.canvas.width - cell_len(line), 0) // 2) + line
            for line in lines
        ]


def _legend(series: Sequence[Series], marks: dict[str, str], width: int) -> list[str]:
    """The legend, if there are two names or more."""
    names = list(dict.fromkeys(one.name for one in series if one.name))
    if len(names) < 2:
        return []
    return legend_text([(marks[name], name) for name in names], width)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) if text else []


def _range_of(
    values: Sequence[np.ndarray | Sequence[float]], with_zero: bool = False
) -> tuple[float, float]:
    """From the lowest to the highest number; never empty."""
    numbers = np.concatenate([np.asarray(one, dtype=float) for one in values] or [np.zeros(0)])
    numbers = numbers[np.isfinite(numbers)]
    if with_zero:
        numbers = np.append(numbers, 0.0)
    low, high = (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)
