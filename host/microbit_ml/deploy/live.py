"""A running virtual board that is shown, takes commands and is moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from microbit_ml.recordings import Recording
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.pacing import Pace

FRAME_S = 0.02  # of the board's time, between checks of the commands and between pictures
PRESS_US = 100_000  # a command only presses a button; it is released after this
REST_US = 600_000  # from the first reading of the accelerometer to the start of a movement
LATEST_START_US = 5_000_000  # for a program that does not read it


Picture = Sequence[Sequence[int]]
"""The LEDs: five rows of five brightnesses, 0 to 9."""


class View(Protocol):
    """Shows a board."""

    def update(self, sent: bytes, leds: Picture, time_us: int) -> None:
        """Show what the board has sent since the last update, and its LEDs as they are now."""


class Commands(Protocol):
    """The source of commands."""

    def read(self) -> list[tuple[str, bytes]]:
        """The commands since the last call, the oldest first.

        Each is (action, b"") with one of "a", "b", "ab" (buttons), "reset", "play" (the movement
        again) and "quit", or ("", bytes for the board's serial line).
        """


class Mover(Protocol):
    """Moves a board while it runs."""

    def run(self, pace: Pace, seconds: float) -> None:
        """Run the board for ``seconds`` and move it meanwhile."""

    def play_again(self) -> None:
        """Start from the beginning, now."""


class Movement:
    """A recording that is played into a board's accelerometer while the board runs.

    It begins a little after the program first reads the accelerometer. Until then the board rests
    in the first posture, after the end in the last.
    """

    def __init__(self, board: VirtualBoard, recording: Recording) -> None:
        self._board = board
        self._samples = recording.samples.tolist()
        self._offsets_us = [round(time_ms * 1000) for time_ms in recording.time_ms]
        self._next = 0
        self._begins_us: int | None = None
        board.tilt(*self._samples[0])

    def play_again(self) -> None:
        """Start from the first sample, now."""
        self._begins_us = self._board.time_us
        self._next = 0

    def run(self, pace: Pace, seconds: float) -> None:
        """Run the board for ``seconds`` and move it meanwhile."""
        end_us = self._board.time_us + round(seconds * 1e6)
        if self._begins_us is None:
            self._begin_if_ready()
        while self._begins_us is not None and self._next < len(self._samples):
            due_us = self._begins_us + self._offsets_us[self._next]
            if due_us >= end_us:
                break
            pace.run(max(0, due_us - self._board.time_us) / 1e6)
            self._board.tilt(*self._samples[self._next])
            self._next += 1
        pace.run(max(0, end_us - self._board.time_us) / 1e6)

    def _begin_if_ready(self) -> None:
        read = self._board.samples_read
        if read:
            self._begins_us = read[0][0] + REST_US
        elif self._board.time_us >= LATEST_START_US:
            self._begins_us = self._board.time_us


class LiveBoard:
    """A board with its view, its commands and its movement.

    commands: None without a source of commands; movement: None for a board that lies still.
    """

    def __init__(
        self,
        board: VirtualBoard,
        view: View,
        commands: Commands | None,
        pace: Pace,
        movement: Mover | None = None,
    ) -> None:
        self._board = board
        self._view = view
        self._commands = commands
        self._pace = pace
        self._movement = movement
        self._release_us: dict[str, int] = {}  # pressed buttons -> the time to release them
        self._shown = len(board.serial_line.sent)
        self._quit = False

    def run(self, seconds: float | None, stop: Callable[[], bool] = lambda: False) -> None:
        """Run for ``seconds`` of the board's time (None: no end), until quit or ``stop()``.

        Raises VirtualBoardError when the program on the board crashes.
        """
        end_us = None if seconds is None else self._board.time_us + round(seconds * 1e6)
        try:
            while not (self._quit or stop()) and (end_us is None or self._board.time_us < end_us):
                self._obey()
                self._release()
                left_s = FRAME_S if end_us is None else (end_us - self._board.time_us) / 1e6
                self._run_board(min(FRAME_S, left_s))
                self._show()
        except Exception:
            self._show()  # the last output of a program that crashed
            raise

    def _run_board(self, seconds: float) -> None:
        if self._movement is None:
            self._pace.run(seconds)
        else:
            self._movement.run(self._pace, seconds)

    def _show(self) -> None:
        sent = self._board.serial_line.sent
        news = bytes(sent[self._shown :])
        self._shown += len(news)
        self._view.update(news, self._board.leds, self._board.time_us)

    def _obey(self) -> None:
        for action, text in self._commands.read() if self._commands else []:
            if text:
                self._board.write(text)
            else:
                self._actions()[action]()

    def _actions(self) -> dict[str, Callable[[], None]]:
        return {
            "a": lambda: self._press("a"),
            "b": lambda: self._press("b"),
            "ab": lambda: self._press("a", "b"),
            "reset": self._board.reset,
            "play": self._play_again,
            "quit": self._stop,
        }

    def _press(self, *buttons: str) -> None:
        for button in buttons:
            self._board.hold(button)
            self._release_us[button] = self._board.time_us + PRESS_US

    def _release(self) -> None:
        for button, at_us in list(self._release_us.items()):
            if self._board.time_us >= at_us:
                self._board.release(button)
                del self._release_us[button]

    def _play_again(self) -> None:
        if self._movement is not None:
            self._movement.play_again()

    def _stop(self) -> None:
        self._quit = True
