"""A run straight through: everything is printed, and questions are answered automatically."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, TextIO

from microbit_ml.charts.chart import Picture
from microbit_ml.console.screen import write
from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import About
from microbit_ml.lessons.answers import right_answer, wrong_answer
from microbit_ml.lessons.text import change_lines, in_its_signs, lines_of, shown_lines, wrapped


class Silent:
    """Shows nothing: for pages and the teacher's notes, which are made from the session's record.

    answers: whether questions are answered "right" or "wrong".
    """

    sees_tries = True

    def __init__(self, answers: Literal["right", "wrong"] = "right") -> None:
        self._answer = right_answer if answers == "right" else wrong_answer

    def present(self, piece: pieces.Piece) -> None:
        """Nothing is shown."""

    def answer(self, question: pieces.Guess | pieces.Check | pieces.Change, attempt: int) -> str:
        """A right or a wrong answer; numbers are tried once at most."""
        if isinstance(question, pieces.Change) and attempt > 1:
            return ""
        return self._answer(question)

    def reply(self, text: str) -> None:
        """Nothing is shown."""

    def show(self, shown: str | Picture) -> None:
        """Nothing is shown."""

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Nothing is shown."""
        return nullcontext()


class Straight(Silent):
    """Prints the whole lesson to ``out`` (default: stdout), as a terminal would show it."""

    def __init__(
        self,
        about: About,
        answers: Literal["right", "wrong"] = "right",
        out: TextIO | None = None,
        n_steps: int = 0,
    ) -> None:
        super().__init__(answers)
        self._out = out
        self._n_steps = n_steps
        self._unicode = can_show_unicode(out or sys.stdout)
        self._print([f"Lesson {about.number}: {about.title}", *wrapped(about.question), ""])

    def present(self, piece: pieces.Piece) -> None:
        self._print(lines_of(piece, self._n_steps, unicode=self._unicode))
        if isinstance(piece, pieces.Change):
            self._print(["", *change_lines(piece, unicode=self._unicode)])

    def answer(self, question: pieces.Guess | pieces.Check | pieces.Change, attempt: int) -> str:
        typed = super().answer(question, attempt)
        if typed:
            self._print([f"  > {typed}"])
        return typed

    def reply(self, text: str) -> None:
        if text:
            self._print([*wrapped(text), ""])

    def show(self, shown: str | Picture) -> None:
        self._print([*shown_lines(shown, unicode=self._unicode), ""])

    def _print(self, lines: list[str]) -> None:
        out = self._out or sys.stdout
        for line in lines:
            write(in_its_signs(line, out.encoding or "utf-8"), file=out)


def can_show_unicode(stream: TextIO) -> bool:
    """Whether a stream can show lines, blocks and Greek letters."""
    try:
        "─█√Σ₁".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
