"""Places labels beside points without overlap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

# A position for a text: its offset in points, and the side of it that is at the point.
Position = tuple[int, int, Literal["left", "center", "right"], Literal["top", "center", "bottom"]]
POSITIONS: tuple[Position, ...] = (
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
BEYOND_PX = 40.0  # that a text may extend beyond the axes, to the right
MOST_SPOTS = 200  # of a line
SPOT_EVERY_PX = 6.0  # along a line, less than the height of a text
COVERED = 1e6  # the cost of overlapping another text, or of lying outside


def write_beside(
    figure: Figure,
    axes: Axes,
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    texts: Sequence[str],
) -> None:
    """Write each text near its point where it covers least, and never on another text or an axis.

    A text that does not fit is left out: two that overlap are worse than one.
    """
    figure.draw_without_rendering()  # from now on the scales of the axes are fixed
    points = axes.transData.transform(np.column_stack([x, y]).astype(float))
    marks = [Bbox.from_extents(*(p - MARKER_PX), *(p + MARKER_PX)) for p in points]
    marks += _spots_of_lines(axes)
    written = [text.get_window_extent() for text in axes.texts]
    inside = axes.get_window_extent()
    for px, py, text in zip(x, y, texts, strict=True):
        best, least = None, COVERED
        for position in POSITIONS if text else ():
            note = _annotate(axes, float(px), float(py), text, position)
            box = note.get_window_extent()
            note.remove()
            is_outside = (
                min(box.x0 - inside.x0, box.y0 - inside.y0, inside.y1 - box.y1) < 0
                or box.x1 > inside.x1 + BEYOND_PX
            )
            is_covered = is_outside or any(map(box.overlaps, written))
            cost = sum(map(box.overlaps, marks)) + COVERED * is_covered
            if cost < least:
                best, least, best_box = position, cost, box
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
        points = axes.transData.transform(np.column_stack([x, y]))
        if line.get_linestyle() != "None":
            points = _along(points)
        points = points[np.isfinite(points).all(axis=1)]
        points = points[:: max(1, -(-len(points) // MOST_SPOTS))]
        spots += [Bbox.from_extents(*(p - LINE_PX), *(p + LINE_PX)) for p in points]
    return spots


def _along(corners: np.ndarray) -> np.ndarray:
    """Points along a line through its corners, in pixels: (n, 2) -> (more, 2). NaN is a gap."""
    pieces = [corners[:1]]
    for corner, following in pairwise(corners):
        length = float(np.hypot(*(following - corner)))
        n = min(max(1, int(length / SPOT_EVERY_PX)), MOST_SPOTS) if np.isfinite(length) else 1
        before = corner + np.arange(1, n)[:, None] / n * (following - corner)
        pieces += [before, following[None]]
    return np.concatenate(pieces)


def _annotate(axes: Axes, x: float, y: float, text: str, position: Position) -> Annotation:
    """The text at a position by its point, with a thin line to it if it is further away."""
    dx, dy, side, height = position
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
