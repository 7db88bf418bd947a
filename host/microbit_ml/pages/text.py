"""Text for a page: escaped, with two marks, and safe for names that pupils give."""

from __future__ import annotations

import html
import re

# Scripts that run from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their like, and
# the forms of their letters. Words of them, with the spaces between, are one run.
_RIGHT_TO_LEFT = (
    "\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_RUN = re.compile(f"[{_RIGHT_TO_LEFT}]+(?: +[{_RIGHT_TO_LEFT}]+)*")

# What HTML forbids in a text: control characters, halves of a pair, and what is no character.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_GUARDED = re.compile(r"\\([\\`*])")
_MARK = re.compile(r"\\([\\`*])|`((?:\\[\\`*]|[^`])+)`|\*\*((?:\\[\\`*]|.)+?)\*\*")


def escaped(text: str) -> str:
    """The text as HTML shows it, letter by letter; for contents and for attributes alike."""
    return html.escape(_FORBIDDEN.sub("\ufffd", str(text)), quote=True)


def inline(text: str) -> str:
    """A text as HTML, with `code` between backticks and **bold** between pairs of stars."""
    parts, place = [], 0
    for mark in _MARK.finditer(text):
        literal, code, bold = mark.groups()
        parts.append(_isolated(text[place : mark.start()]))
        if literal:
            parts.append(escaped(literal))
        elif code:
            parts.append(f"<code>{escaped(_unguarded(code))}</code>")
        else:
            parts.append(f"<strong>{inline(bold)}</strong>")
        place = mark.end()
    parts.append(_isolated(text[place:]))
    return "".join(parts)


def plain(text: str) -> str:
    """The text without its marks, for places that show no marks, such as a window's title."""

    def shown(mark: re.Match[str]) -> str:
        literal, code, bold = mark.groups()
        return literal or (_unguarded(code) if code else plain(bold))

    return _MARK.sub(shown, text)


def as_is(text: str) -> str:
    """A name that a person gave, so that the marks in it stay what they are.

    For texts of a page that hold a label or the name of a file: `f"{as_is(label)} is hard"`.
    """
    return re.sub(r"([\\`*])", r"\\\1", text)


def _unguarded(text: str) -> str:
    return _GUARDED.sub(r"\1", text)


def _isolated(text: str) -> str:
    """Escaped; words that run from right to left do not turn the words around them."""
    return _RUN.sub(r"<bdi>\g<0></bdi>", escaped(text))
