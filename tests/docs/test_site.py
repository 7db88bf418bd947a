"""The built site: every link and anchor leads somewhere, offline, and its search finds pages.

MICROBIT_ML_SITE is the folder of a site that has been built already, as in ``.ci/run``. Without it
the site is built here, with warnings as errors.
"""

import os
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import dump, look
from documentation import DOCS, PAGES, README, name_of
from message_catalogue import HOLE, messages

import microbit_ml
from microbit_ml.cli.commands import COMMANDS

pytestmark = pytest.mark.slow
LOOKED_AT = (
    "index",
    "walk/ten-minutes",
    "how-to/record-with-a-board",
    "how-to/your-own-program",
    "how-to/int8-in-python",
    "generated/python/microbit_ml",
    "generated/verbs/train",
    "generated/messages",
    "generated/boards",
    "reference/limits",
)
# What a page loads: not links to click on, and not those that name related pages.
_LOADED = r"<(?:script|img|iframe|object|embed|source|use)\b[^>]*?(?:src|href|data)=\"([^\"]+)\""
_LINKED = r"<link\b(?=[^>]*rel=\"[^\"]*(?:stylesheet|icon|pre))[^>]*href=\"([^\"]+)\""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site."""
    if os.environ.get("MICROBIT_ML_SITE"):
        return Path(os.environ["MICROBIT_ML_SITE"])
    for name in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(name, reason="the site needs: pip install '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", DOCS, folder],
        env={**os.environ, "PYTHONPATH": str(Path(microbit_ml.__file__).parents[1])},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"built in {time.monotonic() - begin:.0f} s")
    return folder


@cache
def text_of(path):
    return path.read_text("utf-8")


def pages_of(site):
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)


def anchors_of(page):
    return set(re.findall(r"\sid=\"([^\"]+)\"", text_of(page)))


def test_every_written_page_is_in_the_site(site):
    for page in PAGES:
        name = "generated/readme" if page == README else name_of(page)
        assert (site / f"{name}.html").exists(), name


def is_right(link, page, site):
    path, _, anchor = unquote(link).partition("#")
    if re.match(r"(https?|mailto):", path):
        return True
    target = (page.parent / path.partition("?")[0]).resolve() if path else page
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return False
    return not anchor or target.suffix != ".html" or anchor in anchors_of(target)


def test_every_link_and_anchor_leads_somewhere(site):
    wrong = [
        (page.relative_to(site).as_posix(), link)
        for page in pages_of(site)
        for link in sorted(set(re.findall(r"<a\b[^>]*\shref=\"([^\"]*)\"", text_of(page))))
        if not is_right(link, page, site)
    ]
    assert wrong == []


def test_every_page_is_in_the_contents_of_the_first_one(site):
    navigation = text_of(site / "index.html").partition("sidebar-tree")[2].partition("</aside>")[0]
    linked = {link.partition("#")[0] for link in re.findall(r"href=\"([^\"]+)\"", navigation)}
    names = {page.relative_to(site).as_posix() for page in pages_of(site)}
    assert names - linked <= {"index.html", "genindex.html", "py-modindex.html", "search.html"}


def test_nothing_is_loaded_from_elsewhere(site):
    for page in pages_of(site):
        text = re.sub(r"<(style|pre)\b.*?</\1>", "", text_of(page), flags=re.S)
        for address in re.findall(_LOADED, text) + re.findall(_LINKED, text):
            path = unquote(address.partition("?")[0].partition("#")[0])
            assert not path or (page.parent / path).resolve().is_file(), (page.name, address)
    for style in site.rglob("*.css"):
        for address in re.findall(r"url\(['\"]?([^)'\"]+)", text_of(style)):
            assert address.startswith("data:") or (style.parent / address).exists(), address
        assert "@import" not in text_of(style)


def test_the_reference_is_complete(site):
    for command in COMMANDS:
        assert (site / "generated" / "verbs" / f"{command.name}.html").exists()
    api = text_of(site / "generated" / "python" / "microbit_ml.html")
    for name in microbit_ml.__all__:
        assert f'id="microbit_ml.{name}"' in api, name
    page = text_of(site / "generated" / "messages.html")
    found = " ".join(re.sub(r"<[^>]+>", "", page).split())
    for entity, sign in (("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">")):
        found = found.replace(entity, sign)
    found = found.replace("&#39;", "'").replace("&amp;", "&")
    for message in messages():
        shown = " ".join(re.sub(f"{HOLE}+", "...", message.text).split())
        assert shown in found, shown


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("exit code", "reference/exit-codes-and-files.html"),
        ("friend", "how-to/record-with-a-board.html"),
        ("unknown", "explanation/how-unknown-works.html"),
        ("progress", "reference/exit-codes-and-files.html"),
        ("debouncing", "explanation/how-unknown-works.html"),
        ("VirtualBoard", "generated/python/microbit_ml.html"),
    ],
)
def test_the_search_works_from_a_folder(words, page, site, tmp_path):
    address = (site / "search.html").resolve().as_uri() + f"?q={words.replace(' ', '+')}"
    results = re.findall(r"<li\b[^>]*>\s*<a href=\"([^\"#?]*)", dump(address, tmp_path))
    assert page in [unquote(one) for one in results][:3], results


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (400, "dark")])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_pages_have_no_barriers(name, width, theme, site, tmp_path):
    seen = look(site / f"{name}.html", tmp_path, width, theme)
    assert seen.violations == []
    assert seen.wide <= width
    assert [one for one in seen.asked if not one.startswith(("file:", "data:"))] == []
