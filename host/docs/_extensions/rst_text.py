"""Pieces of reStructuredText, the language in which the generated pages are written."""

from __future__ import annotations

import re
import textwrap


def heading(text: str, sign: str = "=") -> str:
    """A heading; the signs in order: = - ~."""
    return f"{text}\n{sign * len(text)}\n"


def plain(text: str) -> str:
    """A text in which no character is markup."""
    return re.sub(r"([\\*`|_<>])", r"\\\1", " ".join(text.split()))


def literal(text: str) -> str:
    """A block that is shown as it is."""
    return f"::\n\n{indented(text)}\n"


def indented(text: str, by: int = 4) -> str:
    """Each line moved to the right."""
    return textwrap.indent(text.strip("\n"), " " * by)


def definition(term: str, meaning: str) -> str:
    """An entry of a list of terms; both are markup."""
    return f"{term}\n{indented(meaning)}\n"


def table(rows: list[list[str]], widths: str = "auto") -> str:
    """A table whose first row is its head; the cells are markup of one line."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in rows:
        lines += [f"   {'*' if i == 0 else ' '} - {cell}" for i, cell in enumerate(row)]
    return "\n".join(lines) + "\n"
