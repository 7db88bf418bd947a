"""A page for each verb, from the parser that also prints its ``--help``."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

from rst_text import definition, heading, indented, literal, plain

from microbit_ml.cli.app import description_of, parser_of
from microbit_ml.cli.commands import COMMANDS, SYNONYMS, Command
from microbit_ml.common.wording import PROGRAM

DOCS = Path(__file__).resolve().parents[1]
_TYPED = re.compile(rf"(?:^\$ |`){PROGRAM} ([a-z]+)", re.M)  # a command line, or inline code
_COLUMNS = 88  # of the usage: as wide as the page


def verb_pages() -> dict[str, str]:
    """The pages by their names, as reStructuredText."""
    return {f"verbs/{command.name}.rst": page_of(command) for command in COMMANDS}


def page_of(command: Command) -> str:
    """What a verb is for, its usage, arguments and options, and the pages that use it."""
    parser = parser_of(command)
    parser.formatter_class = partial(argparse.RawDescriptionHelpFormatter, width=_COLUMNS)
    parser.color = False  # type: ignore[attr-defined]  # Python 3.14 would colour the usage
    parts = [
        heading(command.name),
        f".. program:: {parser.prog}\n",
        plain(description_of(command)) + "\n",
        literal(parser.format_usage().removeprefix("usage: ")),
    ]
    for group in parser._action_groups:
        entries = [_entry(action) for action in group._group_actions if _is_shown(action)]
        if entries:
            parts += [heading(_sentence(group.title or ""), "-"), *entries]
    if parser.epilog:
        parts += [heading("More", "-"), literal(parser.epilog)]
    parts += [heading("See also", "-"), *_see_also(command)]
    return "\n".join(parts)


def _is_shown(action: argparse.Action) -> bool:
    return action.help is not argparse.SUPPRESS


def _sentence(title: str) -> str:
    return {"positional arguments": "Arguments", "options": "Options"}.get(
        title, title[:1].upper() + title[1:]
    )


def _entry(action: argparse.Action) -> str:
    meaning = plain(_help_of(action)) or "\\ "
    value = _value_of(action)
    if not action.option_strings:
        return definition(f"``{value}``", meaning)
    names = ", ".join(f"{name} {value}".rstrip() for name in action.option_strings)
    return f".. option:: {names}\n\n{indented(meaning)}\n"


def _value_of(action: argparse.Action) -> str:
    """The value's name: ``N``, or the choices where it has no name; "" where it takes none."""
    if action.option_strings and action.nargs == 0:
        return ""
    if isinstance(action.metavar, tuple):
        return " ".join(action.metavar)
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else ""
    name = action.metavar or choices or action.dest
    return f"{name} ..." if action.nargs in ("+", "*") else name


def _help_of(action: argparse.Action) -> str:
    values = {"prog": PROGRAM, **vars(action)}
    return (action.help or "") % values


def _see_also(command: Command) -> Iterator[str]:
    for page in pages_with(command.name):
        yield f"- :doc:`/{page}`"
    other = [word for word, verbs in SYNONYMS.items() if command.name in verbs]
    if other:
        yield f"- Other words that people try for it: {', '.join(sorted(other))}."
    yield "- :doc:`/reference/exit-codes-and-files`, and :doc:`/generated/messages`"
    yield ""


def main_page(verb: str) -> str:
    """The page that uses a verb most, beside the walk; "" when no page does."""
    pages = [page for page in pages_with(verb) if page.startswith("how-to/")]
    return next(iter([*pages, *pages_with(verb)]), "")


def pages_with(verb: str) -> list[str]:
    """The written pages that use a verb, those with most uses first."""
    return [page for page, uses in _uses().get(verb, Counter()).most_common() if uses]


@cache
def _uses() -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for part in ("walk", "how-to", "reference"):
        for path in sorted((DOCS / part).glob("*.md")):
            name = path.relative_to(DOCS).with_suffix("").as_posix()
            for verb in _TYPED.findall(path.read_text("utf-8")):
                found.setdefault(verb, Counter())[name] += 1
    return found
