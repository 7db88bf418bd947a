"""Judging what a pupil typed: numbers with a tolerance, texts without case, choices by letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from microbit_ml.lessons.pieces import Change, Check, Guess

LETTERS = "abcdefgh"
ATTEMPTS = 3
HELP = "?"
ROUNDING, TINY = 1 + 1e-9, 1e-12  # 1.6 is 0.1 away from 1.5, whatever binary fractions say
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([, ]\d{3})+(?![\d.,])")  # 2,500 and 2 500
_SHARE = re.compile(r"(\d+)\s+(?:out\s+)?of\s+(\d*[1-9]\d*)\b")  # 12 of 15
_BEFORE = re.compile(r"(\w{1,3}\s*)?[=≈]\s*")  # y = 3
_MINUS = re.compile(r"[−–-]\s*")


def is_right(check: Check, typed: str) -> bool:
    """Whether the text that was typed answers the check."""
    if check.choices:
        return chosen(check.choices, typed) == check.answer
    if isinstance(check.answer, str):
        return _plain(typed) == _plain(check.answer)
    limit = (check.tolerance or 0.0) * ROUNDING + TINY
    return any(abs(number - check.answer) <= limit for number in _readings(typed))


def asks_for_hint(check: Check, typed: str, attempt: int) -> bool:
    """Whether the pupil gets the hint now; a wrong answer, too, is followed by it."""
    return typed.strip() == HELP and attempt == 1 and bool(check.hint)


def missing(check: Check, typed: str, attempt: int) -> str:
    """What to say of a text that cannot be an answer, right or wrong; "" when it can be one."""
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
    """The choice that was meant: by its letter, or by its text; None for neither.

    A letter means the letter, whatever the texts are: a label may be called b.
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
    """The number that a text begins with: ``1.5``, ``1,5``, ``1.5 g``, ``- 3``, ``y = 3``, ``3/4``.

    A percent sign does not change it, and a comma is that of decimals: see ``_readings``.
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
    """The numbers that a text may mean: ``2,500`` is 2.5 or 2500, ``80 %`` is 80 or 0.8, and
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
    share = _SHARE.match(_without_name(typed))
    if share is not None:
        readings.append(int(share[1]) / int(share[2]))
    return readings


def right_answer(question: Guess | Check | Change) -> str:
    """What somebody types who knows the answer; nothing, where one may try numbers."""
    if isinstance(question, Change):
        return ""
    text = written(question.answer, getattr(question, "tolerance", None))
    for letter, choice in zip(LETTERS, question.choices, strict=False):
        if choice == text and chosen(question.choices, text) != text:
            return letter  # another choice is called so, but for case, or has this letter
    return text


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


def _without_name(typed: str) -> str:
    """What was typed, without ``y =`` before it, and with the minus of a keyboard."""
    text = typed.strip()
    before = _BEFORE.match(text)
    text = text[before.end() :] if before else text
    minus = _MINUS.match(text)
    return f"-{text[minus.end() :]}" if minus else text


def _as_float(number: str) -> float:
    return float(number.replace(",", "."))


def _plain(text: str) -> str:
    """Without case, spaces and full stops, and with signs as they stand on a keyboard."""
    signs = str.maketrans({"×": "x", "−": "-", "’": "'", "²": "2", "³": "3"})
    return "".join(text.translate(signs).casefold().split()).strip(".!?`'\"")
