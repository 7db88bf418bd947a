"""Judging what a pupil typed: numbers with a tolerance, texts without case, choices by letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from microbit_ml.lessons.pieces import Change, Check, Guess

LETTERS = "abcdefgh"
ATTEMPTS = 3
ROUNDING, TINY = 1 + 1e-9, 1e-12  # 1.6 is 0.1 away from 1.5, whatever binary fractions say
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")


def is_right(check: Check, typed: str) -> bool:
    """Whether the text that was typed answers the check."""
    if check.choices:
        return chosen(check.choices, typed) == check.answer
    if isinstance(check.answer, str):
        return _plain(typed) == _plain(check.answer)
    number = number_in(typed)
    limit = (check.tolerance or 0.0) * ROUNDING + TINY
    return number is not None and abs(number - check.answer) <= limit


def chosen(choices: Sequence[str], typed: str) -> str | None:
    """The choice that was meant: by its letter, or by its text; None for neither."""
    meant = _plain(typed).strip("()")
    for letter, choice in zip(LETTERS, choices, strict=False):
        if meant in (letter, _plain(choice).strip("()")):
            return choice
    return None


def number_in(typed: str) -> float | None:
    """The number that a text begins with: ``1.5``, ``1,5``, ``1.5 g``, ``-3``, ``3/4``, ``50 %``.

    A percent sign does not change it: the question says which number it asks for.
    """
    text = typed.strip().replace("−", "-").removeprefix("=").strip()
    top = _NUMBER.match(text)
    if top is None:
        return None
    value = _as_float(top[0])
    rest = text[top.end() :].lstrip()
    below = _NUMBER.match(rest[1:].lstrip()) if rest.startswith("/") else None
    if below is not None and _as_float(below[0]):
        value /= _as_float(below[0])
    return value


def right_answer(question: Guess | Check | Change) -> str:
    """What somebody types who knows the answer; nothing, where one may try numbers."""
    if isinstance(question, Change):
        return ""
    return written(question.answer, getattr(question, "tolerance", None))


def wrong_answer(question: Guess | Check | Change) -> str:
    """What somebody types who does not know the answer."""
    if isinstance(question, Change):
        return "nothing"
    if question.choices:
        other = [choice for choice in question.choices if choice != question.answer]
        return LETTERS[list(question.choices).index(other[0])]
    if isinstance(question.answer, str):
        return "something else"
    tolerance = getattr(question, "tolerance", None) or 0.0
    return written(question.answer + max(1.0, 3 * tolerance), None)


def written(answer: str | float, tolerance: float | None) -> str:
    """An answer as text: a number with no more digits than its tolerance asks for."""
    if isinstance(answer, str):
        return answer
    if float(answer).is_integer():
        return f"{answer:.0f}"
    if not tolerance:
        return f"{answer:.10g}"
    decimals = 0
    while decimals < 12 and abs(round(answer, decimals) - answer) > tolerance / 2:
        decimals += 1
    return f"{answer:.{decimals}f}"


def _as_float(number: str) -> float:
    return float(number.replace(",", "."))


def _plain(text: str) -> str:
    """Without case, spaces and full stops, and with signs as they stand on a keyboard."""
    signs = str.maketrans({"×": "x", "−": "-", "’": "'", "²": "2", "³": "3"})
    return "".join(text.translate(signs).casefold().split()).strip(".!?`'\"")
