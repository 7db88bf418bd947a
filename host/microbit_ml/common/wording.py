"""Small helpers for sentences that a program writes."""

from __future__ import annotations

from pathlib import Path


def plural(n: int, one: str, many: str = "") -> str:
    """``1 recording``, ``2 recordings``; ``many`` is the plural where it takes more than an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def quoted(path: Path) -> str:
    """A path as it is typed after a command."""
    return f'"{path}"' if " " in str(path) else str(path)
