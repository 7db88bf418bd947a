"""Docstrings of this kit name parameters in sentences, "name: meaning"; pages show them as a list.

    labels: some of shake, circle, tap; people: how many. Raises SettingError for none.

becomes a list with the entries ``labels`` and ``people``, and a paragraph "Raises ...". Only names
that the function or class really has are entries.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

from rst_text import definition

_RAISES = re.compile(r"(?<=[.)]) (?=(?:Raises|Returns) )")


def names_of(described: object) -> set[str]:
    """The parameters of a function or a class, and the attributes that a class declares."""
    names = set(getattr(described, "__annotations__", {}))
    try:
        return names | set(inspect.signature(described).parameters)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return names


def with_lists(docstring: str, names: Iterable[str]) -> str:
    """The docstring with a list in place of each paragraph that explains names."""
    any_name = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    if not any_name:
        return docstring
    begin = re.compile(rf"(?:^|\n|(?<=[.;)]) )((?:{any_name})(?:, (?:{any_name}))*): ")
    return "\n\n".join(
        _listed(begin.split(block)) if begin.search(block) and block[0] not in " >" else block
        for block in re.split(r"\n\s*\n", docstring.strip("\n"))
    )


def _listed(pieces: list[str]) -> str:
    before, *entries = pieces
    return "\n\n".join([*filter(None, [before.strip()]), *_definitions(entries)])


def _definitions(entries: list[str]) -> Iterator[str]:
    last = ""
    for i in range(0, len(entries), 2):
        terms = ", ".join(f"``{one}``" for one in entries[i].split(", "))
        meaning = " ".join(entries[i + 1].split()).rstrip(";")
        meaning, *more = _RAISES.split(meaning, maxsplit=1)
        yield definition(terms, meaning).rstrip("\n")
        last = more[0] if more else last
    if last:
        yield last


def process_signature(
    _app: object, _what: str, _name: str, _of: object, _options: object, signature: str, result: str
) -> tuple[str, str] | None:
    """For Sphinx's event ``autodoc-process-signature``: the default of a list is not Python."""
    return (signature.replace("<factory>", "..."), result) if signature else None


def process(
    _app: object, _what: str, _name: str, described: object, _options: object, lines: list[str]
) -> None:
    """For Sphinx's event ``autodoc-process-docstring``."""
    lines[:] = [*with_lists("\n".join(lines), names_of(described)).splitlines(), ""]
