"""Precision, recall, F1 and their means beside scikit-learn's, on random and degenerate cases."""

import numpy as np
import pytest

from microbit_ml.metrics import score

metrics = pytest.importorskip("sklearn.metrics")
LABELS = ["a", "b", "c", "d"]


def cases():
    rng = np.random.default_rng(0)
    for n in (1, 2, 7, 50, 400):
        for _ in range(5):
            yield rng.choice(LABELS, n).tolist(), rng.choice(LABELS, n).tolist()
    yield ["a"] * 9, ["a"] * 9  # one class
    yield ["a"] * 9, ["b"] * 9  # nothing right, a class that does not occur
    yield ["a", "b", "c"] * 4, ["a", "a", "b"] * 4  # c is never predicted


@pytest.mark.parametrize(("truth", "predicted"), list(cases()))
def test_agrees(truth, predicted):
    ours = score(truth, predicted, LABELS)
    table = metrics.confusion_matrix(truth, predicted, labels=LABELS)
    assert (ours.confusion[:, :-1] == table).all()
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, predicted, labels=LABELS, zero_division=0
    )
    assert [one.precision for one in ours.classes] == pytest.approx(precision, abs=1e-9)
    assert [one.recall for one in ours.classes] == pytest.approx(recall, abs=1e-9)
    assert [one.f1 for one in ours.classes] == pytest.approx(f1, abs=1e-9)
    assert [one.support for one in ours.classes] == support.tolist()
    assert ours.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted), abs=1e-9)
    occur = sorted(set(truth))  # the means are taken over these
    assert ours.balanced_accuracy == pytest.approx(recall[support > 0].mean(), abs=1e-9)
    macro = metrics.f1_score(truth, predicted, labels=occur, average="macro", zero_division=0)
    assert ours.macro_f1 == pytest.approx(macro, abs=1e-9)
    if set(predicted) <= set(truth) and len(occur) > 1:  # else scikit-learn warns
        balanced = metrics.balanced_accuracy_score(truth, predicted)
        assert ours.balanced_accuracy == pytest.approx(balanced, abs=1e-9)


def test_unknown_is_a_class_that_nothing_truly_is():
    truth, predicted = ["a", "a", "b"], ["a", None, "b"]
    ours = score(truth, predicted)
    as_class = [one or "unknown" for one in predicted]
    macro = metrics.f1_score(truth, as_class, labels=["a", "b"], average="macro")
    assert ours.macro_f1 == pytest.approx(macro, abs=1e-9)
