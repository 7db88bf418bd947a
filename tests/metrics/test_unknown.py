"""Out-of-distribution detection: by hand, and beside scikit-learn."""

import json

import numpy as np
import pytest

from microbit_ml.errors import DataError
from microbit_ml.metrics.unknown import accepted, auroc, threshold_for, unknown_scores


def test_auroc_by_hand():
    assert auroc([5, 3, 1], [2, -4]) == pytest.approx(5 / 6)
    assert auroc([2, 1], [1, 1]) == pytest.approx((2 + 1) / 4)  # two ties count half
    assert auroc([1], [0]) == 1.0
    assert auroc([0], [1]) == 0.0
    assert auroc([7, 7], [7]) == 0.5


def test_accepted_at_the_threshold_and_above():
    assert accepted([-1, 0, 1, 2]) == 3 / 4
    assert accepted([-1, 0, 1, 2], 1.5) == 1 / 4


def test_the_threshold_that_accepts_a_fraction():
    known = np.arange(20)
    assert threshold_for(known, 0.95) == 1  # 19 of 20
    assert threshold_for(known, 1.0) == 0
    assert threshold_for(np.arange(100), 0.55) == 45  # although 0.55 * 100 is above 55 in Python
    assert threshold_for(known, 0.01) == 19
    assert threshold_for([3, 3, 3, 9], 0.5) == 3


def test_all_numbers_together():
    scores = unknown_scores([5, 3, 1, -1], [2, -2, -4, 0], fraction=0.75)
    assert scores.auroc == pytest.approx((4 + 4 + 3 + 2) / 16)
    assert (scores.known, scores.unknown) == (4, 4)
    assert scores.known_accept_rate == 3 / 4
    assert scores.false_accept_rate == 2 / 4  # 2 and 0
    assert scores.false_accept_rate_at_fraction == 1 / 4  # the threshold is 1
    assert json.loads(json.dumps(scores.as_json()))["auroc"] == pytest.approx(13 / 16)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(seed):
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    known = np.round(rng.normal(1, 1, 40 + seed), seed % 3)  # rounded: ties
    unknown = np.round(rng.normal(0, 1, 30), seed % 3)
    is_known = [1] * len(known) + [0] * len(unknown)
    confidence = [*known, *unknown]
    expected = metrics.roc_auc_score(is_known, confidence)
    assert auroc(known, unknown) == pytest.approx(expected, abs=1e-9)
    false, true, _ = metrics.roc_curve(is_known, confidence, drop_intermediate=False)
    at_fraction = false[np.argmax(true >= 0.95 - 1e-12)]
    scores = unknown_scores(known, unknown)
    assert scores.false_accept_rate_at_fraction == pytest.approx(at_fraction, abs=1e-9)


def test_both_kinds_are_needed():
    with pytest.raises(DataError, match="no unknown recordings"):
        unknown_scores([1], [])
    with pytest.raises(DataError, match="no known recordings"):
        unknown_scores([], [1])
    with pytest.raises(DataError, match="above 0 and at most 1, not 0"):
        threshold_for([1], 0)
