"""A lesson's pieces as lines of text, for a terminal or a pipe."""

from __future__ import annotations

import textwrap

from microbit_ml.charts.chart import Picture
from microbit_ml.lessons import pieces
from microbit_ml.lessons.answers import LETTERS
from microbit_ml.lessons.values import number_text
from microbit_ml.pages.text import plain

WIDTH = 78
SIGNS = {
    **dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢₙ", "0123456789in", strict=True)),
    **{raised: f"^{plain}" for raised, plain in zip("²³⁸ⁱˣᵀ", "238ixT", strict=True)},
    **{"√": "sqrt", "Σ": "sum", "×": "x", "·": "*", "−": "-", "→": "->", "←": "<-", "µ": "u"},
    **{"“": '"', "”": '"', "’": "'", "…": "...", "≤": "<=", "≥": ">=", "≈": "about"},
    **{"─": "-", "│": "|"},
}
PICTURE_LINES = 20  # a terminal of 24 lines shows it whole


def lines_of(
    piece: pieces.Piece, n_steps: int = 0, *, unicode: bool = True, width: int = WIDTH
) -> list[str]:
    """The piece, with an empty line at its end; a question without its answer.

    n_steps: of the whole lesson, 0 if unknown; width: of a line of text, in columns. Tables and
    pictures keep their own width.
    """
    if isinstance(piece, pieces.Step):
        of = f" of {n_steps}" if n_steps else ""
        head = f"{_rule(unicode) * 2} Step {piece.number}{of}: {piece.title} "
        return [head + _rule(unicode) * max(0, width - len(head)), ""]
    if isinstance(piece, pieces.Formula):
        return [*_formula_lines(piece, width), ""]
    if isinstance(piece, pieces.PictureShown):
        return [*picture_lines(piece.picture, unicode=unicode), ""]
    if isinstance(piece, pieces.Table):
        return [*table_lines(piece, unicode=unicode), ""]
    if isinstance(piece, pieces.Code):
        return [f"{piece.name} ({piece.location}):", *_indented(piece.source, width), ""]
    if isinstance(piece, pieces.Ran):
        return [*_ran_lines(piece, width), ""]
    if isinstance(piece, pieces.Value):
        return [*_value_lines(piece), ""]
    if isinstance(piece, pieces.NewWord):
        word = piece.word
        return [*wrapped(f"**{word.name}**: {word.definition}", indent="    ", width=width), ""]
    if isinstance(piece, pieces.Reading):
        return [*wrapped(piece.text, width=width), ""]
    return _question_lines(piece, width)


def in_its_signs(line: str, encoding: str) -> str:
    """The line in signs that an encoding has: √(x²) becomes sqrt(x^2) where there is no √.

    A pipe or a file on Windows needs this: its old encodings have few signs. A sign without an
    entry in ``SIGNS`` stays, and may become a question mark.
    """
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_in_words(line[i : i + 2], encoding) for i in range(len(line)))
    except LookupError:
        pass
    return line


def _in_words(signs: str, encoding: str) -> str:
    """The replacement for the first of one or two signs."""
    sign = signs[0]
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        if sign == "√" and signs[1:] != "(":
            return "sqrt "
        return SIGNS.get(sign, sign)
    return sign


def wrapped(text: str, indent: str = "", width: int = WIDTH) -> list[str]:
    """Paragraphs without marks, wrapped to the terminal's width, an empty line between them."""
    lines: list[str] = []
    for paragraph in plain(text).split("\n\n"):
        if lines:
            lines.append("")
        lines += textwrap.wrap(
            paragraph, width, subsequent_indent=indent, break_on_hyphens=False
        ) or [""]
    return lines


def table_lines(table: pieces.Table, *, unicode: bool = True) -> list[str]:
    """A table: texts to the left, numbers to the right."""
    cells = [list(table.columns), *(list(row) for row in table.rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.columns))]
    lines = []
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        for i in range(table.left, len(row)):
            padded[i] = row[i].rjust(widths[i])
        lines.append("  ".join(padded).rstrip())
    return [*wrapped(table.caption), lines[0], _rule(unicode) * max(map(len, lines)), *lines[1:]]


def picture_lines(picture: Picture, *, unicode: bool = True) -> list[str]:
    """The picture drawn with characters."""
    from microbit_ml.charts.text import to_text

    height = PICTURE_LINES - 4  # there is a title, an axis with its label, often a key
    lines = to_text(picture, width=WIDTH - 2, height=height, unicode=unicode).splitlines()
    if len(lines) > PICTURE_LINES:
        height -= len(lines) - PICTURE_LINES
        lines = to_text(picture, width=WIDTH - 2, height=height, unicode=unicode).splitlines()
    return lines


def shown_lines(shown: str | Picture, *, unicode: bool = True) -> list[str]:
    """The result for a number that was tried."""
    if not isinstance(shown, str):
        return picture_lines(shown, unicode=unicode)
    lines = shown.rstrip("\n").splitlines()
    return wrapped(shown) if len(lines) == 1 else lines


def change_lines(change: pieces.Change, *, unicode: bool = True) -> list[str]:
    """The results of all tries of a change, for runs without a keyboard."""
    lines = []
    for number, shown in change.tried:
        lines += [f"  > {number_text(number)}", *shown_lines(shown, unicode=unicode), ""]
    return lines


def _formula_lines(piece: pieces.Formula, columns: int) -> list[str]:
    lines = [f"    {piece.formula}", ""]
    width = max(map(len, piece.symbols))
    for symbol, meaning in piece.symbols.items():
        lines += wrapped(f"  {symbol:<{width}}  {meaning}", indent=" " * (width + 4), width=columns)
    code = _indented(f"  {piece.line}", columns)
    lines += [f"  In code ({piece.location}):", *code, "  With numbers:"]
    return lines + [f"    {line}" for line in wrapped(piece.worked, width=columns - 4)]


def _ran_lines(piece: pieces.Ran, width: int) -> list[str]:
    lines = textwrap.wrap(
        piece.call, width, initial_indent=">>> ", subsequent_indent="... ", break_on_hyphens=False
    )
    return lines + piece.printed.splitlines() + piece.result.splitlines()


def _value_lines(piece: pieces.Value) -> list[str]:
    lines = piece.text.splitlines() or [""]
    if len(lines) == 1 and len(piece.name) + len(lines[0]) < WIDTH - 3:
        return [f"{piece.name}: {lines[0]}"]
    return [f"{piece.name}:", *(f"  {line}" for line in lines)]


def _question_lines(piece: pieces.Guess | pieces.Check | pieces.Change, width: int) -> list[str]:
    if isinstance(piece, pieces.Change):
        return wrapped(f"**Change it:** {piece.what}", width=width)
    kind = "Guess first" if isinstance(piece, pieces.Guess) else "Check"
    lines = wrapped(f"**{kind}:** {piece.question}", width=width)
    for letter, choice in zip(LETTERS, piece.choices, strict=False):
        lines += wrapped(f"  {letter})  {choice}", indent="      ", width=width)
    return lines


def _indented(source: str, width: int) -> list[str]:
    """Lines of code, indented; lines too long for the terminal continue further in."""
    lines: list[str] = []
    for line in source.splitlines():
        inner = line.lstrip()
        begin = "  " + line[: len(line) - len(inner)]
        lines += textwrap.wrap(
            inner, width, initial_indent=begin, subsequent_indent=f"{begin}    ",
            break_long_words=False, break_on_hyphens=False,
        ) or [""]  # fmt: skip
    return lines


def _rule(unicode: bool) -> str:
    return "─" if unicode else "-"
