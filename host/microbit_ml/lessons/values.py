"""Values as text: numbers that a pupil can read, and arrays that fit a screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from microbit_ml.pages import as_is

WIDTH = 76
MOST_ROWS, MOST_COLUMNS = 12, 10


def as_text(value: Any) -> str:
    """A value of any kind, in one line or several, none longer than 76 columns if it can be."""
    if isinstance(value, np.ndarray):
        return _array_text(value)
    if isinstance(value, (bool, np.bool_)):
        return "True" if value else "False"
    if isinstance(value, (float, np.floating)):
        return number_text(float(value))
    if isinstance(value, np.integer):
        return str(int(value))
    if isinstance(value, dict):
        return "\n".join(f"{as_text(key)}: {as_text(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        left, right = ("[", "]") if isinstance(value, list) else ("(", ")")
        return left + ", ".join(map(as_text, value)) + right
    return str(value)


def number_text(number: float) -> str:
    """A number with four significant digits, and without a useless ``.0``."""
    if number == 0 or not np.isfinite(number):
        return f"{number:g}"
    if 1e-3 <= abs(number) < 1e6:
        decimals = max(0, 3 - int(np.floor(np.log10(abs(number)))))
        text = f"{number:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{number:.3g}"


def listed(numbers: Iterable[float]) -> str:
    """Numbers as a text: 3, 4 and 5."""
    texts = [f"{number:g}" for number in numbers]
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def signed(number: float) -> str:
    """A number for the middle of a formula: in brackets if it is negative."""
    return f"({number:g})" if number < 0 else f"{number:g}"


def named(label: str) -> str:
    """A label for a text: in quotation marks if it has several words."""
    return f"“`{as_is(label)}`”" if " " in label else f"`{as_is(label)}`"


def _array_text(array: np.ndarray) -> str:
    if array.ndim == 0:
        return as_text(array.item())
    floats = {"float_kind": number_text} if array.ndim == 1 else {}
    return np.array2string(
        array,
        max_line_width=WIDTH,
        precision=3,
        suppress_small=True,
        threshold=_most_numbers(array),
        edgeitems=3,
        formatter=floats or None,  # type: ignore[arg-type]
    )


def _most_numbers(array: np.ndarray) -> int:
    """The number of numbers up to which an array is shown whole: a vector, or a small matrix."""
    if array.ndim == 1:
        return 100
    small = array.shape[0] <= MOST_ROWS and array.shape[-1] <= MOST_COLUMNS
    return array.size if small else 0
