"""Evaluation, by hand."""

import numpy as np
import pytest
from evaluations import evaluation


@pytest.fixture
def three():
    """Three recordings: the first is wrong, the last is right but unknown."""
    return evaluation(
        truth=["a", "b", "b"],
        best=["b", "b", "b"],
        labels=["b", "b", None],
        best_float=["a", "b", "a"],
        fold=np.array([0, 0, 1]),
        probability=np.array([0.6, 0.8, 1.0]),
        subjects=["Ann", "Ann", "Ben"],
    )


def test_names_and_what_is_right(three):
    assert three.truth == ["a", "b", "b"] and three.best == ["b", "b", "b"]
    assert three.labels == ["b", "b", None] and three.best_float == ["a", "b", "a"]
    assert three.is_right.tolist() == [False, True, True]
    assert three.is_known.tolist() == [True, True, False]
    assert repr(three) == "Evaluation(3 tests, 2 right)"


def test_scores_of_each_kind(three):
    assert three.scores.right == 2
    assert (three.scores_with_unknown.right, three.scores_with_unknown.unknown) == (1, 1)
    assert three.scores_float.right == 2
    assert three.fold_accuracies == [0.5, 1.0]
    assert three.intervals.drawn == "recording"  # two people are too few to draw from


def test_calibration_is_of_the_best_label(three):
    # (0.5, 0.6]: 0.6 and wrong; (0.7, 0.8]: 0.8 and right; (0.9, 1]: 1 and right
    assert three.calibration.error == pytest.approx((0.6 + 0.2 + 0.0) / 3)
    # the floats are right, right and wrong
    assert three.calibration_float.error == pytest.approx((0.4 + 0.2 + 1.0) / 3)
