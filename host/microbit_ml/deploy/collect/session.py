"""A recording session with one board: wait, count 3-2-1, record, save, until there are enough.

All waiting is counted in samples, 50 a second, so the board's own clock is the only one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from microbit_ml.board.recorder import (
    KEPT,
    RATE_HZ,
    RECORDING,
    THROWN_AWAY,
    WAITING,
    Press,
    Recorder,
    RecorderStoppedError,
    Sample,
)
from microbit_ml.errors import BoardError
from microbit_ml.recordings import Recording
from microbit_ml.recordings.cutting import Counts, Cutter
from microbit_ml.recordings.keeping import Keeper

DIGITS = ("3", "2", "1")
DIGIT_SAMPLES = 35  # 0.7 s
MOST_SPOILED = 10  # recordings in a row, and
MOST_GAPS = 100  # samples with others missing before them, more than without: the line is the cause
RESTARTS = 3  # of a recorder that stopped, because the reset button was pressed


@dataclass(frozen=True)
class Plan:
    """What to record. length: samples in a recording; count: number of recordings.

    countdown: 3-2-1 before each; auto: record continuously, and cut the movements out.
    """

    label: str
    count: int
    length: int
    subject: str = ""
    countdown: bool = True
    auto: bool = False


class View(Protocol):
    """Shows a person what happens."""

    def state(self, text: str) -> None:
        """Show the current state: "3", "recording" ..."""

    def report(self, text: str) -> None:
        """Show a message."""

    def kept(self, path: Path, n_samples: int, left: int) -> None:
        """A recording was saved; ``left`` are still to come."""

    def thrown_away(self, name: str, left: int) -> None:
        """A recording was deleted; ``left`` are still to come."""

    def sample(self, sample: Sample) -> None:
        """The board's current sample."""


class Session:
    """Obeys the board's buttons and the keyboard; saves each complete recording at once.

    source: of the recordings; ``on_recording`` is called when a recording begins, so that a
    virtual board can be moved.
    """

    def __init__(
        self, recorder: Recorder, keeper: Keeper, plan: Plan, view: View, source: str = "collect"
    ) -> None:
        self._recorder = recorder
        self._source = source
        self._keeper = keeper
        self._plan = plan
        self._view = view
        self._cutter = Cutter(plan.length)
        self._samples: list[Counts] = []
        self._last: Path | None = None
        self._restarts = self._n_spoiled = self._n_gaps = 0
        self._wait_samples = 0
        self.left = plan.count
        self.n_kept = 0
        self.lost = 0
        self.on_recording: Callable[[], None] = lambda: None
        self._on_sample: Callable[[Sample], None] = self._ignore
        self._digits: list[str] = []

    @property
    def is_finished(self) -> bool:
        """Whether all planned recordings are made."""
        return self.left <= 0

    @property
    def is_waiting(self) -> bool:
        """Whether a press of button A would start a recording."""
        return self._on_sample == self._ignore

    def step(self) -> None:
        """Process what the board has sent.

        Raises BoardError when the board is gone, OSError when a recording cannot be saved.
        """
        try:
            events = self._recorder.events()
        except RecorderStoppedError as error:
            self._start_again(error)
            return
        for event in events:
            if isinstance(event, Press):
                (self.start if event.button == "a" else self.throw_away)()
                continue
            self._count_gaps(event.lost)
            self._view.sample(event)
            self._on_sample(event)
            if self.is_finished:
                break

    def ready(self) -> None:
        """The board waits for button A."""
        self._on_sample = self._ignore
        self._recorder.show(WAITING)
        self._view.state("ready")

    def start(self) -> None:
        """Button A: begin, unless a recording has begun."""
        if not self.is_waiting:
            return
        self._digits = list(DIGITS) if self._plan.countdown else []
        self._wait_samples = 0
        self._on_sample = self._count_down

    def throw_away(self) -> None:
        """Button B: remove the file of the last recording, if it was not removed already."""
        if self._last is None:
            self._view.report("There is no recording to throw away.")
            return
        name = self._name(self._last)
        if self._keeper.throw_away(self._last):
            self.left += 1
            self.n_kept -= 1
            self._recorder.show(THROWN_AWAY)
            self._view.thrown_away(name, self.left)
        else:
            self._view.report(f"{name} is already gone.")
        self._last = None

    def _count_gaps(self, lost: int) -> None:
        self.lost += lost
        self._n_gaps = self._n_gaps + 1 if lost else max(0, self._n_gaps - 1)
        if self._n_gaps > MOST_GAPS:
            raise self._bad_line("nearly every sample")

    def _bad_line(self, what: str) -> BoardError:
        return BoardError(
            f"The micro:bit on {self._recorder.name} loses samples in {what}, so nothing more can "
            "be recorded. All recordings so far are kept. Use another cable, plug the board "
            "directly into the computer, and close other programs that use it."
        )

    def _ignore(self, sample: Sample) -> None:
        """While the board waits, samples are only shown."""

    def _count_down(self, sample: Sample) -> None:
        if self._wait_samples:
            self._wait_samples -= 1
        elif self._digits:
            digit = self._digits.pop(0)
            self._recorder.show(digit)
            self._view.state(digit)
            self._wait_samples = DIGIT_SAMPLES - 1
        else:
            self._begin()

    def _begin(self) -> None:
        self._samples = []
        self._cutter.clear()
        self._recorder.show(RECORDING)
        self._view.state("recording movements" if self._plan.auto else "recording")
        self._on_sample = self._cut if self._plan.auto else self._record
        self.on_recording()

    def _record(self, sample: Sample) -> None:
        if sample.lost and self._samples:
            self._spoiled(sample.lost)
            return
        self._samples.append(sample.counts)
        if len(self._samples) == self._plan.length:
            self._n_spoiled = 0
            self._keep(np.array(self._samples, dtype=np.int16))
            self._on_sample = self._ignore
            if not self.is_finished:
                self._view.state("ready")

    def _cut(self, sample: Sample) -> None:
        if sample.lost:
            if self._cutter.is_moving:
                self._report_lost(sample.lost, "This movement was not kept. Make it again.")
            self._cutter.clear()
        piece = self._cutter.add(sample.counts)
        if piece is not None:
            self._keep(piece)

    def _spoiled(self, lost: int) -> None:
        """A recording with a gap is never kept: start again from 3-2-1."""
        self._n_spoiled += 1
        if self._n_spoiled > MOST_SPOILED:
            raise self._bad_line(f"{self._n_spoiled} recordings in a row")
        self._report_lost(lost, "This recording was not kept. It starts again.")
        self._recorder.show(THROWN_AWAY)
        self._digits = list(DIGITS) if self._plan.countdown else []
        self._wait_samples = DIGIT_SAMPLES
        self._on_sample = self._count_down

    def _report_lost(self, lost: int, what_now: str) -> None:
        samples = "1 sample was" if lost == 1 else f"{lost} samples were"
        self._view.report(f"{samples} lost or damaged on the way. {what_now}")

    def _keep(self, samples: np.ndarray) -> None:
        plan = self._plan
        person = f"-{plan.subject}" if plan.subject else ""
        recording = Recording(
            samples,
            plan.label,
            subject=plan.subject,
            name=f"{plan.label}{person}-01",
            board=self._recorder.board,
            source=self._source,
            rate_hz=RATE_HZ,
        )
        path = self._keeper.keep(recording)
        if path is None:
            self._recorder.show(THROWN_AWAY)
            self.left -= 1  # or a board that lies on the table would record for ever
            self._view.report(
                "Exactly these samples are in the data set already, so they were not added. Did "
                f"the board move at all? Hold it in your hand. {self.left} to go."
            )
            return
        self._last = path
        self.left -= 1
        self.n_kept += 1
        self._recorder.show(KEPT)
        self._view.kept(path, len(samples), self.left)

    def _start_again(self, error: RecorderStoppedError) -> None:
        self._restarts += 1
        if self._restarts > RESTARTS:
            raise error
        self._view.report("The board sends nothing. Was it reset? Starting its recorder again.")
        self._recorder.start()
        self.ready()

    def _name(self, path: Path) -> str:
        return f"{path.parent.name}/{path.name}"
