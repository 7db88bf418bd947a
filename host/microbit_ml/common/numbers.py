"""Numbers written as text, as people and programs write them: digits, a sign, a point, an exponent.

Python's own ``float`` also takes ``1_0`` for 10, ``nan``, ``inf`` and the digits of other scripts,
which in a file are damage.
"""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def number_in(text: str) -> float:
    """The number that a text holds, spaces around it aside; NaN when it holds anything else.

    A number beyond what a float can hold is NaN, too.
    """
    text = text.strip(" \t")
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else math.nan


def whole_number_in(text: str) -> int | None:
    """The whole number of at most 19 digits that a text holds; None for anything else."""
    text = text.strip(" \t")
    return int(text) if _WHOLE.fullmatch(text) else None
