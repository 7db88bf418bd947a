"""What ``collect`` shows: the board's display, the trace and the count; in a pipe plain lines."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from microbit_ml.board.recorder import Sample
from microbit_ml.console.screen import say
from microbit_ml.console.trace import Trace
from microbit_ml.deploy.collect.session import DIGITS, Plan
from microbit_ml.recordings.recording import HIGHEST_COUNT

PICTURES_PER_S = 12
MESSAGES = 3
KEYS = "Enter or button A: record    b or button B: throw the last one away    q: stop"
_REST_LINES = 5 + MESSAGES + 6  # lines that are not the trace's
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
    "moving is recorded": "Each movement becomes a recording. Rest a moment after each.",
}


class PlainView:
    """A pipe or a file: a line for each recording on stdout, everything else on stderr."""

    _lock = threading.Lock()

    def __init__(self, who: str = "") -> None:
        self._start = f"{who}: " if who else ""
        self._digits: list[str] = []
        self._is_told = False

    def state(self, text: str) -> None:
        """3, 2, 1 and what follows, in one line."""
        if text in DIGITS:
            self._digits.append(text)
        elif text != "ready":
            self.tell(" ".join([*self._digits, text]))
            self._digits = []
        elif not self._is_told:
            self._is_told = True
            self.tell("Button A on the board starts, button B throws the last one away.")

    def tell(self, text: str) -> None:
        """Something that the person should know."""
        with self._lock:
            say(f"{self._start}{text}")

    def kept(self, path: Path, n_samples: int, left: int) -> None:
        """A recording is on disk; so many are still to come."""
        with self._lock:
            print(f"{self._start}{kept_line(path, n_samples, left)}", flush=True)

    def thrown_away(self, name: str, left: int) -> None:
        """A recording was removed from the disk; so many are to come again."""
        self.tell(f"Threw {name} away; {left} to go.")

    def sample(self, sample: Sample) -> None:
        """Plain lines show no samples."""


class LiveView:
    """A terminal: ``with LiveView(plan, "V1 on COM4") as view``."""

    def __init__(self, plan: Plan, place: str) -> None:
        who = f" by {plan.subject}" if plan.subject else ""
        self._title = f'Recording "{plan.label}"{who} with the micro:bit on {place}'
        self._plan = plan
        self._left = plan.count
        self._lost = 0
        self._state = "starting"
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
        """What is going on now: "3", "recording" ..."""
        self._state = text
        self._draw()

    def tell(self, text: str) -> None:
        """Something that the person should know."""
        self._messages.append(text)
        self._draw()

    def kept(self, path: Path, n_samples: int, left: int) -> None:
        """A recording is on disk; so many are still to come."""
        self._left = left
        self.tell(kept_line(path, n_samples, left))

    def thrown_away(self, name: str, left: int) -> None:
        """A recording was removed from the disk; so many are to come again."""
        self._left = left
        self.tell(f"Threw {name} away; {left} to go.")

    def sample(self, sample: Sample) -> None:
        """What the board's accelerometer says now."""
        if sample.lost:
            self._lost += sample.lost
            self._trace.skip(sample.lost)
        self._trace.add(*sample.counts)
        if time.monotonic() - self._drawn_at > 1 / PICTURES_PER_S:
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
        """The board's display, and beside it what to do, how many are to come, what was lost."""
        leds = _LEDS.get("recording" if "recorded" in self._state else self._state, (".....",) * 5)
        rows = ("".join(self._block if led == "#" else "· "[:2] for led in row) for row in leds)
        picture = Text("\n".join(rows), style="red", no_wrap=True)
        words = _WORDS.get(self._state, self._state if self._state not in DIGITS else "")
        beside = Text(no_wrap=True, overflow="ellipsis")
        beside.append(f"{words or 'Get ready ...'}\n\n", "bold")
        beside.append(f"{self._left} of {self._plan.count} to go\n")
        beside.append(f"{self._lost} samples lost", "yellow" if self._lost else "")
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

    def add(self, who: str, place: str, plan: Plan) -> RowView:
        """A line for one more board."""
        self._rows.append(RowView(who, place, plan))
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
        """Show how far everybody is."""
        table = Table(box=None, pad_edge=False, expand=True)
        for column in ("who", "board", "now", "to go", "lost", "last"):
            table.add_column(column, no_wrap=True, overflow="ellipsis")
        for row in self._rows:
            cells = (row.who, row.place, row.now, str(row.left), str(row.lost), row.last)
            table.add_row(*(Text(cell) for cell in cells))
        title = _line(f'Recording "{self._label}" with {len(self._rows)} boards', "bold")
        keys = _line("Enter: all start    button A: one starts    button B: throws the last one "
                     "away    q: stop", "dim")  # fmt: skip
        self._live.update(Group(title, "", table, "", keys), refresh=True)


class RowView:
    """One board's line on the screen of a class."""

    def __init__(self, who: str, place: str, plan: Plan) -> None:
        self.who = who
        self.place = place
        self.now = "starting"
        self.left = plan.count
        self.lost = 0
        self.last = ""

    def state(self, text: str) -> None:
        """What is going on now: "3", "recording" ..."""
        self.now = text

    def tell(self, text: str) -> None:
        """Something that the person should know."""
        self.last = text

    def kept(self, path: Path, n_samples: int, left: int) -> None:
        """A recording is on disk; so many are still to come."""
        self.left = left
        self.last = f"{path.name} kept"

    def thrown_away(self, name: str, left: int) -> None:
        """A recording was removed from the disk; so many are to come again."""
        self.left = left
        self.last = f"{name} thrown away"

    def sample(self, sample: Sample) -> None:
        """What the board's accelerometer says now."""
        self.lost += sample.lost


def is_terminal() -> bool:
    """Whether a person sits at both ends: then the screen is used, else plain lines."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def kept_line(path: Path, n_samples: int, left: int) -> str:
    """What is said of a recording that is on disk."""
    return f"{path.parent.name}/{path.name}: {n_samples} samples, {left} to go"


def _line(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
