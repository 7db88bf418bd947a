"""The screen of ``microbit-ml watch``: decision, bars of scores (logits), trace and counts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from rich.cells import cell_len, set_cell_size
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from microbit_ml.board.watch_twin import Twin
from microbit_ml.board.watching import Decision, Detection, Sample, Watch
from microbit_ml.cli.watch.lines import View
from microbit_ml.console.screen import Console, plural
from microbit_ml.console.trace import Trace
from microbit_ml.recordings.recording import HIGHEST_COUNT

FRAME_S = 0.08  # between two pictures
HEAD, FOOT = 4, 2  # lines above the bars and below the trace
FEWEST_BARS = 4
FEWEST_TRACE = 5  # lines: an empty one, one for each axis, the seconds
WIDEST_NAME = 24  # columns
SCORE_COLUMNS = 7  # "-32767" and a space
LEAST_SCALE = 256  # a full bar means at least this score
DETECTIONS_SHOWN = 5
NOW, DETECTED, HAND = "Now:       ", "Detected:  ", "Simulated: "


class ScreenView(View):
    """A full screen that follows the board; at the end the terminal's own content returns.

    movements: what a simulated person does and did, the last one now; none for a real board.
    """

    def __init__(
        self,
        board: str,
        watch: Watch,
        twin: Twin | None,
        model: Path | None,
        console: Console | None = None,
        movements: Sequence[str] = (),
    ) -> None:
        super().__init__(watch, twin)
        self._title = f"{board}  {model.name}" if model else board
        self._movements = movements
        self._decision: Decision | None = None
        self._different: tuple[Decision, Decision] | None = None  # the last: board, twin
        self._detections: deque[str] = deque(maxlen=DETECTIONS_SHOWN)
        self._detected_at = self._newest = 0  # numbers of samples
        self._scale = LEAST_SCALE
        self._trace = Trace(80, 8, HIGHEST_COUNT, 1000 / watch.model.period_ms)
        self._drawn_at = 0.0
        console = console or Console(highlight=False)
        self._live = Live(console=console, screen=True, auto_refresh=False)

    def __enter__(self) -> ScreenView:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()
        super().__exit__(kind, error, traceback)

    def sample(self, sample: Sample) -> None:
        """Add it to the trace."""
        if sample.number > self._newest + 1:
            self._trace.skip(sample.number - self._newest - 1)
        self._newest = sample.number
        self._trace.add(sample.x, sample.y, sample.z)

    def decision(self, decision: Decision, twin: Decision | None) -> None:
        """Show it in the bars."""
        super().decision(decision, twin)
        self._decision = decision
        self._scale = max(self._scale, *(abs(score) for score in decision.scores))
        if twin is not None and twin != decision:
            self._different = (decision, twin)

    def detected(self, detected: Detection) -> None:
        """Add it to the detected gestures."""
        super().detected(detected)
        self._detections.appendleft(self._name(detected.label))
        self._detected_at = detected.number

    def refresh(self) -> None:
        """Draw, if the last picture is old enough."""
        now = time.monotonic()
        if now - self._drawn_at >= FRAME_S:
            self._drawn_at = now
            self._live.update(self, refresh=True)

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        width, height = console.size
        room = height - HEAD - FOOT
        with_trace = room >= min(len(self._watch.model.names), FEWEST_BARS) + FEWEST_TRACE
        most = room - FEWEST_TRACE if with_trace else room
        bars = self._bars(width, most, options.ascii_only or options.legacy_windows)
        yield from self._head(width)
        yield from bars
        if with_trace:
            self._trace.resize(width, room - len(bars) - 1)
            yield Text()
            yield self._trace.render()
        yield from self._foot(width)

    def _head(self, width: int) -> list[Text]:
        carried = self._watch.model
        title = (
            f"{self._title}  window {carried.window * carried.period_ms / 1000:g} s, "
            f"a decision every {carried.hop * carried.period_ms} ms"
        )
        return [
            _line(title, width, "dim"),
            self._decision_line(width),
            self._detected_line(width),
            self._hand_line(width),
        ]

    def _hand_line(self, width: int) -> Text:
        """What the simulated person does; an empty line for a real board."""
        return _line(f"{HAND}{self._movements[-1]}", width, "dim") if self._movements else Text()

    def _decision_line(self, width: int) -> Text:
        decision = self._decision
        if decision is None:
            return _line(f"{NOW}waiting for the first full window", width)
        name = self._name(decision.label_index)
        line = _line(f"{NOW}{name}, confidence {decision.confidence}", width)
        style = "bold green" if decision.label_index >= 0 else "bold yellow"
        line.stylize(style, len(NOW), len(NOW) + len(name))
        return line

    def _detected_line(self, width: int) -> Text:
        if not self._detections:
            return _line(f"{DETECTED}nothing yet", width)
        ago_s = (self._newest - self._detected_at) * self._watch.model.period_ms / 1000
        latest, *earlier = self._detections
        before = f", before that {', '.join(earlier)}" if earlier else ""
        line = _line(f"{DETECTED}{latest}, {ago_s:.1f} s ago{before}", width)
        line.stylize("bold", len(DETECTED), len(DETECTED) + len(latest))
        return line

    def _bars(self, width: int, most: int, plain: bool) -> list[Text]:
        """A line for each label, in the model's order; only the highest scores if not all fit."""
        names = self._watch.model.names
        scores = self._decision.scores if self._decision else (0,) * len(names)
        shown = sorted(range(len(names)), key=lambda label: -scores[label])
        if len(names) > most:
            shown = shown[: max(most - 1, 1)]
        columns = min(WIDEST_NAME, width // 3, max(cell_len(name) for name in names))
        lines = [self._bar(label, scores[label], columns, width, plain) for label in sorted(shown)]
        if len(shown) < len(names):
            more = f"  and {len(names) - len(shown)} more with lower scores"
            lines.append(_line(more, width, "dim"))
        return lines

    def _bar(self, label: int, score: int, columns: int, width: int, plain: bool) -> Text:
        """The name, the score, and a bar from the middle, to the right for a score above 0."""
        decided = self._decision is not None and self._decision.label_index == label
        half = max((width - columns - SCORE_COLUMNS - 4) // 2, 1)
        block, middle = ("#", "|") if plain else ("█", "│")
        bar = block * min(half, round(abs(score) / self._scale * half))
        drawn = f"{bar if score < 0 else '':>{half}}{middle}{bar if score > 0 else ''}"
        name = set_cell_size(self._name(label), columns)
        line = f"{'>' if decided else ' '} {name}{score:>{SCORE_COLUMNS}} {drawn}"
        return _line(line, width, "bold green" if decided else "")

    def _foot(self, width: int) -> list[Text]:
        watch = self._watch
        counts = (
            f"{watch.rate_hz:.1f} Hz, {plural(watch.samples, 'sample')}, {watch.lost} lost, "
            f"{watch.missed} missed by the board, {plural(watch.damaged, 'damaged line')}"
        )
        trouble = watch.lost or watch.missed or watch.damaged
        return [_line(counts, width, "yellow" if trouble else ""), self._twin_line(width)]

    def _twin_line(self, width: int) -> Text:
        if self._twin is None:
            return _line("Ctrl-C stops.", width, "dim")
        if self._different is not None:
            board, twin = self._different
            text = (
                f"DIFFERS {plural(self._twin.different, 'time')}, last: "
                f"{self._name(board.label_index)} {board.confidence} on the board, "
                f"{self._name(twin.label_index)} {twin.confidence} here"
            )
            return _line(text, width, "bold red")
        same = self._twin.same
        text = f"The model here agrees with {same} of {plural(same, 'decision')}."
        return _line(f"{text} Ctrl-C stops.", width, "dim")


def _line(text: str, width: int, style: str = "") -> Text:
    """Text that stays on one line, cut where the terminal ends."""
    short = text if cell_len(text) <= width else set_cell_size(text, width)
    return Text(short, style=style, no_wrap=True, overflow="crop")
