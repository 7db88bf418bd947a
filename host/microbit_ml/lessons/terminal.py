"""A lesson in the terminal: step by step, with the pupil's answers."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from microbit_ml.charts.chart import Picture
from microbit_ml.console.screen import working, write
from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import About
from microbit_ml.lessons.answers import missing, right_answer
from microbit_ml.lessons.course import lesson_folders
from microbit_ml.lessons.folder import Lesson
from microbit_ml.lessons.progress import Progress, Reached, progress_file
from microbit_ml.lessons.session import BOARD, Leave, Session
from microbit_ml.lessons.straight import can_show_unicode
from microbit_ml.lessons.text import WIDTH, in_its_signs, lines_of, shown_lines, wrapped
from microbit_ml.recordings import Dataset

QUIT = ("q", "quit", "exit")
STUCK = "Stuck? Type ? for a hint, and ? again for the answer."
GO_ON, MORE = "Press Enter to go on, or type q to stop: ", "Press Enter for more: "
NARROWEST = 30  # columns
KEPT_LINES = 3  # of a screen: for the prompt, and the lines read last
_PROMPTS = {
    pieces.Guess: "Your guess: ",
    pieces.Check: "Your answer: ",
    pieces.Change: "Type a number, or press Enter to go on: ",
}


class Terminal:
    """Shows pieces on stdout, a screen at a time, and reads answers from stdin.

    n_steps: of the lesson; start: the first step to show; earlier ones run silently, with right
    answers; on_step: called with the number of each step that starts.
    """

    sees_tries = False

    def __init__(self, n_steps: int, start: int, on_step: Callable[[int], None]) -> None:
        self.silent_checks = 0
        self._n_steps, self._start, self._on_step = n_steps, start, on_step
        self._silent = start > 1
        self._unicode = can_show_unicode(sys.stdout)
        self._n_lines = 0  # since the pupil last typed something
        self._help_announced = False

    def present(self, piece: pieces.Piece) -> None:
        """Show a piece; wait for Enter before a new step."""
        if isinstance(piece, pieces.Step) and piece.number >= self._start:
            if piece.number > self._start:
                self._read(GO_ON)
                write()
                self._n_lines = 0
            self._silent = False
            self._on_step(piece.number)
        if not self._silent:
            lines = lines_of(piece, self._n_steps, unicode=self._unicode, width=columns())
            if isinstance(piece, pieces.Change):
                tries = ", ".join(f"{number:g}" for number in piece.tries)
                lines += wrapped(f"For example: {tries}.", width=columns())
            self.print_lines(lines)

    def answer(self, question: pieces.Guess | pieces.Check | pieces.Change, attempt: int) -> str:
        """Read what the pupil types."""
        if self._silent:
            self.silent_checks += isinstance(question, pieces.Check)
            return right_answer(question)
        if isinstance(question, pieces.Check) and not self._help_announced:
            self._help_announced = True
            self.print_lines([*wrapped(STUCK, width=columns()), ""])
        typed = self._read(_PROMPTS[type(question)])
        while isinstance(question, pieces.Check) and (text := missing(question, typed, attempt)):
            self.reply(text)
            typed = self._read(_PROMPTS[type(question)])
        if isinstance(question, pieces.Change) and not typed.strip():
            write()
        return typed

    def reply(self, text: str) -> None:
        """Respond to an answer."""
        if text and not self._silent:
            self.print_lines([*wrapped(text, width=columns()), ""])

    def show(self, shown: str | Picture) -> None:
        """Show the result for a number."""
        if not self._silent:
            self.print_lines([*shown_lines(shown, unicode=self._unicode), ""])

    def busy(self, text: str) -> AbstractContextManager[object]:
        """A message on stderr that disappears when the work is done."""
        return working(text)

    def print_lines(self, lines: list[str]) -> None:
        """Print lines, and pause whenever the screen is full; a piece stays together if it can."""
        size = shutil.get_terminal_size()
        room = max(8, size.lines - KEPT_LINES)
        if self._n_lines and self._n_lines + len(lines) > room:
            self._pause()
        for line in lines:
            if self._n_lines >= room:
                self._pause()
            if line or self._n_lines:  # no empty line at the top of a screen
                write(in_its_signs(line, sys.stdout.encoding or "utf-8"))
                self._n_lines += max(1, -(-len(line) // size.columns))

    def _pause(self) -> None:
        self._read(MORE)
        self._n_lines = 0

    def _read(self, prompt: str) -> str:
        try:
            typed = input(prompt)
        except EOFError:
            raise Leave from None
        if typed.strip().lower() in QUIT:
            raise Leave
        self._n_lines = 1
        return typed


def teach(
    lesson: Lesson,
    data: Dataset | None = None,
    board: str = BOARD,
    again: bool = False,
) -> None:
    """Go through a lesson with the pupil, from where they last stopped, and save their progress.

    again: from the beginning. Leaving with q or Ctrl-D returns; Ctrl-C is raised to the caller.
    """
    about = lesson.about
    progress = Progress(progress_file(), lambda text: write(text, file=sys.stderr))
    before = progress.of(about.number)
    start = 1 if again or before.done else max(1, min(before.step, lesson.n_steps))
    if start == 1:
        before = Reached()
    terminal = Terminal(lesson.n_steps, start, on_step=lambda step: keep(step))
    session = Session(about, terminal, data, board)

    def keep(step: int, done: bool = False) -> None:
        new = session.attempts[terminal.silent_checks :]
        attempts = (*before.attempts[: terminal.silent_checks], *new)
        progress.note(about.number, Reached(step, done, attempts))

    terminal.print_lines(_welcome(about, lesson.n_steps, start))
    try:
        lesson.go_through(session)
        keep(lesson.n_steps, done=True)
        _good_bye(about, progress.of(about.number))
    except (Leave, KeyboardInterrupt) as reason:
        step = progress.of(about.number).step
        write(
            f"\nStopped at step {step}. Go on from there with: microbit-ml lesson {lesson.argument}"
        )
        if isinstance(reason, KeyboardInterrupt):
            raise


def columns() -> int:
    """The width of lines of text: that of a book, or of the terminal if it is narrower."""
    return max(NARROWEST, min(WIDTH, shutil.get_terminal_size().columns - 1))


def _welcome(about: About, n_steps: int, start: int) -> list[str]:
    lines = [f"Lesson {about.number}: {about.title}", *wrapped(about.question, width=columns()), ""]
    if start > 1:
        again = "To start from the beginning, use --again."
        lines += wrapped(f"You were at step {start} of {n_steps}. {again}", width=columns())
    how = "Press Enter to go on. Type q to stop: next time you go on from there."
    return [*lines, *wrapped(how, width=columns()), ""]


def _good_bye(about: About, reached: Reached) -> None:
    n = len(reached.attempts)
    text = (
        f"That was lesson {about.number}. You got {reached.at_once} of {n} checks right first time."
    )
    write("\n".join(["", *wrapped(text, width=columns())]))
    if about.number + 1 in lesson_folders():
        write(f"Next lesson: microbit-ml lesson {about.number + 1}")
