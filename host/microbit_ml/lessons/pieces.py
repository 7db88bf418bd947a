"""The pieces of a lesson, independent of how they are shown.

A session makes a piece for each text, picture or question of a lesson, and keeps them in order.
The terminal shows them one by one, a page and the teacher's notes all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from microbit_ml.charts.chart import Picture
from microbit_ml.lessons.words import Word


@dataclass(frozen=True)
class Step:
    """The start of a step; the first has the number 1."""

    number: int
    title: str


@dataclass(frozen=True)
class Reading:
    """Paragraphs, with an empty line between them."""

    text: str


@dataclass(frozen=True)
class NewWord:
    """A word of the glossary, where the lesson defines it."""

    word: Word


@dataclass(frozen=True)
class Formula:
    """A formula, its symbols, the line of code that computes it, and an example.

    symbols: {symbol: its meaning}; location: the file and line number of ``line``; worked: the
    formula with numbers.
    """

    formula: str
    symbols: Mapping[str, str]
    location: str
    line: str
    worked: str


@dataclass(frozen=True)
class Code:
    """The source of a function or a class, and its location."""

    name: str
    source: str
    location: str


@dataclass(frozen=True)
class Value:
    """A value with its name, as text of one line or several."""

    name: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table; the cells are text."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str

    @property
    def left(self) -> int:
        """The number of text columns on the left, at least one; the others are numbers."""
        for i in range(1, len(self.columns)):
            if not all(_is_text(row[i]) for row in self.rows):
                return i
        return len(self.columns)


def _is_text(cell: str) -> bool:
    return cell[:1].isalpha() and not any(character.isdigit() for character in cell)


@dataclass(frozen=True, eq=False)
class PictureShown:
    """A chart, a grid or a contour plot."""

    picture: Picture


@dataclass(frozen=True)
class Ran:
    """A call, what it printed and what it returned ("" for nothing)."""

    call: str
    printed: str
    result: str


@dataclass(frozen=True)
class Guess:
    """A question to guess first; no answer is wrong. ``then`` follows the answer."""

    question: str
    answer: str
    then: str
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Check:
    """A question with a right answer: a number (with a tolerance), a text or one of the choices."""

    question: str
    answer: str | float
    why: str
    tolerance: float | None = None
    choices: Sequence[str] = ()
    hint: str = ""


@dataclass(frozen=True, eq=False)
class Change:
    """Something to try with other numbers; ``tried`` holds the result of each of ``tries``."""

    what: str
    default: float
    tries: Sequence[float]
    function: Callable[[float], str | Picture]
    low: float | None = None
    high: float | None = None
    tried: list[tuple[float, str | Picture]] = field(default_factory=list)


Piece = (
    Step | Reading | NewWord | Formula | Code | Value | Table | PictureShown | Ran
    | Guess | Check | Change
)  # fmt: skip
