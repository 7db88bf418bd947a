"""``show --plot``: a page with pictures of a data set."""

import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import html5lib
import pytest
from browser import faults_of_html, look

import microbit_ml as mb
from microbit_ml.cli import main
from microbit_ml.recordings import Recording


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small data set with a recording in the wrong folder; its path."""
    path = tmp_path_factory.mktemp("show") / "gestures"
    data = mb.simulate(["shake", "still", "twist"], people=3, repeats=3, seed=4)
    wrong = next(one for one in data if one.label == "still")
    moved = Recording(wrong.samples, "twist", wrong.time_ms, wrong.subject, "twist-wrong")
    data.recordings[data.recordings.index(wrong)] = moved
    data.save(path)
    return path


@pytest.fixture(scope="module")
def shown(folder):
    """What ``show --json -o FILE`` prints, and the page that it writes, as text."""
    path = folder.parent / "page.html"
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        assert main(["show", str(folder), "--json", "-o", str(path)]) == 0
    return out.getvalue(), err.getvalue(), path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(shown):
    return shown[2]


def parts(page):
    return re.findall(r'<h2 id="part-[^>]*>(.*?)</h2>', page)


def test_show_plot_writes_a_page(cli, golden, folder, tmp_path, page):
    """In addition to its usual output, and the same page again."""
    outcome = cli("show", folder, "--plot")
    golden("show-plot", outcome.transcript.replace(str(folder), "gestures"))
    assert (tmp_path / "gestures.html").read_text(encoding="utf-8") == page


def test_the_page_beside_json(shown, folder):
    out, err, _ = shown
    assert json.loads(out)["recordings"] == 27
    assert err == f"Wrote {folder.parent / 'page.html'}. Open it in a browser.\n"


@pytest.mark.parametrize("target", ["nowhere/page.html", "."])
def test_show_plot_where_nothing_can_be_written(cli, folder, tmp_path, target):
    outcome = cli("show", folder, "-o", target)
    assert outcome.code == 1 and outcome.out == ""
    assert not list(tmp_path.rglob("*.html"))


def test_the_page_has_its_parts_and_is_valid(page):
    html5lib.HTMLParser(strict=True).parse(page)
    assert parts(page) == [
        "What may be wrong",
        "How much data there is",
        "How long and how strong",
        "Which recordings are alike",
        "What the movements look like",
    ]
    pictures = page.count("<svg ")
    assert pictures == page.count("<figcaption>") == page.count('role="img"') == 3 + 3


def test_problems_are_listed_and_named_in_the_picture(page):
    assert "perhaps in the wrong folder: twist/twist-wrong.csv" in page
    assert re.search(r"<text[^>]*>twist-wrong</text>", page)


def test_descriptions_for_people_who_cannot_see_the_pictures(page):
    descriptions = re.findall(r"<desc[^>]*>(.*?)</desc>", page, re.DOTALL)
    assert any("Everyone made every gesture" in one or "made no" in one for one in descriptions)
    assert any("shake 24.2%, still 0.0%, twist 0.0%." in one for one in descriptions)
    assert any("are closest together" in one and "furthest apart" in one for one in descriptions)
    still = next(one for one in descriptions if one.startswith("The typical recording of still"))
    low, high = map(float, re.search(r"z from (\S+) to (\S+) g", still).groups())
    assert -1.3 < low <= high < 1.3 and high - low < 0.3


def test_show_without_a_plot_does_not_load_matplotlib(folder, tmp_path):
    program = (
        "import sys\n"
        "from microbit_ml.cli import main\n"
        f"assert main(['show', {str(folder)!r}]) == 0\n"
        "print('matplotlib' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        cwd=tmp_path,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stdout.splitlines()[-1] == "False", done.stderr


def test_the_page_in_a_browser(page, tmp_path):
    """Valid, nothing from the network, no serious fault for screen readers, no overlaps."""
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    assert faults_of_html(path, tmp_path) == []
    for width in (1280, 400):
        seen = look(path, tmp_path, width)
        assert seen.asked == [path.as_uri()] and seen.wide <= width and seen.cut == []
        assert [one for one in seen.violations if one["impact"] in ("serious", "critical")] == []
