"""Draws a picture with matplotlib. Only :mod:`microbit_ml.charts.svg` imports this.

A picture is drawn 5.6 inches wide with letters of 10 to 11 points: at its natural size it fills
two thirds of a page, and can still be read on a phone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from microbit_ml.charts.chart import Chart, Contour, Grid, Outline, Picture, Series
from microbit_ml.charts.looks import Look, looks_of
from microbit_ml.charts.outline import draw_outline
from microbit_ml.charts.placing import write_beside

SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "microbit-ml",  # the same ids every time
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "sans-serif"],
    "font.size": 11,
    "text.parse_math": False,  # a label may hold a $
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.6,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "hatch.linewidth": 0.8,
    "legend.fontsize": 10,
    "legend.frameon": False,
}
WIDTH_IN, HEIGHT_IN = 5.6, 3.4
TITLE_LETTERS = 52  # of a line at full width
TICK_LETTERS = 50  # of all texts side by side below an axis, with a space each
Y_LABEL_LETTERS = 36  # of a line beside the y axis
KEY_LETTERS = 62  # of a line of the legend, with 6 for the marker of each name
LONGEST_TEXT = 28  # letters of a label; a longer one loses its middle
EDGE = "#333333"
MIDDLE_BRIGHTNESS = 0.18  # has the same contrast with white as with black
MANY_POINTS = 30  # of a series; more are drawn smaller
FEW_LINES = 8  # faint ones; if there are more, they are drawn fainter


def figure_of(picture: Picture) -> Figure:
    """A matplotlib figure of the picture."""
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN))
    axes = figure.add_subplot()
    if isinstance(picture, Outline):
        draw_outline(figure, axes, picture)
        axes.set_title(textwrap.fill(picture.title, TITLE_LETTERS))
        return figure
    if isinstance(picture, Grid):
        _draw_grid(figure, axes, picture)
    elif isinstance(picture, Contour):
        _draw_contour(figure, axes, picture)
    else:
        _draw_chart(figure, axes, picture)
    axes.set_title(textwrap.fill(picture.title, TITLE_LETTERS))
    axes.set_xlabel(picture.x_label)
    axes.set_ylabel(textwrap.fill(picture.y_label, Y_LABEL_LETTERS))
    _draw_legend(figure, axes, least=1 if isinstance(picture, Contour) else 2)
    return figure


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text; if it is too long, only its beginning and its end."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[: longest - 1 - half]}…{text[-half:]}"


def _draw_chart(figure: Figure, axes: Axes, chart: Chart) -> None:
    axes.grid(True)
    looks = looks_of(chart.series)
    bars = [one for one in chart.series if one.style == "bars"]
    for one, look in zip(chart.series, looks, strict=True):
        if one.style == "bars":
            _draw_bars(axes, one, look, bars)
        else:
            _draw_series(axes, one, look)
    if chart.x_range:
        axes.set_xlim(*chart.x_range)
    if chart.y_range:
        axes.set_ylim(*chart.y_range)
    elif bars and not any(y < 0 for one in bars for y in one.y):
        axes.set_ylim(bottom=0)
    if bars and all(float(y).is_integer() for one in bars for y in one.y):
        axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
    if chart.x_ticks:
        _write_ticks(axes, list(chart.x_ticks), list(chart.x_ticks.values()))
    for one in chart.series:
        if one.labels and one.style != "bars":
            write_beside(figure, axes, one.x, one.y, one.labels)


def _draw_series(axes: Axes, one: Series, look: Look) -> None:
    """A line, points or steps; a line has a marker now and then, offset from the next line's."""
    x, y = np.asarray(one.x, dtype=float), np.asarray(one.y, dtype=float)
    if one.faint:
        n_lines = 1 + int(np.isnan(y).sum())
        alpha = 0.45 if n_lines <= FEW_LINES else 0.28
        axes.plot(x, y, color=look.colour, alpha=alpha, linewidth=0.7, zorder=1.5)
        return
    every = max(len(x) // 9, 1)
    first = (look.number * every // 3) % every if every > 1 else 0
    is_points = one.style == "points"
    axes.plot(
        x,
        y,
        label=_key_name(one),
        color=look.colour,
        linestyle="none" if is_points else (0, look.dash) if look.dash else "-",
        linewidth=1.8,
        drawstyle="steps-post" if one.style == "steps" else "default",
        marker=look.marker,
        markersize=7 if is_points and len(x) <= MANY_POINTS else 5,
        markeredgecolor=EDGE if is_points else look.colour,
        markeredgewidth=0.6,
        markevery=None if is_points else (first, every),
    )


def _draw_bars(axes: Axes, one: Series, look: Look, bars: Sequence[Series]) -> None:
    """Bars side by side if several series have bars at the same positions."""
    x, y = np.asarray(one.x, dtype=float), np.asarray(one.y, dtype=float)
    positions = np.unique(np.concatenate([np.asarray(bar.x, dtype=float) for bar in bars]))
    room = 0.8 * float(np.diff(positions).min()) if len(positions) > 1 else 0.8
    width = room / len(bars)
    offset = (bars.index(one) - (len(bars) - 1) / 2) * width
    drawn = axes.bar(
        x + offset,
        y,
        width,
        label=_key_name(one),
        color=look.colour,
        edgecolor="#ffffff" if look.hatch else EDGE,
        linewidth=0.6,
        hatch=look.hatch or None,
    )
    if one.labels:
        axes.bar_label(drawn, [shortened(text, 12) for text in one.labels], padding=2, fontsize=9)
        axes.margins(y=0.12)


def _key_name(one: Series) -> str:
    """The name in the legend; matplotlib leaves out names that begin with an underscore."""
    name = shortened(one.name, 44)
    return f"\u200b{name}" if name.startswith("_") else name or "_nolegend_"


def _write_ticks(axes: Axes, positions: Sequence[float], texts: Sequence[str]) -> None:
    """Texts below the x axis, side by side if there is room, else at a slant."""
    texts = [shortened(text) for text in texts]
    is_wide = (max(map(len, texts)) + 1) * len(texts) > TICK_LETTERS
    axes.set_xticks(positions, texts)
    if is_wide:
        for label in axes.get_xticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor")


def _draw_legend(figure: Figure, axes: Axes, least: int = 2) -> None:
    """The legend below the axes, if there are at least ``least`` names."""
    handles, names = axes.get_legend_handles_labels()
    if len(names) < least:
        return
    per_line = max(KEY_LETTERS // (max(map(len, names)) + 6), 1)
    extent = axes.get_tightbbox()
    bottom = extent.transformed(axes.transAxes.inverted()).y0 if extent else 0.0
    axes.legend(
        handles,
        names,
        loc="upper left",
        bbox_to_anchor=(-0.02, bottom - 0.02),
        ncols=min(per_line, len(names)),
        handlelength=3.2,
        borderaxespad=0,
    )


def _draw_grid(figure: Figure, axes: Axes, grid: Grid) -> None:
    """Cells shaded in blues (or from orange over white to blue), each with its number."""
    values = np.asarray(grid.values, dtype=float)
    n_rows, n_columns = values.shape
    texts = grid.texts
    letters = max(len(text) for row in texts for text in row)
    cell_in = min(max(0.42, 0.095 * letters + 0.16), WIDTH_IN / min(n_columns, 6))
    figure.set_size_inches(cell_in * n_columns / 0.775, max(0.42 * n_rows, 0.8) / 0.77)
    colours = cell_colours(values, grid.shades)
    axes.pcolormesh(
        np.arange(n_columns + 1) - 0.5,
        np.arange(n_rows + 1) - 0.5,
        np.arange(n_rows * n_columns).reshape(n_rows, n_columns),
        facecolors=colours.reshape(-1, 3),
        edgecolors="#b0b0b0",
        linewidth=0.5,
    ).set_array(None)
    for row in range(n_rows):
        for column in range(n_columns):
            is_dark = brightness(colours[row, column]) < MIDDLE_BRIGHTNESS
            axes.text(
                column,
                row,
                texts[row][column],
                ha="center",
                va="center",
                fontsize=10,
                color="#ffffff" if is_dark else "#000000",
            )
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.set_yticks(range(n_rows), [shortened(text) for text in grid.rows])
    columns = [shortened(text) for text in grid.columns]
    axes.set_xticks(range(n_columns), columns)
    if max(map(len, columns)) * 0.1 > cell_in:
        for label in axes.get_xticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor")


def cell_colours(values: np.ndarray, shades: str) -> np.ndarray:
    """Red, green and blue from 0 to 1 for each cell: (n_rows, n_columns) -> (n_rows, n_columns, 3).

    "fraction": white to blue by the fraction of the row's sum; "signed": blue above 0, orange
    below.
    """
    white, blue, orange = np.ones(3), np.array([0.0, 0.35, 0.60]), np.array([0.84, 0.37, 0.0])
    if shades == "fraction":
        sums = np.abs(values).sum(axis=1, keepdims=True)
        strength = np.abs(values) / np.where(sums > 0, sums, 1)
        end = np.broadcast_to(blue, (*values.shape, 3))
    else:
        strength = np.abs(values) / (np.abs(values).max() or 1)
        end = np.where((values < 0)[..., None], orange, blue)
    return white + strength[..., None] * (end - white)


def brightness(colour: np.ndarray) -> float:
    """WCAG's relative luminance of red, green and blue (3,), 0 to 1."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _draw_contour(figure: Figure, axes: Axes, contour: Contour) -> None:
    """Contour lines on a background that is darker where it is higher, then the paths."""
    levels = contour_levels(contour.heights)
    if len(levels):
        _draw_heights(axes, contour, levels)
    axes.plot([], [], color="#707070", linewidth=0.7, label=contour.z_label)  # for the legend
    for one, look in zip(contour.paths, looks_of(contour.paths), strict=True):
        _draw_series(axes, one, look)
    for one in contour.paths:
        if one.labels:
            write_beside(figure, axes, one.x, one.y, one.labels)
    axes.set_xlim(float(np.min(contour.x)), float(np.max(contour.x)))
    axes.set_ylim(float(np.min(contour.y)), float(np.max(contour.y)))


def _draw_heights(axes: Axes, contour: Contour, levels: np.ndarray) -> None:
    shades = [str(shade) for shade in np.linspace(1.0, 0.72, len(levels) + 1)]
    axes.contourf(contour.x, contour.y, contour.heights, levels, colors=shades, extend="both")
    lines = axes.contour(
        contour.x, contour.y, contour.heights, levels, colors="#707070", linewidths=0.7
    )
    axes.clabel(lines, fmt="%g", fontsize=9, colors="#404040")


def contour_levels(heights: np.ndarray) -> np.ndarray:
    """Up to nine heights, in round numbers, closer together at the bottom of a valley.

    Empty if everything has the same height.
    """
    low, high = float(np.min(heights)), float(np.max(heights))
    if high <= low:
        return np.zeros(0)
    levels = low + (high - low) * np.linspace(0.15, 0.97, 9) ** 2
    decimals = 2 - int(np.floor(np.log10(high - low)))  # the third digit of the difference
    return np.unique(np.round(levels, decimals))
