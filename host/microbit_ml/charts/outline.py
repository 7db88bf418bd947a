"""Outlines: how the lines of a tree are connected, in characters and on a matplotlib figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from microbit_ml.charts.chart import Outline, OutlineLine
from microbit_ml.charts.looks import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE_IN = 0.27  # height of a line on a figure
INDENT_IN = 0.3
CONNECTOR = "#999999"


def last_of(lines: Sequence[OutlineLine], i: int) -> int:
    """The last line directly below line i; i itself if there is none."""
    last = i
    for k in range(i + 1, len(lines)):
        if lines[k].depth <= lines[i].depth:
            break
        if lines[k].depth == lines[i].depth + 1:
            last = k
    return last


def outline_text(outline: Outline, width: int, unicode: bool) -> list[str]:
    """A line of characters for each line, shortened to ``width``."""
    upright, branch, corner = ("│  ", "├─ ", "└─ ") if unicode else ("|  ", "+- ", "`- ")
    texts: list[str] = []
    open_until: dict[int, int] = {}
    for i, line in enumerate(outline.lines):
        lead = "".join(upright if i <= open_until[k] else "   " for k in range(line.depth - 1))
        if line.depth:
            lead += corner if i == open_until[line.depth - 1] else branch
        open_until[line.depth] = last_of(outline.lines, i)
        texts.append((lead + line.text)[:width])
    return texts


def draw_outline(figure: Figure, axes: Axes, outline: Outline) -> None:
    """Draw it on a figure, which becomes as high as it needs. Each answer has a colour."""
    lines = outline.lines
    names = list(dict.fromkeys(one.answer for one in lines if one.answer))
    width, height = figure.get_size_inches()[0], LINE_IN * (len(lines) + 1)
    figure.set_size_inches(width, height)
    axes.set_position((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height - LINE_IN / 2, -LINE_IN / 2)
    axes.axis("off")
    for i, line in enumerate(lines):
        x, y = INDENT_IN * line.depth, LINE_IN * i
        if line.depth:
            axes.plot([x - 0.2, x - 0.03], [y, y], color=CONNECTOR, linewidth=1)
        below = last_of(lines, i)
        if below > i:
            bottom = LINE_IN * below
            axes.plot([x + 0.1, x + 0.1], [y + 0.11, bottom], color=CONNECTOR, linewidth=1)
        if line.answer:
            colour = Look(names.index(line.answer)).colour
            axes.plot([x + 0.08], [y], marker="s", markersize=9, color=colour)
            axes.text(x + 0.22, y, line.text, va="center", weight="bold")
        else:
            axes.text(x, y, line.text, va="center")
