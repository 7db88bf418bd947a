"""One line for any object: its class, and its fields in short."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

LONGEST = 100  # characters: a line
_LONGEST_VALUE = 40


def short_repr(thing: Any) -> str:
    """A dataclass in one line: arrays by their type and shape, long values by their size.

    ``__repr__ = short_repr`` in a class with ``@dataclass(repr=False)``.
    """
    parts = [f"{one.name}={_short(getattr(thing, one.name))}" for one in fields(thing) if one.repr]
    text = f"{type(thing).__name__}({', '.join(parts)})"
    while len(text) > LONGEST and parts:
        parts.pop()
        text = f"{type(thing).__name__}({', '.join([*parts, '...'])})"
    return text


def _short(value: Any) -> str:
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, list | tuple | dict | set | bytes) and len(value) > 3:
        return f"<{len(value)} {'bytes' if isinstance(value, bytes) else 'items'}>"
    text = repr(value)
    if len(text) > _LONGEST_VALUE or "\n" in text:
        return f"<{type(value).__name__}>"
    return text
