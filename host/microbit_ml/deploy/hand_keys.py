"""The keyboard of a virtual board in two modes: typing to the board, or moving it."""

from __future__ import annotations

import re

from microbit_ml.deploy.keyed_hand import DIGITS, KeyedHand
from microbit_ml.deploy.live import Commands

TAB, SHIFT_TAB = b"\t", b"\x1b[Z"
_ARROWS = {
    **dict(zip((b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"), ("up", "down", "right", "left"),
               strict=True)),
    **dict(zip((b"\x1bOA", b"\x1bOB", b"\x1bOC", b"\x1bOD"), ("up", "down", "right", "left"),
               strict=True)),
}  # fmt: skip
_ACTIONS = {b"a": "a", b"A": "a", b"b": "b", b"B": "b", b"q": "quit", b"Q": "quit", b"\x03": "quit"}
_HAND = {**_ARROWS, b" ": "shake", **{digit.encode(): digit for digit in DIGITS}}
# A sequence of a key that is not used here must not be taken for its letters.
_KEY = re.compile(rb"\x1bO.|\x1b\[[0-9;]*[ -/]*[@-~]|\x1b|.", re.DOTALL)


class HandKeys:
    """Commands for a :class:`~microbit_ml.deploy.live.LiveBoard`, from a keyboard with two modes.

    The Tab key changes the mode. Typing: everything goes to the board, as without this class, and
    Shift-Tab sends the board a Tab. Moving: keys move ``hand``, a and b are the buttons, q quits.
    """

    def __init__(self, keys: Commands, hand: KeyedHand, *, moving: bool) -> None:
        self._keys = keys
        self._hand = hand
        self.moving = moving

    def read(self) -> list[tuple[str, bytes]]:
        """The commands since the last call; the hand has obeyed its own keys."""
        commands: list[tuple[str, bytes]] = []
        for action, text in self._keys.read():
            commands += self._typed(text) if text else [(action, text)]
        return commands

    def _typed(self, text: bytes) -> list[tuple[str, bytes]]:
        if not self.moving:
            if text == TAB:  # alone, and not in the middle of a program that is pasted
                self.moving = True
                return []
            return [("", text.replace(SHIFT_TAB, TAB))]
        commands: list[tuple[str, bytes]] = []
        for found in _KEY.finditer(text):
            key = found[0]
            if key == TAB:
                self.moving = False
                rest = text[found.end() :]
                return commands + ([("", rest)] if rest else [])
            if key in _ACTIONS:
                commands.append((_ACTIONS[key], b""))
            elif key in _HAND:
                self._hand.press(_HAND[key])
        return commands
