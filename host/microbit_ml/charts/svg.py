"""Pictures as SVG for a page, and as files: SVG, PNG or PDF.

matplotlib draws them. It takes a second to load, so it is imported when a picture is asked for.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from microbit_ml.charts.chart import Picture
from microbit_ml.common.files import write_whole
from microbit_ml.errors import DataError

POINTS_PER_EM = 12
DOTS_PER_INCH = 200
WITHOUT_DATE: dict[str, dict[str, None]] = {
    "svg": {},  # to_svg removes all metadata
    "png": {},
    "pdf": {"CreationDate": None},
}


def to_svg(picture: Picture, prefix: str = "") -> str:
    """The picture as an ``<svg>`` element for a page. The same picture gives the same text.

    It is as wide as it needs to be, and never wider than its container. Its text is text: it can
    be read aloud, searched and magnified. ``<title>`` and ``<desc>`` hold the picture's title and
    ``alt``. Each id in it begins with ``prefix``; without one, with a hash of the picture, so
    different pictures on one page never have an id in common.
    """
    drawn = _drawn(picture, "svg").decode("utf-8")
    drawn = drawn[drawn.index("<svg") :].rstrip()
    drawn = re.sub(r"\s*<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"\s*<style[^>]*>.*?</style>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"\s*<!--.*?-->", "", drawn, flags=re.DOTALL)
    prefix = prefix or f"p{hashlib.sha256(drawn.encode()).hexdigest()[:10]}-"
    drawn = re.sub(r'(\bid="|\bhref="#|url\(#)', lambda found: found[1] + prefix, drawn)
    view = re.search(r'viewBox="([^"]*)"', drawn)
    if view is None:
        raise AssertionError("matplotlib wrote an SVG without a viewBox")
    width = float(view[1].split()[2]) / POINTS_PER_EM
    title, description = f"{prefix}title", f"{prefix}desc"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{view[1]}" role="img" aria-labelledby="{title} {description}" '
        f'style="width:100%;max-width:{width:.2f}em;height:auto;'
        'stroke-linejoin:round;stroke-linecap:butt">\n'
        f' <title id="{title}">{escape(picture.title)}</title>\n'
        f' <desc id="{description}">{escape(picture.alt)}</desc>'
    )
    return head + drawn[drawn.index(">") + 1 :]


def save_picture(picture: Picture, path: str | Path) -> None:
    """Write the picture as ``.svg``, ``.png`` or ``.pdf``, depending on the name's ending.

    Raises DataError for another ending, OSError when it cannot be written.
    """
    path = Path(path)
    kind = path.suffix.lower().lstrip(".")
    if kind not in WITHOUT_DATE:
        raise DataError(
            f"{path} is not a kind of picture that can be written. End its name in .svg or .png."
        )
    if kind == "svg":
        write_whole(path, f'<?xml version="1.0" encoding="UTF-8"?>\n{to_svg(picture)}\n')
    else:
        write_whole(path, _drawn(picture, kind))


def _drawn(picture: Picture, kind: str) -> bytes:
    """The file that matplotlib writes as "svg", "png" or "pdf", without a date."""
    with _quiet_matplotlib():
        import matplotlib

        from microbit_ml.charts.drawing import SETTINGS, figure_of

        file = io.BytesIO()
        with matplotlib.rc_context(SETTINGS):
            figure_of(picture).savefig(
                file,
                format=kind,
                metadata=WITHOUT_DATE[kind],
                dpi=DOTS_PER_INCH if kind == "png" else "figure",
                bbox_inches="tight",
                pad_inches=0.08,
            )
        return file.getvalue()


@contextmanager
def _quiet_matplotlib() -> Iterator[None]:
    """Silence its warnings about the font cache and about characters missing from a font.

    On a page, the browser's font has such a character; a PNG shows a box for it.
    """
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph")
            yield
    finally:
        logger.setLevel(level)
