"""How series are told apart: by colour, and without colour by marker, dash or hatch.

The colours are those of Masataka Okabe and Kei Ito (2002), which people with any kind of colour
vision tell apart; dark ones come first, because pictures are also printed in grey.
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
    """What makes a series recognisable, by its number among the names of a picture."""

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
    """A look for each series: those of one name have the same, in the order of their names."""
    numbers: dict[str, int] = {}
    looks = []
    for place, one in enumerate(series):
        # A series without a name is alone; no name is like the key that stands for it.
        name = one.name or f"\0{place}"
        looks.append(Look(numbers.setdefault(name, len(numbers))))
    return looks
