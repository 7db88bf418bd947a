"""Session: the interface that lessons are written against, whoever the audience is.

A lesson is a function that runs from top to bottom and calls the methods of a session: read this,
guess that, run this function. The session turns each call into a piece (:mod:`.pieces`), keeps it
in ``record`` and presents it to its audience: a terminal, a page, the teacher, or a run straight
through.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from microbit_ml.charts.chart import Picture
from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import About
from microbit_ml.lessons.answers import (
    ATTEMPTS,
    HELP,
    LETTERS,
    asks_for_hint,
    chosen,
    is_right,
    number_in,
    written,
)
from microbit_ml.lessons.source import (
    LessonError,
    call_text,
    check_symbols,
    line_of,
    source_of,
)
from microbit_ml.lessons.values import as_text
from microbit_ml.lessons.words import word_of
from microbit_ml.targets import smallest

if TYPE_CHECKING:
    from microbit_ml.model import Model, Prediction
    from microbit_ml.recordings import Dataset, Recording

BOARD = f"virtual:{smallest().name}"  # the board of lessons: what fits there fits on any
_T = TypeVar("_T")


class Leave(Exception):
    """The pupil wants to stop for now."""


class Audience(Protocol):
    """Whoever a lesson is presented to.

    sees_tries: whether the tries of a change are shown; if not, they need not be computed.
    """

    sees_tries: bool

    def present(self, piece: pieces.Piece) -> None:
        """Show a piece; for a question, without its answer."""
        ...

    def answer(self, question: pieces.Guess | pieces.Check | pieces.Change, attempt: int) -> str:
        """Return the answer, "" for nothing. Raises Leave."""
        ...

    def reply(self, text: str) -> None:
        """Respond to an answer."""
        ...

    def show(self, shown: str | Picture) -> None:
        """Show the result for a number that was tried."""
        ...

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Show a message while something takes a while."""
        ...


class Session:
    """One run of a lesson for one audience.

    about: the lesson's; audience: see :class:`Audience`; data: the recordings, by default the
    lessons' own; board: its address, by default a virtual one. record: all pieces, in order;
    attempts: for each check, how many attempts it took, or None when it was not solved.
    """

    def __init__(
        self,
        about: About,
        audience: Audience,
        data: Dataset | None = None,
        board: str = BOARD,
    ) -> None:
        self.about = about
        self.audience = audience
        self.board = board
        self.own = data is not None
        self.record: list[pieces.Piece] = []
        self.attempts: list[int | None] = []
        self._data = data
        self._n_steps = 0
        self._help_announced = False  # after a wrong answer

    # Recordings, a model and a board

    @property
    def data(self) -> Dataset:
        """The recordings: the pupil's own, or simulated ones."""
        if self._data is None:
            from microbit_ml.lessons.material import simulated_gestures

            self._data = simulated_gestures()
        return self._data

    @property
    def model(self) -> Model:
        """A small model trained on ``data``; training takes a second, once."""
        from microbit_ml.lessons.material import model_of

        with self.audience.busy("Training a model ..."):
            return model_of(self.data)

    def predict_on_board(
        self, model: Model, recordings: Sequence[Recording] | Dataset
    ) -> Prediction:
        """The board's predictions for the recordings. Raises BoardError."""
        from microbit_ml.lessons.material import predict_on

        with self.audience.busy(f"Asking {self.board} ..."):
            return predict_on(model, recordings, self.board)

    def run_on_board(self, program: str) -> str:
        """Run a MicroPython program on the board; return what it prints. Raises BoardError."""
        from microbit_ml.lessons.material import run_on

        with self.audience.busy(f"Running a program on {self.board} ..."):
            return run_on(program, self.board)

    # Things to read and look at

    def step(self, title: str) -> None:
        """Start a step."""
        self._n_steps += 1
        self._present(pieces.Step(self._n_steps, title))

    def read(self, text: str) -> None:
        """Paragraphs to read, with an empty line between them; marks: `code` and **bold**."""
        self._present(pieces.Reading(paragraphs(text)))

    def word(self, name: str) -> None:
        """Define a word of the glossary here, before it is used."""
        self._present(pieces.NewWord(word_of(name)))

    def formula(
        self,
        formula: str,
        symbols: Mapping[str, str],
        code: Callable[..., Any],
        line: str,
        worked: str,
        only: str | None = None,
    ) -> None:
        """A formula beside its line of code.

        symbols: {symbol: its meaning}, for every letter in it; code: the function (only: or the
        method of a class) that contains ``line``; worked: the formula with computed numbers.
        Raises LessonError for a missing or unused symbol, or when the line is not there.
        """
        check_symbols(formula, symbols)
        if not re.search(r"\d", worked):
            raise LessonError(f"The worked example of {formula!r} has no number: {worked!r}.")
        text, location = line_of(code, line, only)
        self._present(pieces.Formula(formula, dict(symbols), location, text, worked))

    def code(self, thing: Any, only: str | None = None) -> None:
        """The source of a function or a class, or of only one of its methods."""
        source, file, first = source_of(thing, only)
        name = only or str(getattr(thing, "__name__", thing))
        self._present(pieces.Code(name, source, f"{file}, line {first}"))

    def show(self, name: str, value: Any) -> None:
        """A value with its name: a number, a text, an array."""
        self._present(pieces.Value(name, as_text(value)))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], caption: str) -> None:
        """A table; numbers are written with four significant digits."""
        cells = [[as_text(cell) for cell in row] for row in rows]
        self._present(pieces.Table([*columns], cells, caption))

    def picture(self, picture: Picture) -> None:
        """A chart, a grid or a contour plot."""
        self._present(pieces.PictureShown(picture))

    def run(self, function: Callable[..., _T], *args: Any) -> _T:
        """Call a function and show the call, what it prints and what it returns."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            value = function(*args)
        call = call_text(sys._getframe(1), "run") or (
            f"{getattr(function, '__name__', function)}({', '.join(map(_short, args))})"
        )
        result = "" if value is None else as_text(value)
        self._present(pieces.Ran(call, printed.getvalue().rstrip(), result))
        return value

    # Questions

    def predict(
        self, question: str, answer: str | float, then: str, choices: Sequence[str] = ()
    ) -> None:
        """Let the pupil guess; then show the answer, and ``then``."""
        _check_choices(question, answer, choices)
        truth = answer if isinstance(answer, str) else as_text(answer)
        guess = pieces.Guess(paragraphs(question), truth, paragraphs(then), tuple(choices))
        self._present(guess)
        typed = self.audience.answer(guess, 1).strip()
        meant = "" if typed == HELP else chosen(guess.choices, typed) or typed
        guessed = f"Your guess: {meant}. " if meant else ""
        self.audience.reply(f"{guessed}The answer: {truth}.")
        self.audience.reply(guess.then)

    def change(
        self,
        what: str,
        default: float,
        tries: Sequence[float],
        function: Callable[[float], str | Picture],
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        """Let the pupil try numbers, as often as they like; function(number) is shown.

        Pages and straight runs show ``tries``. If default is an int, only whole numbers are taken.
        """
        change = pieces.Change(what, default, tuple(tries), function, low, high)
        if self.audience.sees_tries:
            change.tried.extend((number, function(number)) for number in change.tries)
        self._present(change)
        attempt = 1
        while typed := self.audience.answer(change, attempt).strip():
            attempt += 1
            number = _number_for(change, typed)
            if isinstance(number, str):
                self.audience.reply(number)
            else:
                self.audience.show(function(number))

    def check(
        self,
        question: str,
        answer: str | float,
        why: str,
        tolerance: float | None = None,
        choices: Sequence[str] = (),
        hint: str = "",
    ) -> None:
        """Ask a question with a right answer: three attempts, a hint after the first.

        ``?`` as the first attempt gives the hint too; later, or if there is no hint, it gives the
        answer. A number needs a tolerance unless it is whole. ``why`` follows at the end.
        """
        _check_choices(question, answer, choices)
        if isinstance(answer, (bool, np.bool_)):
            raise LessonError(f"{question!r}: an answer is a number or a text, not {answer}.")
        if not isinstance(answer, str):
            answer = float(answer)
            if tolerance is None and not answer.is_integer():
                raise LessonError(f"{question!r}: the answer {answer} needs a tolerance.")
        check = pieces.Check(
            paragraphs(question), answer, paragraphs(why), tolerance, tuple(choices),
            paragraphs(hint),
        )  # fmt: skip
        self._present(check)
        self.attempts.append(self._ask(check))
        self.audience.reply(check.why)

    def _ask(self, check: pieces.Check) -> int | None:
        """The number of attempts it took, or None if it was not solved."""
        for attempt in range(1, ATTEMPTS + 1):
            typed = self.audience.answer(check, attempt)
            if asks_for_hint(check, typed, attempt):
                self.audience.reply(check.hint)
                continue
            if typed.strip() == HELP:
                break
            if is_right(check, typed):
                self.audience.reply("Right.")
                return attempt
            if attempt < ATTEMPTS:
                hint = check.hint if attempt == 1 else ""
                self.audience.reply(" ".join(filter(None, ["Not yet.", hint, self._help_once()])))
        self.audience.reply(f"The answer: {written(check.answer, check.tolerance)}.")
        return None

    def _help_once(self) -> str:
        """A note on how to get help, after the first wrong answer of a lesson."""
        announced, self._help_announced = self._help_announced, True
        return "" if announced else f"Type {HELP} for the answer."

    def _present(self, piece: pieces.Piece) -> None:
        self.record.append(piece)
        self.audience.present(piece)


def paragraphs(text: str) -> str:
    """Each paragraph as one line, with an empty line between; indents and line ends are removed."""
    parts = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(part.split()) for part in parts)


def _check_choices(question: str, answer: str | float, choices: Sequence[str]) -> None:
    if choices and (answer not in choices or len(set(choices)) < max(2, len(choices))):
        raise LessonError(f"{question!r}: {answer!r} must be one of different choices {choices}.")
    if len(choices) > len(LETTERS):
        raise LessonError(f"{question!r} has more than {len(LETTERS)} choices.")


def _number_for(change: pieces.Change, typed: str) -> float | str:
    """The number that was typed, or a message about what is wrong with it."""
    number = number_in(typed)
    if number is None:
        return f"{typed[:20]!r} is not a number. Type a number, or press Enter to go on."
    if isinstance(change.default, int):
        if not number.is_integer():
            return "Please type a whole number."
        number = int(number)
    if change.low is not None and number < change.low:
        return f"Please type {as_text(change.low)} or more."
    if change.high is not None and number > change.high:
        return f"Please type {as_text(change.high)} or less."
    return number


def _short(value: Any) -> str:
    text = " ".join(as_text(value).split())
    return text if len(text) <= 40 else text[:37] + "..."
