"""The page about a data set, for unusual data."""

import re
from dataclasses import replace

import html5lib
import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.evaluate.problems import find_problems
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.report.data_set_page import data_set_html


def test_not_more_than_thirty_lines_are_thin():
    data = Dataset([Recording(rng_samples(i), "tap", name=f"{i}") for i in range(40)])
    text = data_set_html(data, "many", [])
    assert "Thin lines: 30 of 39 others<" in text


def test_lengths_are_a_picture_unless_they_are_alike():
    alike = mb.simulate(["shake", "still"], people=1, repeats=2, seed=4)
    assert "All recordings are 1.00 s long." in data_set_html(alike, "alike", [])
    data = Dataset([Recording(rng_samples(i, 50 + 25 * i), "tap", name=f"{i}") for i in range(3)])
    text = data_set_html(data, "few", [])
    assert "tap from 1.00 s to 2.00 s, median 1.50 s." in text


def test_names_are_no_html_and_no_marks(tmp_path):
    data = Dataset(
        [
            Recording(rng_samples(i), label, name=f"a**b**-{i}")
            for label in ("<b>&", "`x`")
            for i in range(3)
        ]
    )
    text = data_set_html(data, "<i>**", find_problems(data))
    html5lib.HTMLParser(strict=True).parse(text)
    assert "<b>&" not in text and "&lt;b&gt;&amp;" in text
    assert ">`x`<" in text and "<strong>b" not in text and "<code>" not in text


def test_the_typical_recording_is_like_the_others():
    """Five that hardly move and one that moves a lot: the thick lines show one of the five."""
    data = Dataset([Recording(rng_samples(i) / 50, "rest", name=f"rest-{i}") for i in range(5)])
    data.recordings.append(Recording(rng_samples(9), "rest", name="wild"))
    text = data_set_html(data, "rest", [])
    assert re.search(r"rest\. Thick lines: rest/rest-\d\.csv. Thin lines: 5 others<", text)


def rng_samples(seed, n=50):
    return np.random.default_rng(seed).normal(0, 300, (n, 3))


@pytest.mark.parametrize(
    "recordings",
    [
        [Recording([[0, 0, -1024]], "still", name="a")],
        [Recording(rng_samples(1), "", name="a"), Recording(rng_samples(2), "", name="b")],
        [Recording(np.zeros((20, 3)), "days", np.arange(20) * 1e7, name="a")],
        [Recording(np.full((60, 3), 100), "same", name=f"a{i}") for i in range(4)],
    ],
)
def test_a_page_of_very_little(recordings):
    data = Dataset(recordings)
    text = data_set_html(data, "few", [])
    html5lib.HTMLParser(strict=True).parse(text)
    assert "No problems found." in text


def test_people_who_were_not_noted_are_not_none():
    data = mb.simulate(["shake", "still"], people=1, repeats=3, seed=4)
    data.recordings = [replace(one, subject="") for one in data]
    page = data_set_html(data, "set", [])
    assert "not noted</td>" in page and ">0</td>" not in page


def test_of_very_many_labels_the_largest_are_drawn(monkeypatch):
    monkeypatch.setattr("microbit_ml.report.data_set_page.MOST_LABELS", 2)
    data = mb.simulate(["shake", "still", "twist"], people=1, repeats=3, seed=4)
    data.recordings.remove(next(one for one in data if one.label == "still"))
    page = data_set_html(data, "set", [])
    assert "The pictures show 2 of the 3 labels: those with the most recordings." in page
    assert page.count("Thin lines: 2 others") == 2 and "still. Thick" not in page
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert drawn and not any("still" in one for one in drawn)
