"""Looks that distinguish series: by colour, and without colour by marker, dash or hatch.

The colours are those of Masataka Okabe and Kei Ito (2002), which people with any kind of colour
vision can distinguish. Dark ones come first, because pictures are also printed in grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from microbit_ml.charts.chart import Series

COLOURS = ("#0072B2", "#D55E00", "#000000", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "X", "D", "v", "P", "<", "*", ">")
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 2), (2, 1.5), (8, 2, 2, 2), (12, 3))
HATCHES = ("", "///", "...", "xx", "\\\\\\", "++")


@dataclass(frozen=True)
class Look:
    """The look of a series, by its number among the names of a picture."""

    number: int

    @property
    def colour(self) -> str:
        """As #RRGGBB."""
        return COLOURS[self.number % len(COLOURS)]

    @property
    def marker(self) -> str:
        """One of matplotlib's markers."""
        return MARKERS[self.number % len(MARKERS)]

    @property
    def dash(self) -> tuple[float, ...]:
        """Lengths of dash and gap in widths of the line; () for a line without gaps."""
        return DASHES[self.number % len(DASHES)]

    @property
    def hatch(self) -> str:
        """matplotlib's pattern that fills a bar; "" for a plain one."""
        return HATCHES[self.number % len(HATCHES)]


def looks_of(series: Sequence[Series]) -> list[Look]:
    """A look for each series, in order of first use; series of the same name share one."""
    numbers: dict[str, int] = {}
    looks = []
    for i, one in enumerate(series):
        # A series without a name gets a look of its own, under a key that no name can equal.
        name = one.name or f"\0{i}"
        looks.append(Look(numbers.setdefault(name, len(numbers))))
    return looks
