"""What several commands say about the same recordings and the same model is the same."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from evaluations import evaluation

import microbit_ml as mb
from microbit_ml.charts import Chart
from microbit_ml.cli.evaluate.screen import print_intervals
from microbit_ml.cli.train import _report_false_accepts
from microbit_ml.evaluate.comparison import Comparison
from microbit_ml.metrics import most_frequent
from microbit_ml.pages import Page
from microbit_ml.report import Evidence, report_html
from microbit_ml.report.answer import _beside_guessing
from microbit_ml.report.data_set_page import data_set_html


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["circle", "shake", "still", "tap"], people=4, repeats=4, seed=3)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, steps=60, copies=2, negatives=100)


@pytest.fixture(scope="module")
def pages(data, model):
    """The page of ``show --plot`` and that of ``report``."""
    evidence = Evidence.of(Path("model.mbml"), model, data, "gestures")
    return data_set_html(data, "gestures", []), report_html(evidence)


def test_the_typical_recordings_of_show_and_report(pages):
    show, report = pages
    shown = re.findall(r"\. (\w+)\. Thick lines: (\S+\.csv)", show)
    reported = re.findall(r"Typical “(\w+)”: (\S+\.csv)", report)
    assert len(shown) == 4 and shown == reported


def test_a_model_that_sees_other_features_has_the_same_typical_recordings(data, pages):
    raw = mb.train(data, steps=20, copies=1, negatives=50, arch="cnn")
    typical = Evidence.of(Path("raw.mbml"), raw, data, "gestures").typical
    assert [(label, one.path) for label, one in typical.items()] == re.findall(
        r"Typical “(\w+)”: (\S+\.csv)", pages[1]
    )


def test_the_principal_components_of_show_and_report(pages):
    show, report = pages
    text = re.search(r"The first shows (\d+%) of all.*?The second shows (\d+%)", show)
    assert text.groups() == tuple(re.findall(r"component [12], (\d+%) of the variance", report))
    assert "by the 54 features that it sees" in report


def test_the_points_on_both_maps(data, model, monkeypatch):
    drawn = []
    monkeypatch.setattr(Page, "figure", lambda self, picture, *_: drawn.append(picture))
    data_set_html(data, "gestures", [])
    report_html(Evidence.of(Path("model.mbml"), model, data, "gestures"))
    maps = [one for one in drawn if isinstance(one, Chart) and one.title.startswith("All rec")]
    assert len(maps) == 2
    for one, other in zip(maps[0].series, maps[1].series, strict=True):
        assert one.name == other.name
        np.testing.assert_allclose(one.x, other.x)
        np.testing.assert_allclose(one.y, other.y)


def test_the_label_to_guess_where_two_are_equally_frequent():
    held = evaluation(["wave", "tap"], ["wave", "tap"])
    compared = Comparison(["wave", "tap"], np.zeros(2, int), (), {})
    assert compared.most_frequent == most_frequent(["wave", "tap"]) == ("tap", 1)
    assert _beside_guessing(held) == "Always guessing “tap” would get 50% right."


def test_the_interval_of_a_model_without_mistakes(capsys):
    held = evaluation(["a", "b"] * 13 + ["a"], ["a", "b"] * 13 + ["a"])
    interval = held.intervals.accuracy
    assert (interval.low, interval.high) == (pytest.approx(0.025 ** (1 / 27)), 1.0)
    print_intervals(held.intervals, len(held))
    out = capsys.readouterr().out
    assert "accuracy 0.872 to 1.000" in out and "as low as 0.872" in out


def test_a_rare_false_accept_is_not_zero(model, capsys):
    """5 of 1000 were 0% in one table of the report, and 5 in the next."""
    rates = [
        {"accept_known": known, "false_accept_rate": rate}
        for known, rate in ((0.9, 0.0), (0.95, 0.005), (0.99, 0.05))
    ]
    rare = replace(model, metrics={**model.metrics, "false_accept_rates": rates})
    _report_false_accepts(rare)
    out = capsys.readouterr().out
    assert "a name to 0.5% of random movements (0% with --accept-known 0.9, 5% with" in out
    page = report_html(Evidence("model.mbml", rare))
    assert "<td>0.5%</td>" in page
