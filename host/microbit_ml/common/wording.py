"""Small helpers for sentences that a program writes."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAM = "microbit-ml"
_PLAIN = re.compile(r"[\w@%+=:,./-]+" if sys.platform != "win32" else r"[\w@%+=:,./\\-]+")


def plural(n: int, one: str, many: str = "") -> str:
    """``1 recording``, ``2 recordings``; ``many`` is the plural where it takes more than an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def in_words(items: Sequence[str]) -> str:
    """A list in a sentence: "a", "a and b", or "a, b and c"."""
    *rest, last = items
    return f"{', '.join(rest)} and {last}" if rest else last


def percent(fraction: float) -> str:
    """A fraction from 0 to 1 in percent: ``17%``; near none and near all ``0.5%`` and ``99.5%``.

    ``0%`` is really none, and ``100%`` really all.
    """
    value = 100 * fraction
    if value in (0, 100) or 1 <= value <= 99:
        return f"{value:.0f}%"
    return f"{min(max(value, 0.1), 99.9):.1f}%"


def some_of(n: int, total: int, one: str) -> str:
    """``2 of these 6 recordings``, ``all 6 of these recordings``, ``this recording``."""
    if n < total:
        return f"{n} of these {plural(total, one)}"
    return f"all {total} of these {one}s" if total > 1 else f"this {one}"


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
    """A command to type, for a hint: ``command("show", path)`` is ``microbit-ml show PATH``.

    It begins as the program was called, so that it works as it stands.
    """
    return " ".join([typed_program(), *map(quoted, words)])


def typed_program() -> str:
    """``microbit-ml``, or its path where typing that name would not find this program.

    If you run ``.venv/bin/microbit-ml``, hints name commands with ``.venv/bin/microbit-ml``.
    """
    called = Path(sys.argv[0] or PROGRAM)
    file = called if called.exists() else called.with_name(f"{called.name}.exe")  # on Windows
    if called.stem != PROGRAM or not file.is_file():
        return PROGRAM
    found = shutil.which(PROGRAM)
    if found is not None and file.samefile(found):
        return PROGRAM
    if called.is_absolute() and called.is_relative_to(Path.cwd()):
        called = called.relative_to(Path.cwd())
    return quoted(called)
