"""The metrics against numbers worked by hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbit_ml.errors import DataError, KitError
from microbit_ml.metrics import confusion_matrix, score

# Ten recordings: 5 of shake, 3 of tap, 2 of wave.
#          predicted shake  tap  wave  unknown
# is shake           3       1    0      1
# is tap             0       2    1      0
# is wave            0       2    0      0
TRUTH = ["shake"] * 5 + ["tap"] * 3 + ["wave"] * 2
PREDICTED = ["shake", "shake", "shake", "tap", None, "tap", "tap", "wave", "tap", "tap"]


def test_confusion_matrix_by_hand():
    counts = confusion_matrix(TRUTH, PREDICTED, ["shake", "tap", "wave"])
    assert counts.tolist() == [[3, 1, 0, 1], [0, 2, 1, 0], [0, 2, 0, 0]]


def test_every_metric_by_hand():
    scores = score(TRUTH, PREDICTED)
    shake, tap, wave = scores.classes
    assert (shake.label, shake.precision, shake.recall, shake.support) == ("shake", 1.0, 3 / 5, 5)
    assert shake.f1 == pytest.approx(2 * 1 * 0.6 / 1.6)  # 0.75
    assert (tap.precision, tap.recall) == (2 / 5, 2 / 3)
    assert tap.f1 == pytest.approx(2 * (2 / 5) * (2 / 3) / (2 / 5 + 2 / 3))  # 0.5
    assert (wave.precision, wave.recall, wave.f1) == (0.0, 0.0, 0.0)
    assert scores.accuracy == pytest.approx(5 / 10)
    assert scores.balanced_accuracy == pytest.approx((3 / 5 + 2 / 3 + 0) / 3)
    assert scores.macro_precision == pytest.approx((1 + 2 / 5 + 0) / 3)
    assert scores.macro_recall == scores.balanced_accuracy
    assert scores.macro_f1 == pytest.approx((0.75 + 0.5 + 0) / 3)
    assert (scores.unknown, scores.recordings, scores.right) == (1, 10, 5)


def test_class_without_recordings_is_zero_and_stays_out_of_the_means():
    scores = score(["tap", "tap"], ["tap", "tap"], ["shake", "tap"])
    shake, tap = scores.classes
    assert (shake.precision, shake.recall, shake.f1, shake.support) == (0.0, 0.0, 0.0, 0)
    assert (tap.precision, tap.recall, tap.f1) == (1.0, 1.0, 1.0)
    assert scores.accuracy == scores.balanced_accuracy == scores.macro_f1 == 1.0


def test_only_unknown_is_wrong_but_defined():
    scores = score(["tap", "wave"], [None, None])
    assert scores.accuracy == scores.macro_precision == scores.macro_f1 == 0.0
    assert scores.unknown == 2


def test_json_holds_the_same_numbers():
    text = json.dumps(score(TRUTH, PREDICTED).as_json())
    back = json.loads(text)
    assert back["confusion"] == [[3, 1, 0, 1], [0, 2, 1, 0], [0, 2, 0, 0]]
    assert back["classes"]["tap"] == {
        "precision": 2 / 5,
        "recall": 2 / 3,
        "f1": pytest.approx(0.5),
        "recordings": 3,
    }
    assert back["unknown"] == 1


@pytest.mark.parametrize(
    ("truth", "predicted", "labels", "message"),
    [
        (["a"], ["a", "b"], ["a", "b"], "1 true labels but 2 predictions"),
        (["c"], ["a"], ["a", "b"], 'The label "c"'),
        (["a"], ["c"], ["a", "b"], 'The label "c"'),
    ],
)
def test_invalid_labels_are_explained(truth, predicted, labels, message):
    with pytest.raises(DataError, match=message):
        confusion_matrix(truth, predicted, labels)


def test_nothing_to_score():
    with pytest.raises(KitError, match="no recording with a label"):
        score([], [])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", None]))))
def test_metrics_agree_with_counting_one_by_one(pairs):
    if not pairs:
        return
    truth, predicted = zip(*pairs, strict=True)
    scores = score(truth, predicted, ["a", "b", "c"])
    assert scores.accuracy == pytest.approx(np.mean([t == c for t, c in pairs]))
    assert scores.confusion.sum() == len(pairs)
    for one in scores.classes:
        found = sum(t == c == one.label for t, c in pairs)
        is_it = sum(t == one.label for t, _ in pairs)
        predicted_it = sum(c == one.label for _, c in pairs)
        assert one.recall == pytest.approx(found / is_it if is_it else 0)
        assert one.precision == pytest.approx(found / predicted_it if predicted_it else 0)
        both = one.precision + one.recall
        assert one.f1 == pytest.approx(2 * one.precision * one.recall / both if both else 0)
