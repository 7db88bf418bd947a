"""Small helpers for sentences that a program writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def plural(n: int, one: str, many: str = "") -> str:
    """``1 recording``, ``2 recordings``; ``many`` is the plural where it takes more than an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def in_words(items: Sequence[str]) -> str:
    """A list in a sentence: "a", "a and b", or "a, b and c"."""
    *rest, last = items
    return f"{', '.join(rest)} and {last}" if rest else last


def some_of(n: int, total: int, one: str) -> str:
    """``2 of these 6 recordings``, ``all 6 of these recordings``, ``this recording``."""
    if n < total:
        return f"{n} of these {plural(total, one)}"
    return f"all {total} of these {one}s" if total > 1 else f"this {one}"


def quoted(path: Path) -> str:
    """A path as it is typed after a command."""
    return f'"{path}"' if " " in str(path) else str(path)
