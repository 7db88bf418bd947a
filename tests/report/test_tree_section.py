"""The picture of a tree in a report."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.kinds.trees import LEAF
from microbit_ml.quantize import Normaliser
from microbit_ml.quantize.tree_model import TreeModel, feature_detector
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.report import report_html
from microbit_ml.report.tree_section import feature_threshold, tree_picture


def small_model():
    tree = np.array([[0, 5, LEAF, 1], [2, -3, LEAF + 1, LEAF]])
    rows = np.log(np.array([[0.9, 0.1, 0.5], [0.25, 0.75, 0.8]]))
    gate = feature_detector(np.zeros((2, 3)), np.zeros(2))
    normaliser = Normaliser(np.array([100.0, 0, 0]), np.array([20.0, 20.0, 40.0]))
    return TreeModel(("tilt",), normaliser, [tree], rows, gate)


def test_a_threshold_in_the_features_own_unit():
    model = small_model()
    # scaled is the feature minus 100, in steps of 20/20: at most 5 up to 105
    assert feature_threshold(model, 0, 5) == 105
    # steps of 40/20: -6 // 2 = -3; -5 is -2.5, which is rounded up to -2
    assert feature_threshold(model, 2, -3) == -6
    x = model.scale.apply(np.array([[105, 0, -6], [106, 0, -5]]))
    assert x[:, [0, 2]].tolist() == [[5, -3], [6, -2]]


def test_the_picture_of_a_tree():
    picture = tree_picture(small_model(), ["shake", "tap"])
    assert [(one.depth, one.text, one.answer) for one in picture.lines] == [
        (0, "Is x_mean at most 105?", ""),
        (1, "yes: shake (90%)", "shake"),
        (1, "no: Is z_mean at most -6?", ""),
        (2, "yes: tap (75%) or no gesture", "tap"),
        (2, "no: shake (90%)", "shake"),
    ]
    assert picture.alt == ("2 questions, 3 answers: shake 2, tap 1. First: Is x_mean at most 105?")


@pytest.mark.parametrize("kind", ["tree", "forest"])
def test_the_report_shows_it_and_nothing_about_networks(kind, tmp_path):
    data = mb.simulate(["shake", "tap", "circle"], people=3, repeats=2, seed=1)
    model = mb.train(data, kind=kind, copies=2)
    page = report_html(Evidence.of(tmp_path / "my.mbml", model, data))
    assert "How it decides" in page
    assert "The tree&#x27;s questions" in page or "The tree's questions" in page
    for line in tree_picture(model.fitted, model.labels).lines:
        assert line.text in page
    for words in ("How it learned", "the network alone", "network sees"):
        assert words not in page
    assert "network" not in page.lower().split("<main")[1]
