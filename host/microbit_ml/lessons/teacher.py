"""The teacher's notes of a lesson: aims, plan, answers, misconceptions, one board or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import LESSON_MINUTES
from microbit_ml.lessons.answers import LETTERS, written
from microbit_ml.lessons.page_session import with_style
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.text import WIDTH, table_lines, wrapped
from microbit_ml.pages import Page, as_is
from microbit_ml.pages.text import inline

Question = pieces.Guess | pieces.Check | pieces.Change


class Sheet(Protocol):
    """The medium of the notes: a page of HTML, or lines for a terminal."""

    def heading(self, text: str, level: int = 2) -> None: ...
    def paragraph(self, text: str) -> None: ...
    def bullets(self, items: Sequence[str]) -> None: ...
    def answered(self, question: str, lines: Sequence[tuple[str, str]]) -> None: ...
    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[object]], caption: str, left: int = 1
    ) -> None: ...


class PageSheet(Page):
    """A sheet of HTML."""

    def answered(self, question: str, lines: Sequence[tuple[str, str]]) -> None:
        """A question, and below it named lines: the answer, then why."""
        rows = "\n".join(
            f"<dt>{inline(name)}</dt>\n<dd>{inline(text)}</dd>" for name, text in lines
        )
        self.raw(f'<div class="question">\n<p>{inline(question)}</p>\n<dl>\n{rows}\n</dl>\n</div>')


class TextSheet:
    """A sheet of lines that fit a terminal."""

    def __init__(self, unicode: bool = True) -> None:
        self.lines: list[str] = []
        self._unicode = unicode

    def heading(self, text: str, level: int = 2) -> None:
        """A heading, underlined."""
        rule = ("─" if self._unicode else "-") * len(text) if level == 2 else ""
        self.lines += [text, *([rule] if rule else []), ""]

    def paragraph(self, text: str) -> None:
        """A paragraph."""
        self.lines += [*wrapped(text), ""]

    def bullets(self, items: Sequence[str]) -> None:
        """A list."""
        for item in items:
            self.lines += wrapped(f"- {item}", indent="  ")
        self.lines.append("")

    def answered(self, question: str, lines: Sequence[tuple[str, str]]) -> None:
        """A question, and below it, indented, named lines: the answer, then why."""
        self.lines += wrapped(question)
        for name, text in lines:
            indent = " " * (len(name) + 2)
            answer = wrapped(f"{name}: {text}", indent=indent, width=WIDTH - 4)
            self.lines += [f"    {line}" for line in answer]
        self.lines.append("")

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[object]], caption: str, left: int = 1
    ) -> None:
        """A table whose last column is text that may need several lines."""
        cells = [[str(cell) for cell in row] for row in rows]
        if len(columns) == 2:
            self.lines.append(f"{columns[0]}: {columns[1]}")
            for first, second in cells:
                self.lines += wrapped(f"{first:>3}: {second}", indent="     ")
        else:
            self.lines += table_lines(pieces.Table(columns, cells, caption), unicode=self._unicode)
        self.lines.append("")


def teacher_lines(session: Session, *, unicode: bool = True) -> list[str]:
    """The notes of a lesson that has been run, as lines of text."""
    about = session.about
    sheet = TextSheet(unicode)
    sheet.lines += [f"Teacher's notes for lesson {about.number}: {about.title}", ""]
    write_notes(session, sheet)
    return sheet.lines


def teacher_page(session: Session) -> str:
    """The notes of a lesson that has been run, as a page of HTML."""
    about = session.about
    page = PageSheet(f"Teacher's notes for lesson {about.number}: {about.title}")
    write_notes(session, page)
    return with_style(page)


def write_notes(session: Session, sheet: Sheet) -> None:
    """All that a teacher needs to know about a lesson."""
    about = session.about
    sheet.paragraph(about.question)
    sheet.heading("Aims")
    sheet.paragraph("After this lesson pupils can:")
    sheet.bullets(about.aims)
    sheet.heading(f"Plan for {LESSON_MINUTES} minutes")
    sheet.table(["minutes", "activity"], about.plan, "Time for each activity", left=2)
    words = [piece.word.name for piece in session.record if isinstance(piece, pieces.NewWord)]
    sheet.heading("New words")
    sheet.paragraph(", ".join(words) + ".")
    _write_answers(session, sheet)
    sheet.heading("What pupils may say, and how to answer")
    for claim, answer in about.misconceptions:
        sheet.paragraph(f"**“{claim}”** {answer}")
    sheet.heading("With one board for the class")
    sheet.paragraph(about.one_board)
    sheet.heading("Without a board")
    sheet.paragraph(about.no_board)


def _write_answers(session: Session, sheet: Sheet) -> None:
    sheet.heading("Questions and answers")
    which = "these recordings" if session.own else "the simulated recordings"
    sheet.paragraph(f"The numbers are for {which}. With other recordings they differ.")
    questions: list[Question] = []
    title = ""
    for piece in [*session.record, pieces.Step(0, "")]:
        if isinstance(piece, pieces.Step):
            if questions:
                sheet.heading(title, 3)
                for question in questions:
                    sheet.answered(*_answered(question))
            title, questions = f"Step {piece.number}: {piece.title}", []
        elif isinstance(piece, Question):
            questions.append(piece)


def _answered(question: Question) -> tuple[str, list[tuple[str, str]]]:
    """The question, and the lines below it: the answer, then why."""
    if isinstance(question, pieces.Change):
        tries = ", ".join(f"{number:g}" for number in question.tries)
        return f"**Change:** {_flat(question.what)}", [("Worth trying", tries)]
    if isinstance(question, pieces.Guess):
        kind, why = "Guess", question.then
        answer, margin = as_is(question.answer), ""
    else:
        kind, why = "Check", question.why
        answer = as_is(written(question.answer, question.tolerance))
        margin = f" (give or take {question.tolerance:.3g})" if question.tolerance else ""
    letters = dict(zip(question.choices, LETTERS, strict=False))
    letter = f"{letters[question.answer]}) " if question.answer in letters else ""
    lines = [("Answer", f"**{letter}{answer}**{margin}"), ("Why", _flat(why))]
    return f"**{kind}:** {_flat(question.question)}", [line for line in lines if line[1]]


def _flat(text: str) -> str:
    return " ".join(text.split())
