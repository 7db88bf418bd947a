"""Text for a page: escaped, with two kinds of marks, and safe for names that pupils choose."""

from __future__ import annotations

import html
import re

# Right-to-left scripts: Hebrew, Arabic, Syriac, Thaana, N'Ko and others, with the presentation
# forms of their letters. Consecutive words, with the spaces between them, are one run.
_RIGHT_TO_LEFT = (
    "\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_RUN = re.compile(f"[{_RIGHT_TO_LEFT}]+(?: +[{_RIGHT_TO_LEFT}]+)*")

# Forbidden in HTML text: control characters, lone surrogates and noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_GUARDED = re.compile(r"\\([\\`*])")
_MARK = re.compile(r"\\([\\`*])|`((?:\\[\\`*]|[^`])+)`|\*\*((?:\\[\\`*]|.)+?)\*\*")


def escaped(text: str) -> str:
    """The text with HTML's special characters escaped, for content and for attributes."""
    return html.escape(_FORBIDDEN.sub("\ufffd", str(text)), quote=True)


def inline(text: str) -> str:
    """A text as HTML, with `code` between backticks and **bold** between pairs of stars."""
    parts, end = [], 0
    for mark in _MARK.finditer(text):
        literal, code, bold = mark.groups()
        parts.append(_isolated(text[end : mark.start()]))
        if literal:
            parts.append(escaped(literal))
        elif code:
            parts.append(f"<code>{escaped(_unguarded(code))}</code>")
        else:
            parts.append(f"<strong>{inline(bold)}</strong>")
        end = mark.end()
    parts.append(_isolated(text[end:]))
    return "".join(parts)


def plain(text: str) -> str:
    """The text without its marks, where no marks can be shown, such as a window's title."""

    def shown(mark: re.Match[str]) -> str:
        literal, code, bold = mark.groups()
        return literal or (_unguarded(code) if code else plain(bold))

    return _MARK.sub(shown, text)


def as_is(text: str) -> str:
    """A name that a person chose, with the marks in it escaped so that they are shown.

    For texts of a page that hold a label or the name of a file: `f"{as_is(label)} is hard"`.
    """
    return re.sub(r"([\\`*])", r"\\\1", text)


def _unguarded(text: str) -> str:
    return _GUARDED.sub(r"\1", text)


def _isolated(text: str) -> str:
    """Escaped, with right-to-left words isolated so that they do not reorder their neighbours."""
    return _RUN.sub(r"<bdi>\g<0></bdi>", escaped(text))
