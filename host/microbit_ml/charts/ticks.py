"""Round numbers for the axes of pictures in characters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise


def ticks_between(low: float, high: float, most: int) -> list[float]:
    """Round numbers from ``low`` to ``high``: 0, 0.5, 1, or 20, 40, 60.

    At most about ``most``, but at least two, unless low and high are equal.
    """
    if not high > low:
        return [low]
    rough = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [n * power for n in (10, 5, 2, 1, 0.5, 0.2)]
    enough = sum(step >= rough * 0.999 for step in steps)
    for step in steps[max(0, enough - 1) :]:  # from the smallest that is large enough
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            break
    return [n * step + 0.0 for n in range(first, last + 1)]


def numbers_text(numbers: Sequence[float]) -> list[str]:
    """The numbers, all with the decimals that the difference between them needs."""
    if len(numbers) < 2:
        return [f"{number:.3g}" for number in numbers]
    step = min(abs(b - a) for a, b in pairwise(numbers))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if decimals > 6 or max(abs(number) for number in numbers) >= 1e7:
        return [f"{number:.2e}" for number in numbers]
    return [f"{number:.{decimals}f}" for number in numbers]
