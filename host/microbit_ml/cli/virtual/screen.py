"""The output of ``microbit-ml virtual``: LEDs and serial output, in a terminal or in a pipe."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TextIO

from microbit_ml.deploy.live import Picture
from microbit_ml.virtual.leds import as_text

_SHADES = ("··", "░░", "░░", "▒▒", "▒▒", "▒▒", "▓▓", "▓▓", "▓▓", "██")  # brightness 0-9
_DIGITS = (". ", *(f"{level} " for level in range(1, 10)))
LED_COLUMNS = 14
HEAD_LINES = 7  # five rows of LEDs, a line about time, a rule
_FEWEST_BELOW = 4  # lines for serial output, or there is no head
_RED, _PLAIN = "\x1b[31m", "\x1b[39m"

KEY_HELP = (
    "F1 or Ctrl-F   button A",
    "F2 or Ctrl-G   button B",
    "F3 or Ctrl-T   both buttons",
    "F4 or Ctrl-R   reset button",
    "Ctrl-] or Ctrl-Q   quit",
)
PLAY_HELP = "F5 or Ctrl-Y   play again"
TAB_HELP = (
    "Tab   move the board by keys (not with --play or --gesture)",
    "Shift-Tab   send the board a Tab",
)
MOVING_HELP = (
    "arrows   tilt it",
    "space   shake it",
    "1-9   make the model's gestures; without a model, some that can be simulated",
    "a, b   its buttons",
    "Tab   type to the board",
    "q or Ctrl-C   quit",
    "Hold a key to keep moving: the hand stops a moment after its last repeat.",
)


class LiveView:
    """A terminal: the LEDs stay on top, and serial output scrolls below them.

    Brightness is shown by shades (by digits in a terminal without Unicode), and in red unless
    NO_COLOR is set. The terminal scrolls only below the head (DECSTBM); what the
    board sends may move the cursor, as its prompt does to edit a line.
    """

    def __init__(self, title: str, key_help: Sequence[str], out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._title = title
        self._key_help = key_help
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._size = os.terminal_size((0, 0))
        self._drawn: list[str] = []
        unicode = (getattr(self._out, "encoding", "") or "").lower().startswith("utf")
        self._is_plain = not unicode
        self._levels = _SHADES if unicode else _DIGITS
        self._rule = "─" if unicode else "-"
        colour = not os.environ.get("NO_COLOR")
        self._colours = (_RED, _PLAIN) if colour else ("", "")

    def __enter__(self) -> LiveView:
        self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Reset the scrolling region and the colours; show the cursor, below everything.
        self._out.write(f"\x1b[r\x1b[{self._size.lines};1H\x1b[0m\x1b[?25h\r\n")
        self._out.flush()

    def update(self, sent: bytes, leds: Picture, time_us: int) -> None:
        """Show what the board has sent since the last update, and its LEDs as they are now."""
        if shutil.get_terminal_size() != self._size:
            self._begin()
        text = self._decoder.decode(sent)
        self._out.write(text)
        if "\x1b" in text:
            self._drawn = []  # a program may have cleared the screen
        head = self._head(leds, time_us)
        if self._has_head() and head != self._drawn:
            self._draw(head)
        self._out.flush()

    def _begin(self) -> None:
        """Scroll the terminal's content out of the way, and set up the head and the serial area."""
        self._size = shutil.get_terminal_size()
        lines = self._size.lines
        self._out.write("\x1b[r" + f"\x1b[{lines};1H" + "\n" * lines + "\x1b[H")
        if self._has_head():
            first = self._head_lines() + 1
            self._out.write(f"\x1b[{first};{lines}r\x1b[{first};1H")
        self._drawn = []

    def _has_head(self) -> bool:
        return self._size.lines >= self._head_lines() + _FEWEST_BELOW

    def _head_lines(self) -> int:
        return HEAD_LINES

    def _picture(self, row: Sequence[int], columns: int = 80) -> str:
        """A row of LEDs, in their colour."""
        lit, plain = self._colours
        return f"{lit}{' '.join(self._levels[level] for level in row)[:columns]}{plain}"

    def _head(self, leds: Picture, time_us: int) -> list[str]:
        columns = self._size.columns
        lines = []
        for row, help_line in zip(leds, (*self._key_help, *[""] * 5), strict=False):
            text = f"   {help_line}"[: max(0, columns - LED_COLUMNS - 1)]
            lines.append(f"{self._picture(row, columns)}{text}")
        more = self._key_help[len(leds) :]
        status = f"{self._title}, {time_us / 1e6:.1f} s (estimated)"
        lines.append("   ".join([status, *more])[:columns])
        lines.append(self._rule * columns)
        return lines

    def _draw(self, head: list[str]) -> None:
        """Draw the lines of the head that have changed; the cursor stays where it is."""
        before = self._drawn or [""] * len(head)
        changed = [
            f"\x1b[{i};1H\x1b[0m{line}\x1b[K"
            for i, line in enumerate(head, start=1)
            if line != before[i - 1]
        ]
        self._out.write("\x1b7" + "".join(changed) + "\x1b8")
        self._drawn = head


class PlainView:
    """A pipe or a file: whole lines of serial output, and the LEDs when they have changed."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._shown: Picture = [[0] * 5 for _ in range(5)]
        self._before: Picture = self._shown

    def __enter__(self) -> PlainView:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._line and not isinstance(error, BrokenPipeError):
            self._out.write(self._line + "\n")
            self._line = ""

    def update(self, sent: bytes, leds: Picture, time_us: int) -> None:
        """Show what the board has sent since the last update, and its LEDs as they are now.

        The runtime draws row after row: a picture counts when it is seen twice.
        """
        *lines, self._line = (self._line + self._decoder.decode(sent)).split("\n")
        for line in lines:
            self._out.write(line.rstrip("\r") + "\n")
        if leds == self._before and leds != self._shown:
            self._out.write(f"LEDs at {time_us / 1e6:.2f} s (estimated)\n{as_text(leds)}\n")
            self._shown = leds
        self._before = leds
        self._out.flush()
