"""Small helpers for sentences that a program writes."""

from __future__ import annotations

import re
import shlex
import sys

_PLAIN = re.compile(r"[\w@%+=:,./-]+" if sys.platform != "win32" else r"[\w@%+=:,./\\-]+")


def plural(n: int, one: str, many: str = "") -> str:
    """``1 recording``, ``2 recordings``; ``many`` is the plural where it takes more than an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def quoted(word: object) -> str:
    """A path or another word as it is typed in a command: in quotation marks where it needs them.

    These are double ones, which every shell knows, unless the word has signs in it that a POSIX
    shell would read in them.
    """
    text = str(word)
    if _PLAIN.fullmatch(text):
        return text
    is_read = sys.platform != "win32" and set(text) & set('"$`\\!')
    return shlex.quote(text) if is_read else f'"{text}"'


def command(*words: object) -> str:
    """A command to type, for a hint: ``command("show", path)`` is ``microbit-ml show PATH``."""
    return " ".join(["microbit-ml", *map(quoted, words)])
