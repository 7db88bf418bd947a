"""Checks for every lesson, made on the record of one run. Each check returns complaints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import html5lib
from reading_ease import flesch

from microbit_ml.charts.chart import Chart, Contour, Grid, Picture
from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import LESSON_MINUTES, About
from microbit_ml.lessons.answers import is_right, right_answer, wrong_answer
from microbit_ml.lessons.linking import words_in
from microbit_ml.lessons.text import WIDTH, change_lines, lines_of
from microbit_ml.lessons.words import WORDS, Word

LEAST_EASE = 60
LEAST = {pieces.Guess: 3, pieces.Change: 2, pieces.Check: 4, pieces.Formula: 3,
         pieces.PictureShown: 2, pieces.Step: 8}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A text that pupils read; prose: whole sentences, which count for the reading ease."""

    text: str
    prose: bool = True


def texts_of(piece: pieces.Piece) -> Iterator[Text]:
    """All texts of a piece, in the order in which a pupil reads them."""
    if isinstance(piece, pieces.Reading):
        yield Text(piece.text)
    elif isinstance(piece, pieces.NewWord):
        yield Text(f"{piece.word.name}: {piece.word.definition}")
    elif isinstance(piece, pieces.Formula):
        yield from (Text(meaning, prose=False) for meaning in piece.symbols.values())
        yield Text(piece.worked, prose=False)
    elif isinstance(piece, pieces.Table):
        yield from (Text(cell, prose=False) for cell in piece.columns)
        yield Text(piece.caption, prose=False)
    elif isinstance(piece, pieces.PictureShown):
        yield from _texts_of_picture(piece.picture)
    elif isinstance(piece, (pieces.Guess, pieces.Check)):
        yield Text(piece.question)
        yield from (Text(choice, prose=False) for choice in piece.choices)
        if isinstance(piece, pieces.Check):
            yield Text(piece.hint)
        yield Text(piece.then if isinstance(piece, pieces.Guess) else piece.why)
    elif isinstance(piece, pieces.Change):
        yield Text(piece.what)
        for _, shown in piece.tried:
            if isinstance(shown, str):
                yield Text(shown, prose=False)
            else:
                yield from _texts_of_picture(shown)


def _texts_of_picture(picture: Picture) -> Iterator[Text]:
    texts = [picture.title, picture.x_label, picture.y_label, picture.alt]
    if isinstance(picture, Chart):
        texts += [series.name for series in picture.series]
    elif isinstance(picture, Contour):
        texts += [picture.z_label, *(path.name for path in picture.paths)]
    else:
        assert isinstance(picture, Grid)
    yield from (Text(text, prose=False) for text in texts)


def pupils_text(record: Sequence[pieces.Piece]) -> str:
    """The prose that a pupil reads, a paragraph for each text."""
    texts = [one.text for piece in record for one in texts_of(piece) if one.prose and one.text]
    return "\n\n".join(texts)


def words_too_early(record: Sequence[pieces.Piece], number: int) -> list[str]:
    """Words that are used before they are defined; titles may name what is to come."""
    known = {word for word in WORDS if word.lesson < number}
    complaints = []
    for piece in record:
        if isinstance(piece, pieces.NewWord):
            known.add(piece.word)
        for one in texts_of(piece):
            for begin, end, word in words_in(one.text):
                if word not in known:
                    around = one.text[max(0, begin - 30) : end + 30].replace("\n", " ")
                    complaints.append(f"{word.name!r} (lesson {word.lesson}): ...{around}...")
    return complaints


def words_not_defined(record: Sequence[pieces.Piece], number: int) -> list[str]:
    """Words of this lesson that it never defines, and words of later lessons that it does."""
    defined: list[Word] = [piece.word for piece in record if isinstance(piece, pieces.NewWord)]
    complaints = [
        f"{word.name!r} is never defined"
        for word in WORDS
        if word.lesson == number and word not in defined
    ]
    complaints += [
        f"{word.name!r} belongs to lesson {word.lesson}" for word in defined if word.lesson > number
    ]
    twice = {word.name for word in defined if defined.count(word) > 1}
    return complaints + [f"{name!r} is defined twice" for name in sorted(twice)]


def too_little(record: Sequence[pieces.Piece]) -> list[str]:
    """Kinds of pieces of which there are too few."""
    complaints = []
    for kind, least in LEAST.items():
        n = sum(isinstance(piece, kind) for piece in record)
        if kind is pieces.PictureShown:
            n += sum(
                any(not isinstance(shown, str) for _, shown in piece.tried)
                for piece in record
                if isinstance(piece, pieces.Change)
            )
        if n < least:
            complaints.append(f"{n} of {kind.__name__}, at least {least}")
    return complaints


def wrong_checks(record: Sequence[pieces.Piece]) -> list[str]:
    """Checks that refuse their right answer, or accept a wrong one."""
    complaints = []
    for check in record:
        if isinstance(check, pieces.Check):
            if not is_right(check, right_answer(check)):
                complaints.append(f"{check.question}: refuses {right_answer(check)!r}")
            for wrong in (wrong_answer(check), "", "?"):
                if is_right(check, wrong):
                    complaints.append(f"{check.question}: accepts {wrong!r}")
    return complaints


def too_wide(record: Sequence[pieces.Piece]) -> list[str]:
    """Lines that do not fit a terminal of 80 columns."""
    complaints = []
    for piece in record:
        lines = lines_of(piece)
        if isinstance(piece, pieces.Change):
            lines = lines + change_lines(piece)
        complaints += [line for line in lines if len(line) > WIDTH]
    return complaints


def too_hard(record: Sequence[pieces.Piece]) -> list[str]:
    """The reading ease, if it is too low."""
    ease = flesch(pupils_text(record))
    return [f"reading ease {ease:.1f}, at least {LEAST_EASE}"] if ease < LEAST_EASE else []


def incomplete_about(about: About) -> list[str]:
    """What is missing in the teacher's notes."""
    complaints = []
    minutes = sum(minutes for minutes, _ in about.plan)
    if minutes != LESSON_MINUTES:
        complaints.append(f"the plan takes {minutes} minutes")
    texts = [about.title, about.question, about.one_board, about.no_board, *about.aims]
    texts += [text for pair in about.misconceptions for text in pair]
    if len(about.aims) < 3 or len(about.misconceptions) < 2 or not all(map(str.strip, texts)):
        complaints.append("aims (3), misconceptions (2), one board or no board are missing")
    return complaints


def invalid_html(page: str) -> list[str]:
    """What is wrong with a page: errors of HTML, links that lead nowhere, ids that stand twice."""
    parser = html5lib.HTMLParser()
    tree = parser.parse(page)
    complaints = [f"{position}: {code} {data}" for position, code, data in parser.errors]
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    complaints += [f"id {name!r} stands twice" for name in set(ids) if ids.count(name) > 1]
    links = set(re.findall(r'href="#([^"]*)"', page))
    complaints += [f"the link #{name} leads nowhere" for name in sorted(links - set(ids))]
    return complaints
