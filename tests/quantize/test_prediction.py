"""Prediction, by hand."""

import numpy as np
import pytest

from microbit_ml.quantize import Prediction
from microbit_ml.quantize.prediction import joined


@pytest.fixture
def two():
    """For two recordings: the first is "b" by one step of 1, the second is a tie and unknown."""
    scores = np.array([[3, 4, 0], [2, 2, -9]])
    return Prediction(scores, np.array([0, -1]), np.array([[7], [8]]), ["a", "b", "c"])


def test_names_follow_from_scores_and_confidence(two):
    assert two.best == ["b", "a"]  # the first of equals
    assert two.labels == ["b", None]  # a confidence of 0 is known
    assert two.best_index.tolist() == [1, 0] and two.label_index.tolist() == [1, -1]
    e = np.exp
    assert two.probability[0] == pytest.approx(e(4) / (e(3) + e(4) + e(0)))
    assert repr(two) == "Prediction(2 recordings, 1 unknown)"


def test_integer_scores_have_a_smaller_step():
    scores = np.array([[64, 0]])
    prediction = Prediction(scores, np.zeros(1), np.zeros((1, 0)), score_step=1 / 64)
    assert prediction.probability[0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_joined_slices_are_the_whole(two):
    again = joined([two[:1], two[1:]])
    assert again.is_same(two) and again.labels == two.labels
    assert not two[:1].is_same(two[1:])


@pytest.mark.parametrize("name", ["scores", "confidence", "features"])
def test_any_number_that_differs_is_noticed(two, name):
    values = {one: getattr(two, one).copy() for one in ("scores", "confidence", "features")}
    values[name].reshape(-1)[-1] += 1
    assert not Prediction(**values).is_same(two)
