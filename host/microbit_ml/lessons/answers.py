"""Checking a pupil's answers: numbers with a tolerance, texts without case, choices by letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from microbit_ml.lessons.pieces import Change, Check, Guess

LETTERS = "abcdefgh"
ATTEMPTS = 3
HELP = "?"
ROUNDING, TINY = 1 + 1e-9, 1e-12  # so that 1.6 is 0.1 away from 1.5 in binary fractions, too
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([, ]\d{3})+(?![\d.,])")  # 2,500 and 2 500
_FRACTION = re.compile(r"(\d+)\s+(?:out\s+)?of\s+(\d*[1-9]\d*)\b")  # 12 of 15
_BEFORE = re.compile(r"(\w{1,3}\s*)?[=≈]\s*")  # y = 3
_MINUS = re.compile(r"[−–-]\s*")


def is_right(check: Check, typed: str) -> bool:
    """Whether the typed text is a right answer to the check."""
    if check.choices:
        return chosen(check.choices, typed) == check.answer
    if isinstance(check.answer, str):
        return _plain(typed) == _plain(check.answer)
    tolerance = (check.tolerance or 0.0) * ROUNDING + TINY
    return any(abs(number - check.answer) <= tolerance for number in _readings(typed))


def asks_for_hint(check: Check, typed: str, attempt: int) -> bool:
    """Whether to give the hint now; it also follows a wrong answer."""
    return typed.strip() == HELP and attempt == 1 and bool(check.hint)


def missing(check: Check, typed: str, attempt: int) -> str:
    """A message for a text that cannot be an answer, right or wrong; "" if it can."""
    if typed.strip() == HELP:
        return ""
    help_now = f"{HELP} for {'a hint' if asks_for_hint(check, HELP, attempt) else 'the answer'}."
    if check.choices:
        last = LETTERS[len(check.choices) - 1]
        return "" if chosen(check.choices, typed) else f"Type a letter, a to {last}, or {help_now}"
    if isinstance(check.answer, str):
        return "" if typed.strip() else f"Type an answer, or {help_now}"
    return "" if _readings(typed) else f"Type a number, or {help_now}"


def chosen(choices: Sequence[str], typed: str) -> str | None:
    """The choice with this letter or this text; None for neither.

    A letter is taken as the letter, whatever the texts are: a label may be named b.
    """
    meant = _plain(typed).strip("()")
    by_letter = dict(zip(LETTERS, choices, strict=False))
    if meant in by_letter:
        return by_letter[meant]
    for letter, choice in by_letter.items():
        text = _plain(choice).strip("()")
        if meant in (text, f"{letter}){text}"):
            return choice
    return None


def number_in(typed: str) -> float | None:
    """The number at the start of a text: ``1.5``, ``1,5``, ``1.5 g``, ``- 3``, ``y = 3``, ``3/4``.

    A percent sign does not change it, and a comma is a decimal comma: see ``_readings``.
    """
    text = _without_name(typed)
    top = _NUMBER.match(text)
    if top is None:
        return None
    value = _as_float(top[0])
    rest = text[top.end() :].lstrip()
    below = _NUMBER.match(rest[1:].lstrip()) if rest[:1] in ("/", ":") else None
    if below is not None and _as_float(below[0]):
        value /= _as_float(below[0])
    return value


def _readings(typed: str) -> list[float]:
    """All numbers that a text may stand for: ``2,500`` is 2.5 or 2500, ``80 %`` is 80 or 0.8, and
    ``12 of 15`` is 12 or 0.8.
    """
    readings = []
    number = number_in(typed)
    if number is not None:
        readings.append(number)
        if typed.rstrip(" .").endswith("%"):
            readings.append(number / 100)
    thousands = _THOUSANDS.match(_without_name(typed))
    if thousands is not None:
        readings.append(float(re.sub("[, ]", "", thousands[0])))
    fraction = _FRACTION.match(_without_name(typed))
    if fraction is not None:
        readings.append(int(fraction[1]) / int(fraction[2]))
    return readings


def right_answer(question: Guess | Check | Change) -> str:
    """The right answer, as one would type it; nothing for a change."""
    if isinstance(question, Change):
        return ""
    text = written(question.answer, getattr(question, "tolerance", None))
    for letter, choice in zip(LETTERS, question.choices, strict=False):
        if choice == text and chosen(question.choices, text) != text:
            return letter  # another choice has the same text but for case, or this letter
    return text


def wrong_answer(question: Guess | Check | Change) -> str:
    """A wrong answer, as one would type it."""
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
    """An answer as text: a number with only as many digits as its tolerance needs."""
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


def _without_name(typed: str) -> str:
    """The typed text without a leading ``y =``, and with a keyboard's minus sign."""
    text = typed.strip()
    before = _BEFORE.match(text)
    text = text[before.end() :] if before else text
    minus = _MINUS.match(text)
    return f"-{text[minus.end() :]}" if minus else text


def _as_float(number: str) -> float:
    return float(number.replace(",", "."))


def _plain(text: str) -> str:
    """The text without case, spaces and full stops, and with the signs of a keyboard."""
    signs = str.maketrans({"×": "x", "−": "-", "’": "'", "²": "2", "³": "3"})
    return "".join(text.translate(signs).casefold().split()).strip(".!?`'\"")
