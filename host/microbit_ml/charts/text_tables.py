"""Horizontal bars and grids of numbers, in characters."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len, set_cell_size

from microbit_ml.charts.chart import Chart, Grid, Series
from microbit_ml.charts.looks import looks_of
from microbit_ml.charts.ticks import numbers_text

FILLS = {True: "█▒░▓▞▚", False: "#=-*o."}
SHADES = {True: " ░▒▓█", False: " .:*#"}  # from none of the row's sum to all of it
LONGEST_NAME = 24  # characters of a row's or column's name
KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def bars_text(chart: Chart, width: int, unicode: bool) -> list[str]:
    """A line for each bar: its text, the bar, its number. Bars below 0 go to the left."""
    fills = [FILLS[unicode][look.number % 6] for look in looks_of(chart.series)]
    positions = sorted({float(x) for one in chart.series for x in one.x})
    plain = numbers_text(positions)
    names = {x: chart.x_ticks.get(x, text) for x, text in zip(positions, plain, strict=True)}
    left = min(max(map(cell_len, names.values())), LONGEST_NAME, width // 3)
    notes = [_notes(one.y, one.labels, width // 4) for one in chart.series]
    right = max(cell_len(note) for some in notes for note in some)
    room = max(width - left - right - 4, 8)
    low, high = chart.y_range or _value_range(chart.series)
    lines = textwrap.wrap(f"{chart.x_label}: {chart.y_label}", width)
    for x in positions:
        name = names[x]
        for one, fill, some in zip(chart.series, fills, notes, strict=True):
            for position, y, note in zip(one.x, one.y, some, strict=True):
                if float(position) == x:
                    bar = _bar(float(y), low, high, room, fill)
                    lines.append(f"{sized(name, left)} {bar} {note}")
                    name = ""
    named = [
        (fill * 2, one.name) for fill, one in zip(fills, chart.series, strict=True) if one.name
    ]
    return lines + (legend_text(named, width) if len(named) > 1 else [])


def _value_range(series: Sequence[Series]) -> tuple[float, float]:
    """From the lowest to the highest number, with 0 included."""
    values = np.concatenate([np.asarray(one.y, dtype=float) for one in series])
    values = np.append(values[np.isfinite(values)], 0.0)
    return float(values.min()), float(values.max())


def _bar(value: float, low: float, high: float, room: int, fill: str) -> str:
    """A bar from 0, marked with |, in ``room`` characters from low to high; empty for NaN."""
    per_cell = (high - low) / room or 1.0
    zero = min(round(max(0.0 - low, 0.0) / per_cell), room)
    end = min(max(round((value - low) / per_cell), 0), room) if np.isfinite(value) else zero
    below, above = fill * max(zero - end, 0), fill * max(end - zero, 0)
    return f"{below.rjust(zero)}|{above.ljust(room - zero)}"


def grid_text(grid: Grid, width: int, unicode: bool) -> list[str]:
    """A table of the numbers; columns get letters if their names are too wide.

    With shades "fraction", a cell is marked by its fraction of the row's sum, so large ones stand
    out.
    """
    values = np.asarray(grid.values, dtype=float)
    texts = grid.texts
    if grid.shades == "fraction":
        texts = [
            [f"{text}{_shade(value, row, unicode)}" for text, value in zip(cells, row, strict=True)]
            for cells, row in zip(texts, values, strict=True)
        ]
    cell = max(len(text) for row in texts for text in row)
    rows = [str(name) for name in grid.rows]
    columns = [str(name) for name in grid.columns]
    left = min(max(map(cell_len, rows)), LONGEST_NAME, width // 3)
    widest = max(cell, *map(cell_len, columns))
    key: list[str] = []
    if left + len(columns) * (widest + 2) > width:
        letters = [_letters(i) for i in range(len(columns))]
        if rows == columns:
            left = min(left, LONGEST_NAME - 3, width // 3 - 3)
            rows = [f"{letter:>2} {name}" for letter, name in zip(letters, rows, strict=True)]
            left += 3
        else:
            key = legend_text(list(zip(letters, columns, strict=True)), width)
        columns, widest = letters, max(cell, *map(len, letters))
    per_block = max((width - left) // (widest + 2), 1)
    lines = textwrap.wrap(f"Rows: {grid.y_label}. Columns: {grid.x_label}.", width)
    for first in range(0, len(columns), per_block):
        block = slice(first, first + per_block)
        lines.append(" " * left + "".join(f"  {_right(name, widest)}" for name in columns[block]))
        for name, row in zip(rows, texts, strict=True):
            cells = "".join(f"  {text:>{widest}}" for text in row[block])
            lines.append(sized(name, left) + cells)
    return lines + key


def legend_text(entries: Sequence[tuple[str, str]], width: int) -> list[str]:
    """The lines of a legend; a mark always stays on the same line as its name."""
    lines = [""]
    for mark, name in entries:
        entry = f"{mark} {name}"
        if lines[-1] and cell_len(lines[-1]) + 3 + cell_len(entry) > width:
            lines.append("")
        lines[-1] += f"   {entry}" if lines[-1] else sized(entry, min(cell_len(entry), width))
    return lines


def _shade(value: float, row: np.ndarray, unicode: bool) -> str:
    total = float(np.abs(row).sum())
    fraction = abs(value) / total if total else 0.0
    return SHADES[unicode][int(np.ceil(fraction * 4))]


def _notes(values: Sequence[float] | np.ndarray, labels: Sequence[str], longest: int) -> list[str]:
    """The text at the end of each bar: its label, or its number."""
    numbers = [f"{float(value):.4g}" if np.isfinite(value) else "-" for value in values]
    return [shortest(text, longest) for text in labels or numbers]


def _letters(number: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    text = ""
    while number >= 0:
        text = KEYS[number % 26] + text
        number = number // 26 - 1
    return text


def shortest(text: str, width: int) -> str:
    """The text, cut off after ``width`` cells."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "~"


def sized(text: str, width: int) -> str:
    """The text in exactly ``width`` cells."""
    return set_cell_size(shortest(text, width), width)


def _right(text: str, width: int) -> str:
    return " " * max(width - cell_len(text), 0) + text
