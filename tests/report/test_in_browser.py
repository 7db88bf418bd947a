"""Reports in Chromium, checked by html-validate and axe-core; skipped where these are missing."""

import shutil
import subprocess

import numpy as np
import pytest
from browser import faults_of_html, look, printed, screenshot
from matplotlib.image import imread
from real_data import shared_data
from report_cases import CASES, evidence_of

from microbit_ml.pages import Page
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.report import report_html


def createai_wand():
    """Real recordings, two people, the default settings."""
    return evidence_of(read_source(shared_data("createai_wand.npz")), steps=None, copies=8)


MORE_CASES = {**CASES, "createai_wand": createai_wand}


@pytest.fixture(scope="module", params=MORE_CASES)
def page(request, tmp_path_factory):
    path = tmp_path_factory.mktemp(request.param) / "report.html"
    path.write_text(report_html(MORE_CASES[request.param]()), encoding="utf-8")
    return path


@pytest.mark.slow
def test_html_validate_finds_no_fault(page):
    assert faults_of_html(page, page.parent) == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 400])
def test_it_is_accessible_fits_the_window_and_loads_nothing_else(page, width):
    seen = look(page, page.parent, width)
    assert seen.violations == []
    assert seen.asked == [page.resolve().as_uri()]
    assert seen.wide <= width
    assert seen.cut == []


@pytest.mark.slow
def test_it_can_be_seen_and_printed_on_a4(page):
    screenshot(page, page.parent / "seen.png", 400)
    assert (page.parent / "seen.png").read_bytes().startswith(b"\x89PNG")
    pdf = page.parent / "printed.pdf"
    printed(page, pdf)
    assert pdf.read_bytes().startswith(b"%PDF")
    if shutil.which("pdfinfo"):
        info = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True).stdout
        assert "A4" in info


FAULTY = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>
<main><h1>x</h1><p style="color:#999">pale</p><img src="none.png"><div style="width:2000px">.</div>
<svg viewBox="0 0 100 40" width="300" id="s"><text x="5" y="20">first</text>
<text x="8" y="21">second</text><text x="95" y="20">beyond</text></svg></main></body></html>"""


@pytest.mark.slow
def test_the_checkers_find_faults_that_are_there(tmp_path):
    page = tmp_path / "faulty.html"
    page.write_text(FAULTY, encoding="utf-8")
    seen = look(page, tmp_path)
    assert {one["id"] for one in seen.violations} >= {"color-contrast", "image-alt"}
    assert seen.wide >= 2000 and len(seen.asked) == 2
    assert ["s", "first", "second"] in seen.cut and ["s", "beyond the edge", "beyond"] in seen.cut
    assert any("wcag/h37" in fault for fault in faults_of_html(page, tmp_path))


@pytest.mark.slow
def test_a_table_that_scrolls_has_a_shadow_at_its_right_edge(tmp_path):
    """At 400 pixels; a table that fits, or that has been scrolled to its end, has none."""

    def darkness_at_the_edge(columns, more=""):
        page = Page("Tables")
        page.table([str(i) for i in range(columns)], [["w" * 8] * columns] * 30, "Numbers")
        path, picture = tmp_path / "page.html", tmp_path / "page.png"
        path.write_text(page.html().replace("</style>", f"{more}</style>"), encoding="utf-8")
        screenshot(path, picture, 400)
        pixels = imread(picture)[..., :3]
        below, padding = pixels[500:800], 16  # in the table's rows, and beside the frame
        edge = below[:, 400 - padding - 3 : 400 - padding - 1].mean(axis=(1, 2))
        return 1 - float(np.median(edge))

    assert darkness_at_the_edge(12) > 0.1
    assert darkness_at_the_edge(2) < 0.02
    at_its_end = ".scroll { direction: rtl } table { direction: ltr }"  # scrolled to the right
    assert darkness_at_the_edge(12, at_its_end) < 0.02
