"""The contents of a picture, independent of how it is drawn: as characters or as SVG.

A chart has a title, a label with its unit for each axis, and a description in words (``alt``) for
people who cannot see it: not the kind of picture, but what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from microbit_ml.common.short_repr import short_repr

Style = Literal["line", "points", "bars", "steps"]


@dataclass(frozen=True, eq=False)
class Series:
    """Numbers that belong together: x and y (n,), and their name in the legend.

    style: "line", "points", "bars" (x are positions) or "steps" (a value holds until the next x).
    Each series of a chart gets its own colour and marker or dash; series of the same name share
    them, and a series without a name is not in the legend. labels: (n,) a text beside each point,
    or none. faint: drawn thin and pale behind the others, like many recordings behind a typical
    one. A line is broken where y is NaN, so one series can hold many lines.
    """

    name: str
    x: np.ndarray | Sequence[float]
    y: np.ndarray | Sequence[float]
    style: Style = "line"
    labels: Sequence[str] = ()
    faint: bool = False

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Chart:
    """Lines, points or bars over two axes.

    x_label, y_label: with the unit, such as "time in s"; x_range, y_range: (lowest, highest), None
    to fit the numbers; x_ticks: {position: text} instead of numbers, for bars of labels.
    """

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    alt: str
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    x_ticks: dict[float, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Grid:
    """Numbers in cells, each written and shaded: a confusion matrix, a matrix of weights.

    values: (len(rows), len(columns)); number: the format of a value; shades: "fraction" shades
    each cell by its fraction of the row's sum, "signed" from the most negative number to the
    highest.
    """

    title: str
    x_label: str
    y_label: str
    columns: Sequence[str]
    rows: Sequence[str]
    values: np.ndarray
    alt: str
    number: str = "g"
    shades: Literal["fraction", "signed"] = "fraction"

    __repr__ = short_repr

    @property
    def texts(self) -> list[list[str]]:
        """The formatted numbers, row by row; without a minus where they round to zero."""
        zeros = {format(-0.0, self.number): format(0.0, self.number)}
        written = [[format(float(value), self.number) for value in row] for row in self.values]
        return [[zeros.get(text, text) for text in row] for row in written]


@dataclass(frozen=True, eq=False)
class Contour:
    """Heights over a plane as contour lines, with paths across it.

    x: (n_x,), y: (n_y,), heights: (n_y, n_x); paths: series of style "line", drawn over it;
    z_label: the meaning of the height, with its unit.
    """

    title: str
    x_label: str
    y_label: str
    z_label: str
    x: np.ndarray
    y: np.ndarray
    heights: np.ndarray
    alt: str
    paths: Sequence[Series] = ()

    __repr__ = short_repr


@dataclass(frozen=True)
class OutlineLine:
    """A line of an outline. depth: 0 for the first; answer: a name, which gets a colour of its own,
    or "" for a question.
    """

    depth: int
    text: str
    answer: str = ""


@dataclass(frozen=True, eq=False)
class Outline:
    """A tree from its root on, a line for each node; below a line are those that belong to it."""

    title: str
    lines: Sequence[OutlineLine]
    alt: str

    __repr__ = short_repr


Picture = Chart | Grid | Contour | Outline
"""Any of the kinds of pictures."""
