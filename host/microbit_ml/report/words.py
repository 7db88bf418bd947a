"""Pieces that the sentences of a report share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from microbit_ml.pages import as_is


@dataclass(frozen=True)
class Advice:
    """Something to do; kind: one word for a program; text: for a page, with its marks."""

    kind: str
    text: str


def named(label: str) -> str:
    """A label in a sentence of a page."""
    return f"“{as_is(label)}”"


def listed(texts: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last
