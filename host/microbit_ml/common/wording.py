"""Small helpers for sentences that a program writes."""

from __future__ import annotations

import shlex
import subprocess
import sys


def plural(n: int, one: str, many: str = "") -> str:
    """``1 recording``, ``2 recordings``; ``many`` is the plural where it takes more than an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def quoted(word: object) -> str:
    """A path or another word as it is typed in a command: in quotation marks where it needs them.

    On Windows these are double ones, which its prompt and PowerShell both know.
    """
    text = str(word)
    return subprocess.list2cmdline([text]) if sys.platform == "win32" else shlex.quote(text)


def command(*words: object) -> str:
    """A command to type, for a hint: ``command("show", path)`` is ``microbit-ml show PATH``."""
    return " ".join(["microbit-ml", *map(quoted, words)])
