"""A recording in the wrong folder is found, but not one at the edge of its label's cluster."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.evaluate import odd_labels as module
from microbit_ml.evaluate.odd_labels import OddLabel, odd_labels
from microbit_ml.evaluate.principal_components import standardized
from microbit_ml.features import compute_features
from microbit_ml.recordings import make_window


def clouds(n=12, apart=10.0, seed=0):
    """Two clouds of n points each, a and b, in three dimensions."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(2 * n, 3))
    rows[n:] += apart
    return rows, ["a"] * n + ["b"] * n


def test_a_wrong_label_is_found():
    rows, labels = clouds()
    assert odd_labels(rows, labels) == []
    labels[3] = "b"
    assert odd_labels(rows, labels) == [OddLabel(3, "a")]


@pytest.mark.parametrize(("far", "named"), [(1.3, []), (1.5, [OddLabel(0, "b")])])
def test_its_own_label_must_be_much_further(far, named):
    """A point at 0, five b at 1 and five a at ``far``: all its neighbours are b."""
    angles = np.arange(5) * 2 * np.pi / 5
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rows = np.concatenate([np.zeros((1, 2)), ring, far * ring])
    found = odd_labels(rows, ["a"] + ["b"] * 5 + ["a"] * 5)
    assert [one for one in found if one.number == 0] == named


def test_neighbours_that_disagree_are_no_evidence():
    rows, labels = clouds()
    labels[:12] = ["b", "a", "c"] * 4
    rows[:12] = np.random.default_rng(1).normal(size=(12, 3)) * 0.01
    assert odd_labels(rows, labels) == []


def test_a_label_with_too_few_recordings_is_skipped():
    """Three of a label, one of them among another label: two others are too few to compare."""
    rows, labels = clouds()
    labels[0] = labels[12] = labels[13] = "c"
    assert odd_labels(rows, labels) == []
    labels[14] = "c"
    assert OddLabel(0, "a") in odd_labels(rows, labels)


def test_recordings_without_a_label_are_skipped_and_are_no_evidence():
    rows, labels = clouds()
    labels[3] = labels[12] = labels[13] = labels[14] = ""
    assert odd_labels(rows, labels) == []
    rows, labels = clouds()
    without = ["" if label == "a" else label for label in labels]
    without[3] = "b"
    assert odd_labels(rows, without) == []


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_recordings(n):
    assert odd_labels(np.zeros((n, 3)), ["a"] * n) == []


def test_blocks_of_the_distance_matrix_give_the_same_labels(monkeypatch):
    rows, labels = clouds()
    labels[3], labels[20] = "b", "a"
    whole = odd_labels(rows, labels)
    monkeypatch.setattr(module, "BLOCK", 5)
    assert odd_labels(rows, labels) == whole == [OddLabel(3, "a"), OddLabel(20, "b")]


def test_simulated_gestures():
    """None is flagged as it is; most of those that get a wrong label are flagged."""
    data = mb.simulate(["shake", "still", "twist", "lift"], people=4, repeats=4, seed=2)
    rows = standardized(compute_features(np.stack([make_window(one) for one in data])))
    labels = [one.label for one in data]
    assert odd_labels(rows, labels) == []
    moved = list(range(0, len(labels), 11))
    for i in moved:
        labels[i] = "shake" if labels[i] != "shake" else "still"
    named = {one.number for one in odd_labels(rows, labels)}
    assert named <= set(moved) and len(named) >= len(moved) - 2
