"""The person at the board: looks at its display and presses its buttons when asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from microbit_ml.virtual import VirtualBoard

PICTURES = {
    "a cross": "90009:09090:00900:09090:90009",
    "a square": "99999:90009:90009:90009:99999",
    "an arrow": "00900:09990:90909:00900:00900",
}
BUTTONS = {"button A": "a", "button B": "b", "both buttons": "ab"}
"""What a person is asked to press, and the letters of the buttons."""


class Person(Protocol):
    """Somebody who can see the board and touch it."""

    def which_picture(self, names: Sequence[str]) -> str | None:
        """The name of the picture on the display, "" for none of these; None: no answer."""

    def all_lit(self) -> bool | None:
        """Whether all 25 LEDs are lit; None: no answer."""

    @contextmanager
    def pressing(self, what: str, seconds: float) -> Iterator[None]:
        """Ask to press "button A", "button B" or "both buttons" within so many seconds.

        The block waits for the press.
        """
        yield


class SimulatedHand:
    """Sees the LEDs of a virtual board and presses its buttons."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board

    def which_picture(self, names: Sequence[str]) -> str:
        """The picture of these whose LEDs are lit, and no others."""
        lit = ":".join("".join("9" if one else "0" for one in row) for row in self._board.leds)
        return next((name for name in names if PICTURES[name] == lit), "")

    def all_lit(self) -> bool:
        """Whether no LED is dark."""
        return all(one for row in self._board.leds for one in row)

    @contextmanager
    def pressing(self, what: str, seconds: float) -> Iterator[None]:
        """Hold the buttons meanwhile."""
        for letter in BUTTONS[what]:
            self._board.hold(letter)
        try:
            yield
        finally:
            for letter in BUTTONS[what]:
                self._board.release(letter)
