"""What a picture shows, apart from how it is drawn: with characters in a terminal, SVG on a page.

A chart has a title, an axis label with its unit each way, and a description in words (``alt``) for
those who cannot see it: not what kind of picture it is, but what it tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Style = Literal["line", "points", "bars", "steps"]


@dataclass(frozen=True, eq=False)
class Series:
    """Numbers that belong together: x and y (n,), and the name that the key gives them.

    style: "line", "points", "bars" (x are positions) or "steps" (a value holds until the next x).
    Each series of a chart gets a colour and a marker or dash of its own, in turn; those of one name
    share them, and a series without a name is not in the key. labels: (n,) a text beside each
    point, or none. faint: drawn thin and pale behind the others, as many recordings behind a
    typical one. A line is broken where y is NaN, so that one series can hold many lines.
    """

    name: str
    x: np.ndarray | Sequence[float]
    y: np.ndarray | Sequence[float]
    style: Style = "line"
    labels: Sequence[str] = ()
    faint: bool = False


@dataclass(frozen=True, eq=False)
class Chart:
    """Lines, points or bars over two axes.

    x_label, y_label: with the unit, such as "time in s"; x_range, y_range: (lowest, highest), None
    for what the numbers need; x_ticks: {position: text} in place of numbers, for bars of labels.
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

    values: (len(rows), len(columns)); number: the format of a value; shades: "share" shades each
    cell by its share of the row's sum, "signed" from the lowest negative to the highest number.
    """

    title: str
    x_label: str
    y_label: str
    columns: Sequence[str]
    rows: Sequence[str]
    values: np.ndarray
    alt: str
    number: str = "g"
    shades: Literal["share", "signed"] = "share"

    @property
    def texts(self) -> list[list[str]]:
        """The numbers as they are written, row by row; what is rounded to zero has no minus."""
        zeros = {format(-0.0, self.number): format(0.0, self.number)}
        written = [[format(float(value), self.number) for value in row] for row in self.values]
        return [[zeros.get(text, text) for text in row] for row in written]


@dataclass(frozen=True, eq=False)
class Contour:
    """Heights over a plane as lines of equal height, with ways that lead across it.

    x: (n_x,), y: (n_y,), heights: (n_y, n_x); paths: series of style "line", drawn over it;
    z_label: what the height is, with its unit.
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


Picture = Chart | Grid | Contour
