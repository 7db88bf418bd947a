"""Labels as names of folders: any label, on any computer, and back again.

The name is the label itself if every system allows it. Other characters are percent-encoded, as in
web addresses (``%`` and two hexadecimal digits for each byte of UTF-8): ``a/b`` becomes ``a%2Fb``.
These are

- ``< > : " / \\ | ? *`` and control characters,
- a dot or a space at the beginning (a hidden file) or the end (Windows drops it),
- the first letter of names that Windows reserves for devices, such as ``CON``: ``%43ON``, and of
  ``dataset.json``, which is a file of the data set,
- a ``%`` before two hexadecimal digits, so that decoding is unique; ``100%`` stays ``100%``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from microbit_ml.common.printable import looks, shown

MOST_MARKS = 100  # on one letter; languages have three, jokes thirty
_FORBIDDEN = set('<>:"/\\|?*')
_DEVICE = re.compile(
    r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])( *\..*| *)\Z", re.IGNORECASE | re.DOTALL
)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def file_name(text: str) -> str:
    """The file or folder name for ``text`` that works on Linux, macOS and Windows."""
    last = len(text) - 1
    must_escape = [
        character in _FORBIDDEN
        or unicodedata.category(character) == "Cc"
        or (character in ". " and position in (0, last))
        or (character == "%" and _ESCAPE.match(text, position) is not None)
        for position, character in enumerate(text)
    ]
    if _DEVICE.match(text) or text.lower() == "dataset.json":
        must_escape[0] = True
    pairs = zip(text, must_escape, strict=True)
    return "".join(_escape(character) if escape else character for character, escape in pairs)


def text_of(name: str) -> str:
    """The text that a file or folder name stands for: the inverse of :func:`file_name`.

    Names made elsewhere stay as they are, unless they contain such escapes.
    """
    return normal("NFC", _ESCAPED.sub(_unescape, name))


def without_case(text: str) -> str:
    """The name without case: equal for names that clash on a disk of Windows or macOS."""
    return normal("NFC", normal("NFD", text).casefold())


def normal(form: Literal["NFC", "NFD"], text: str) -> str:
    """The text in a normal form of Unicode; as it is where a letter has too many marks."""
    if text.isascii() or has_piled_marks(text):
        return text
    return unicodedata.normalize(form, text)


def has_piled_marks(text: str) -> bool:
    """Whether a letter has more marks (accents) than MOST_MARKS: sorting them takes too long."""
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MOST_MARKS:
            return True
    return False


def alike_labels(labels: Iterable[str]) -> list[str]:
    """A sentence for each group of labels that look alike: spaces or hidden signs are different."""
    groups: dict[str, list[str]] = {}
    for label in sorted({*labels} - {""}):
        groups.setdefault(looks(label), []).append(label)
    return [
        f"The labels {' and '.join(map(shown, group))} look alike. If they are one movement, move "
        "the recordings into the folder of one of them, and delete the other."
        for group in groups.values()
        if len(group) > 1
    ]


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8"))


def _unescape(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
