"""Writes texts beside points so that they do not cover each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

# Where a text may stand: offset in points, and which side of it is at the point.
Place = tuple[int, int, Literal["left", "center", "right"], Literal["top", "center", "bottom"]]
PLACES: tuple[Place, ...] = (
    (6, 0, "left", "center"),
    (-6, 0, "right", "center"),
    (0, 6, "center", "bottom"),
    (0, -6, "center", "top"),
    (6, 8, "left", "bottom"),
    (-6, 8, "right", "bottom"),
    (6, -8, "left", "top"),
    (-6, -8, "right", "top"),
    (16, 18, "left", "bottom"),
    (-16, 18, "right", "bottom"),
    (16, -18, "left", "top"),
    (-16, -18, "right", "top"),
)
NEAR_POINTS = 6  # a text further to the side gets a line to its point
MARKER_PX, LINE_PX = 4.0, 2.0  # half the size of what is drawn at a point
BEYOND_PX = 40.0  # that a text may reach beyond the axes, to the right
MOST_SPOTS = 200  # of a line
SPOT_EVERY_PX = 6.0  # along a line, less than the height of a text
COVERED = 1e6  # the cost of standing on another text, or outside


def write_beside(
    figure: Figure,
    axes: Axes,
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    texts: Sequence[str],
) -> None:
    """Write each text near its point where it covers least, and never on another text or an axis.

    A text that finds no place is left out: two on each other say less than one.
    """
    figure.draw_without_rendering()  # from now on the scales of the axes are fixed
    points = axes.transData.transform(np.column_stack([x, y]).astype(float))
    marks = [Bbox.from_extents(*(p - MARKER_PX), *(p + MARKER_PX)) for p in points]
    marks += _spots_of_lines(axes)
    written = [text.get_window_extent() for text in axes.texts]
    inside = axes.get_window_extent()
    for px, py, text in zip(x, y, texts, strict=True):
        best, least = None, COVERED
        for place in PLACES if text else ():
            note = _annotate(axes, float(px), float(py), text, place)
            box = note.get_window_extent()
            note.remove()
            is_outside = (
                min(box.x0 - inside.x0, box.y0 - inside.y0, inside.y1 - box.y1) < 0
                or box.x1 > inside.x1 + BEYOND_PX
            )
            is_covered = is_outside or any(map(box.overlaps, written))
            cost = sum(map(box.overlaps, marks)) + COVERED * is_covered
            if cost < least:
                best, least, best_box = place, cost, box
            if cost == 0:
                break
        if best:
            _annotate(axes, float(px), float(py), text, best)
            written.append(best_box)


def _spots_of_lines(axes: Axes) -> list[Bbox]:
    """Small boxes along the lines that are drawn."""
    spots: list[Bbox] = []
    for line in axes.lines:
        x, y = (np.asarray(values, dtype=float) for values in line.get_data())
        places = axes.transData.transform(np.column_stack([x, y]))
        if line.get_linestyle() != "None":
            places = _along(places)
        places = places[np.isfinite(places).all(axis=1)]
        places = places[:: max(1, -(-len(places) // MOST_SPOTS))]
        spots += [Bbox.from_extents(*(p - LINE_PX), *(p + LINE_PX)) for p in places]
    return spots


def _along(corners: np.ndarray) -> np.ndarray:
    """Places along a line through its corners, in pixels: (n, 2) -> (more, 2). NaN is a gap."""
    pieces = [corners[:1]]
    for corner, following in pairwise(corners):
        length = float(np.hypot(*(following - corner)))
        n = min(max(1, int(length / SPOT_EVERY_PX)), MOST_SPOTS) if np.isfinite(length) else 1
        before = corner + np.arange(1, n)[:, None] / n * (following - corner)
        pieces += [before, following[None]]
    return np.concatenate(pieces)


def _annotate(axes: Axes, x: float, y: float, text: str, place: Place) -> Annotation:
    """The text at a place by its point, with a thin line to it when it stands away."""
    dx, dy, side, height = place
    line = {"arrowstyle": "-", "color": "#808080", "linewidth": 0.6}
    return axes.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        ha=side,
        va=height,
        fontsize=9,
        arrowprops=line if abs(dx) > NEAR_POINTS else None,
    )
