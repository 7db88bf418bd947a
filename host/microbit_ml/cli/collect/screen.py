"""The screen of ``collect``: the board's display, trace and count; plain lines in a pipe."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType

from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from microbit_ml.board.recorder import Sample
from microbit_ml.console.screen import Console, say, write
from microbit_ml.console.trace import Trace
from microbit_ml.deploy.collect.session import DIGITS, Plan
from microbit_ml.recordings.recording import HIGHEST_COUNT

PICTURES_PER_S = 12
MESSAGES = 3
KEYS = "Enter or button A: record    b or button B: throw the last one away    q: stop"
_REST_LINES = 5 + MESSAGES + 6  # lines outside the trace
_FEWEST_TRACE_LINES = 4

# The micro:bit's display, as the recorder shows it.
_LEDS = {
    "3": ("####.", "...#.", "..#..", "#..#.", ".##.."),
    "2": (".##..", "#..#.", "..#..", ".#...", "####."),
    "1": ("..#..", ".##..", "..#..", "..#..", ".###."),
    "ready": (".....", "..#..", ".#.#.", "..#..", "....."),
    "recording": ("..#..", ".#.#.", "#...#", ".#.#.", "..#.."),
}
_WORDS = {
    "ready": "Press button A, or Enter, and get ready to move.",
    "recording": "Recording: move now!",
    "recording movements": "Each movement becomes a recording. Rest a moment after each.",
}


class PlainView:
    """A pipe or a file: a line for each recording on stdout, everything else on stderr."""

    _lock = threading.Lock()

    def __init__(self, who: str = "") -> None:
        self._start = f"{who}: " if who else ""
        self._digits: list[str] = []
        self._is_explained = False

    def state(self, text: str) -> None:
        """Print 3, 2, 1 and the next state in one line."""
        if text in DIGITS:
            self._digits.append(text)
        elif text != "ready":
            self.report(" ".join([*self._digits, text]))
            self._digits = []
        elif not self._is_explained:
            self._is_explained = True
            self.report(
                "Button A on the board starts a recording, button B throws the last one away."
            )

    def report(self, text: str) -> None:
        """Show a message."""
        with self._lock:
            say(f"{self._start}{text}")

    def kept(self, path: Path, n_samples: int, left: int) -> None:
        """A recording was saved; ``left`` are still to come."""
        with self._lock:
            write(f"{self._start}{kept_line(path, n_samples, left)}", flush=True)

    def thrown_away(self, name: str, left: int) -> None:
        """A recording was deleted; ``left`` are still to come."""
        self.report(f"Threw away {name}, {left} to go.")

    def sample(self, sample: Sample) -> None:
        """Plain lines show no samples."""

    def hand(self, doing: str) -> None:
        """Plain lines do not show what a simulated hand does."""


class LiveView:
    """A terminal: ``with LiveView(plan, "V1 on COM4") as view``."""

    def __init__(self, plan: Plan, board: str) -> None:
        who = f" by {plan.subject}" if plan.subject else ""
        self._title = f'Recording "{plan.label}"{who} with the micro:bit on {board}'
        self._plan = plan
        self._left = plan.count
        self._lost = 0
        self._state = "starting"
        self._hand = ""
        self._messages: deque[str] = deque(maxlen=MESSAGES)
        self._trace = Trace(*self._trace_size(), HIGHEST_COUNT)
        self._drawn_at = 0.0
        console = Console(highlight=False)
        self._block = "██" if console.encoding.lower().startswith("utf") else "# "
        self._live = Live(console=console, screen=True, auto_refresh=False)

    def __enter__(self) -> LiveView:
        self._live.start()
        self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def state(self, text: str) -> None:
        """Show the current state: "3", "recording" ..."""
        self._state = text
        self._draw()

    def report(self, text: str) -> None:
        """Show a message."""
        self._messages.append(text)
        self._draw()

    def kept(self, path: Path, n_samples: int, left: int) -> None:
        """A recording was saved; ``left`` are still to come."""
        self._left = left
        self.report(kept_line(path, n_samples, left))

    def thrown_away(self, name: str, left: int) -> None:
        """A recording was deleted; ``left`` are still to come."""
        self._left = left
        self.report(f"Threw away {name}, {left} to go.")

    def sample(self, sample: Sample) -> None:
        """The board's current sample."""
        if sample.lost:
            self._lost += sample.lost
            self._trace.skip(sample.lost)
        self._trace.add(*sample.counts)
        if time.monotonic() - self._drawn_at > 1 / PICTURES_PER_S:
            self._draw()

    def hand(self, doing: str) -> None:
        """What the simulated hand that holds a virtual board does."""
        self._hand = doing
        self._draw()

    def _trace_size(self) -> tuple[int, int]:
        size = shutil.get_terminal_size()
        return size.columns, max(_FEWEST_TRACE_LINES, size.lines - _REST_LINES)

    def _draw(self) -> None:
        self._trace.resize(*self._trace_size())
        self._live.update(self._picture(), refresh=True)
        self._drawn_at = time.monotonic()

    def _picture(self) -> RenderableType:
        messages = [*self._messages, *[""] * (MESSAGES - len(self._messages))]
        return Group(
            _line(self._title, "bold"),
            "",
            self._display(),
            "",
            self._trace.render(),
            "",
            *(_line(message) for message in messages),
            "",
            _line(KEYS, "dim"),
        )

    def _display(self) -> RenderableType:
        """The board's display, beside it what to do, how many are to come and what was lost."""
        leds = _LEDS.get(
            "recording" if self._state.startswith("recording") else self._state, (".....",) * 5
        )
        rows = ("".join(self._block if led == "#" else "· "[:2] for led in row) for row in leds)
        picture = Text("\n".join(rows), style="red", no_wrap=True)
        words = _WORDS.get(self._state, self._state if self._state not in DIGITS else "")
        beside = Text(no_wrap=True, overflow="ellipsis")
        beside.append(f"{words or 'Get ready ...'}\n\n", "bold")
        beside.append(f"{self._left} of {self._plan.count} to go\n")
        beside.append(f"{self._lost} samples lost", "yellow" if self._lost else "")
        if self._hand:
            beside.append(f"\nSimulated hand: {self._hand}", "cyan")
        table = Table.grid(padding=(0, 4))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_row(picture, beside)
        return table


class ClassScreen:
    """A terminal with one line for each board of a class."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._rows: list[RowView] = []
        self._live = Live(console=Console(highlight=False), screen=True, auto_refresh=False)

    def add(self, who: str, board: str, plan: Plan) -> RowView:
        """A line for one more board."""
        self._rows.append(RowView(who, board, plan))
        return self._rows[-1]

    def __enter__(self) -> ClassScreen:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def draw(self) -> None:
        """Show everybody's progress."""
        table = Table(box=None, pad_edge=False, expand=True)
        for column in ("who", "board", "now", "to go", "lost", "last"):
            table.add_column(column, no_wrap=True, overflow="ellipsis")
        for row in self._rows:
            cells = (row.who, row.board, row.now, str(row.left), str(row.lost), row.last)
            table.add_row(*(Text(cell) for cell in cells))
        title = _line(f'Recording "{self._label}" with {len(self._rows)} boards', "bold")
        keys = _line("Enter: all start    button A: one starts    button B: throws the last one "
                     "away    q: stop", "dim")  # fmt: skip
        self._live.update(Group(title, "", table, "", keys), refresh=True)


class RowView:
    """One board's line on the screen of a class."""

    def __init__(self, who: str, board: str, plan: Plan) -> None:
        self.who = who
        self.board = board
        self.now = "starting"
        self.left = plan.count
        self.lost = 0
        self.last = ""

    def state(self, text: str) -> None:
        """Show the current state: "3", "recording" ..."""
        self.now = text

    def report(self, text: str) -> None:
        """Show a message."""
        self.last = text

    def kept(self, path: Path, n_samples: int, left: int) -> None:
        """A recording was saved; ``left`` are still to come."""
        self.left = left
        self.last = f"{path.name} kept"

    def thrown_away(self, name: str, left: int) -> None:
        """A recording was deleted; ``left`` are still to come."""
        self.left = left
        self.last = f"{name} thrown away"

    def sample(self, sample: Sample) -> None:
        """The board's current sample."""
        self.lost += sample.lost


def is_terminal() -> bool:
    """Whether stdin and stdout are a terminal: then the screen is used, else plain lines."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def kept_line(path: Path, n_samples: int, left: int) -> str:
    """The message about a saved recording."""
    return f"{path.parent.name}/{path.name}: {n_samples} samples, {left} to go"


def _line(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
