"""Draws the pages that the kit writes, by Chromium: a report, a data set's page and a lesson.

The pixels depend on Chromium and its fonts. So ``pages.json`` beside the pictures keeps the words
at the top of each page; when a page begins with other words, its picture is out of date.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from html import unescape
from pathlib import Path

from microbit_ml.cli import main
from microbit_ml.common.files import write_whole
from microbit_ml.errors import KitError

HERE = Path(__file__).parent
WORDS = HERE / "pages.json"
WIDTH, HEIGHT = 1000, 760
N_WORDS = 160  # about as many as a picture shows
COMMANDS = (
    "simulate practice",
    "train practice -o practice.mbml",
    "report practice.mbml -o report.html",
    "show practice --plot -o show.html",
    "lesson 1 --html -o lesson.html",
)
PAGES = ("report", "show", "lesson")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def write_pages(folder: Path) -> None:
    """Write the pages into a folder, by the commands that a reader would type."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        for line in COMMANDS:
            if main(line.split()) != 0:
                raise KitError(f"This command failed: microbit-ml {line}")
    finally:
        os.chdir(here)


def words_of(page: Path) -> str:
    """The words at the top of a page."""
    text = re.sub(r"<(style|title|svg|script)\b.*?</\1>", " ", page.read_text("utf-8"), flags=re.S)
    words = unescape(re.sub(r"<[^>]+>", " ", text)).split()
    return " ".join(words[:N_WORDS])


def draw_pages() -> None:
    """Draw the pages, and keep their words. Raises KitError without Chromium."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        raise KitError("Chromium draws the pictures of pages. Install it and try again.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pages(folder)
        for page in PAGES:
            _screenshot(program, folder / f"{page}.html", HERE / f"page-{page}.png", folder)
        words = {page: words_of(folder / f"{page}.html") for page in PAGES}
    write_whole(WORDS, json.dumps(words, indent=1, ensure_ascii=False) + "\n")


def _screenshot(program: str, page: Path, picture: Path, folder: Path) -> None:
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    sizes = [f"--window-size={WIDTH},{HEIGHT}", f"--user-data-dir={folder / 'profile'}"]
    subprocess.run(
        [program, *options, *sizes, f"--screenshot={picture}", page.as_uri()],
        check=True,
        capture_output=True,
    )
