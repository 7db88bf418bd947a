"""Reports, the page of a data set and lessons on A4: no lone heading, no half-empty page."""

import html
import re

import pytest
from browser import printed, sheets
from real_data import shared_data
from report_cases import evidence_of

import microbit_ml as mb
from microbit_ml.lessons.course import load_lesson
from microbit_ml.lessons.page_session import lesson_page
from microbit_ml.lessons.straight import Silent
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.report import report_html
from microbit_ml.report.data_set_page import data_set_html

MOST_EMPTY = 0.38  # of a page, except the last: the next table or picture did not fit


def practice():
    """The data set of ``simulate practice``."""
    return mb.simulate(["circle", "lift", "shake", "tap", "twist", "wave"], people=8, repeats=4)


def wand():
    return read_source(shared_data("createai_wand.npz"))


def trained(data):
    return report_html(evidence_of(data, steps=None, copies=8, negatives=400))


def lesson(number):
    return lesson_page(load_lesson(number).run(Silent("right")))


PAGES = {
    "report-practice": lambda: trained(practice()),
    "report-demo": lambda: trained(mb.simulate(people=12, repeats=5)),
    "report-wand": lambda: trained(wand()),
    "show-wand": lambda: data_set_html(wand(), "wand", []),
    **{f"lesson-{n}": lambda n=n: lesson(n) for n in (1, 3, 9)},
}


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """The pupil's folder of lessons: never that of whoever runs the tests."""
    monkeypatch.setenv("MICROBIT_ML_FOLDER", str(tmp_path / "own folder"))


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_no_heading_stands_alone_and_no_page_is_half_empty(name, tmp_path, own_folder):
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    text = PAGES[name]()
    page.write_text(text, encoding="utf-8")
    printed(page, pdf)
    found = sheets(pdf)
    heads = {
        html.unescape(re.sub("<.*?>", "", head))
        for head in re.findall(r"<h\d.*?>(.*?)</h\d>", text)
    }
    assert len(found) >= 4 and len(heads) >= 4
    assert [one.last_line for one in found if one.last_line in heads] == []
    assert [one for one in found[:-1] if one.empty > MOST_EMPTY] == []


@pytest.mark.slow
def test_what_is_empty_is_measured(tmp_path):
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(
        "<style>@page { size: A4; margin: 17mm 16mm }</style>"
        '<p>one<h2 style="break-after: page">Alone</h2><p style="margin-top: 20cm">low<p>end',
        encoding="utf-8",
    )
    printed(page, pdf)
    first, second = sheets(pdf)
    assert first.last_line == "Alone" and first.empty > 0.8
    assert second.last_line == "end" and second.empty < 0.25
