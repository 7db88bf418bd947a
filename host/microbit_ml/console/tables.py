"""Tables for a terminal: numbers are never cut; what is too wide goes on below, part by part.

A column of numbers is as wide as its numbers. Its head and columns of text may take several lines.
If the table is still wider than the terminal, it is printed in parts, one below the other: each
repeats the first columns, which name the rows, and says which columns it holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

WIDE_GAP, NARROW_GAP = 3, 2  # spaces between two columns: where there is room, and where not
LEAST_TEXT = 12  # characters that a column of text keeps, if it has so many


def column_widths(
    columns: Sequence[str], rows: Sequence[Sequence[str]], left: int, width: int
) -> tuple[list[list[tuple[int, int]]], int]:
    """The parts of a table, each a list of (number of a column, its width); and the gap.

    left: how many columns, from the left, are text; width: of the terminal. Every part begins with
    the columns of text. A part may be too wide only where a single column of numbers is. The gap is
    the number of spaces between two columns.
    """
    cells = [[row[i] for row in rows] for i in range(len(columns))]
    widest = [max(map(cell_len, [*own, head])) for own, head in zip(cells, columns, strict=True)]
    least = [
        min(widest[i], LEAST_TEXT) if i < left else _least(columns[i], cells[i])
        for i in range(len(columns))
    ]
    gap = WIDE_GAP if _total(widest, WIDE_GAP) <= width else NARROW_GAP
    names, numbers = list(range(left)), list(range(left, len(columns)))
    parts: list[list[int]] = [[]]
    for i in numbers:
        if parts[-1] and _total([least[k] for k in [*names, *parts[-1], i]], gap) > width:
            parts.append([])
        parts[-1].append(i)
    room = width + gap  # of columns with a gap behind each
    return [_fitted([*names, *part], least, widest, gap, room) for part in parts], gap


def _least(head: str, cells: Sequence[str]) -> int:
    """The width of a column of numbers whose head takes several lines."""
    return max(map(cell_len, [*cells, *(head.split() or [""])]))


def _total(widths: Sequence[int], gap: int) -> int:
    return sum(widths) + gap * (len(widths) - 1)


def _fitted(
    chosen: Sequence[int], least: Sequence[int], widest: Sequence[int], gap: int, room: int
) -> list[tuple[int, int]]:
    """The columns with their widths: the room that is left makes them wider, the last ones first.

    So the heads of numbers get it before long texts do.
    """
    room -= sum(least[i] + gap for i in chosen)
    widths = {}
    for i in reversed(chosen):
        more = max(min(widest[i] - least[i], room), 0)
        widths[i] = least[i] + more
        room -= more
    return [(i, widths[i]) for i in chosen]
