"""The page of all messages: what each error says, by the room that it comes from."""

from __future__ import annotations

import re

from message_catalogue import HOLE, USAGE_ERRORS, Message, messages
from rst_text import heading, plain

from microbit_ml.console.explained import EXPLAINED, USAGE

_INTRODUCTION = """\
Each message says what happened, the value, and what to do next. This page lists them, with
``...`` in place of values. Search it for a few words of yours; sentences that pass on what another
program says are not here. For boards, ports and cables see
:doc:`/how-to/when-something-goes-wrong`. The code in brackets is the
:doc:`exit code </reference/exit-codes-and-files>` of the command; in Python, catch the error that
is named before it. Messages of the operating system itself, such as *Permission denied*, come with
the name of their file.
"""
_FIRST_SENTENCE = re.compile(r"(.+?[.?!])\s+(?=[A-Z'\"-])(.+)", re.S)


def message_pages() -> dict[str, str]:
    """The page by its name, as reStructuredText."""
    parts = [heading("Every message"), _INTRODUCTION]
    rooms: dict[str, dict[str, Message]] = {}
    for one in messages():
        rooms.setdefault(one.room, {}).setdefault(shown(one), one)
    for room, texts in rooms.items():
        parts.append(heading(f"From {room}", "-"))
        parts += [_entry(text, one) for text, one in sorted(texts.items())]
        parts.append("")
    return {"messages.rst": "\n".join(parts)}


def shown(message: Message) -> str:
    """Its text, with ``...`` for each value."""
    return " ".join(re.sub(f"{HOLE}+", "...", message.text).split())


def _entry(text: str, message: Message) -> str:
    """What happened in bold, what to do next after it."""
    split = _FIRST_SENTENCE.fullmatch(text)
    what, then = (split[1], f" {plain(split[2])}") if split else (text, "")
    code = USAGE if message.error in USAGE_ERRORS else EXPLAINED
    return f"- **{plain(what)}**{then} ({message.error}, exit {code})"
