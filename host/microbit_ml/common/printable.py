"""Text of others as a person may see it: what a terminal would obey is shown, not sent.

A label, a file's name, a board's answer may hold an escape that clears the screen, a sign that
turns the line round (bidirectional control), or one that cannot be seen. All printing of the kit
goes through :func:`printable`, so nobody has to remember it.
"""

from __future__ import annotations

import json
import re
import reprlib
import unicodedata

# Control characters but line feed and tab; bidirectional controls; separators of lines and
# paragraphs; halves of characters; signs without width, which make two names look alike.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufff9-\ufffb]"
)
# Joiners belong to words of some scripts, such as Persian, and to an emoji of several people.
_JOINER = re.compile("(?<=[^\\x00-\u02ff\\s])[\u200c\u200d](?=[^\\x00-\u02ff\\s])")

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60
LONGEST = 40  # characters of a value of JSON


def printable(text: str) -> str:
    r"""The text with hidden characters as escapes such as ``\x1b`` or ``\u202e``."""
    if not _HIDDEN.search(text):
        return text
    kept = {found.start() for found in _JOINER.finditer(text)}
    return _HIDDEN.sub(lambda f: f[0] if f.start() in kept else _escape(f[0]), text)


def printable_json(text: str) -> str:
    """JSON with hidden characters as JSON's own escapes: the same for whoever reads it."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def shown(value: object) -> str:
    """Any value as a message may quote it: on one line, short, with hidden characters escaped."""
    return printable(_SHORT.repr(value))


def shown_json(value: object) -> str:
    """The same for a value that was read from JSON, as JSON writes it."""
    try:
        text = json.dumps(value)  # which escapes all but ASCII
    except RecursionError:
        return "lists within lists"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def looks(text: str) -> str:
    """Equal for two texts that look alike: without hidden signs, case, width and outer spaces."""
    plain = _HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(plain.split()).casefold()


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
