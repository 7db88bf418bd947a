"""Choosing a threshold for a purpose: by hand, against scikit-learn, and in a model."""

from types import SimpleNamespace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.evaluate.preference import choose, precision_recall_curve, with_shift

TRUTH = ["fall", "fall", "walk", "fall", "fall", "walk"]
BEST = ["fall", "fall", "fall", "fall", "walk", "walk"]
CONFIDENCE = np.array([7, 4, 1, -3, 9, 9])


def test_the_curve_by_hand():
    points = precision_recall_curve("fall", TRUTH, BEST, CONFIDENCE)
    assert [one.shift for one in points] == [-7, -4, -1, 3]
    assert [(one.correct, one.detected) for one in points] == [(1, 1), (2, 2), (2, 3), (3, 4)]
    assert [one.precision for one in points] == [1, 1, 2 / 3, 3 / 4]
    assert [one.recall for one in points] == [1 / 4, 2 / 4, 2 / 4, 3 / 4]


@pytest.mark.parametrize(
    ("purpose", "at_least", "shift"),
    [
        ("recall", 0.75, 3),
        ("recall", 0.5, -2),  # -1 finds as many, but is wrong more often; -4 to -2 are equal
        ("recall", 0.95, 3),  # out of reach: the highest there is
        ("precision", 0.95, -4),
        ("precision", 0.7, 3),
    ],
)
def test_the_choice(purpose, at_least, shift):
    assert (
        choose(precision_recall_curve("fall", TRUTH, BEST, CONFIDENCE), purpose, at_least).shift
        == shift
    )


def test_the_curve_agrees_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    truth = rng.choice(["fall", "walk"], 80).tolist()
    confidence = rng.integers(-20, 20, 80)
    points = precision_recall_curve("fall", truth, ["fall"] * 80, confidence)
    precision, recall, thresholds = metrics.precision_recall_curve(
        [one == "fall" for one in truth], confidence
    )
    assert [-one.shift for one in points] == thresholds[::-1].tolist()
    assert [one.precision for one in points] == pytest.approx(precision[:-1][::-1], abs=1e-9)
    assert [one.recall for one in points] == pytest.approx(recall[:-1][::-1], abs=1e-9)


def test_a_missing_label_is_explained():
    with pytest.raises(DataError, match='No recording has the label "clap"'):
        precision_recall_curve("clap", TRUTH, BEST, CONFIDENCE)
    with pytest.raises(DataError, match='looks most like "walk"'):
        precision_recall_curve("walk", TRUTH, ["fall"] * 6, CONFIDENCE)
    with pytest.raises(DataError, match='does not know "clap"'):
        with_shift(SimpleNamespace(labels=["fall", "walk"]), "clap", 3)


def test_the_shift_is_in_both_forms_of_the_model_and_in_its_file(tmp_path):
    data = mb.simulate(["shake", "still", "twist"], people=2, repeats=2, seed=4)
    model = mb.train(data, steps=40)
    with_shift(model, "twist", 37).save(tmp_path / "m.mbml")
    shifted = mb.Model.load(tmp_path / "m.mbml")
    for before, after in (
        (model.predict(data), shifted.predict(data)),
        (model.predict_float(data), shifted.predict_float(data)),
    ):
        expected = [37 * (best == "twist") for best in before.best]
        assert after.confidence - before.confidence == pytest.approx(expected)
        assert after.best == before.best
    assert shifted.provenance["shifts"] == {"twist": 37}
    assert with_shift(shifted, "twist", -7).provenance["shifts"] == {"twist": 30}
    assert "shifts" not in model.provenance
    detected = with_shift(model, "twist", 30_000).predict(data)
    assert all(
        detected.labels[i] == "twist" for i, best in enumerate(detected.best) if best == "twist"
    )
    never = with_shift(model, "twist", -30_000).predict(data)
    assert "twist" in never.best
    assert "twist" not in never.labels
