"""Among thousands of recordings, near-duplicates and wrong labels are found, in linear work."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.evaluate import near_duplicates, odd_labels
from microbit_ml.evaluate.near_duplicates import alike_windows, shared_stretches
from microbit_ml.evaluate.odd_labels import MOST_REFERENCES, OddLabel
from microbit_ml.evaluate.principal_components import standardized
from microbit_ml.features import compute_features
from microbit_ml.recordings import Recording, make_window


@pytest.fixture(scope="module")
def windows():
    """4,200 simulated windows in which the board moves: int16 (4200, 50, 3)."""
    data = mb.simulate(["shake", "wave", "circle", "twist", "lift"], people=140, repeats=6, seed=8)
    return np.stack([make_window(one) for one in data])


def numbers_compared(monkeypatch, module, look):
    """How many distances a look at the data computes."""
    compared = 0
    real = module.squared_distances

    def counting(rows, others):
        nonlocal compared
        compared += len(rows) * len(others)
        return real(rows, others)

    monkeypatch.setattr(module, "squared_distances", counting)
    look()
    monkeypatch.setattr(module, "squared_distances", real)
    return compared


def test_planted_near_duplicates_are_found(windows):
    rng = np.random.default_rng(0)
    originals = rng.choice(len(windows), 60, replace=False)
    later = np.concatenate([windows[originals, 5:], windows[originals, -5:]], axis=1)
    copies = np.clip(np.round(later + rng.normal(0, 4, later.shape)), -2048, 2048)
    found = alike_windows(np.concatenate([windows, copies.astype(np.int16)]))
    assert len(windows) + 60 > near_duplicates.MOST_COMPARED
    planted = {(int(i), len(windows) + k) for k, i in enumerate(originals)}
    assert found <= planted
    assert len(found) >= 48


def test_bands_miss_hardly_any(windows, monkeypatch):
    """What the search among all finds, the bands find too."""
    rng = np.random.default_rng(1)
    few = windows[:600]
    copies = np.round(few[:100] + rng.normal(0, 8, (100, 50, 3))).clip(-2048, 2048)
    both = np.concatenate([few, copies.astype(np.int16)])
    among_all = alike_windows(both)
    monkeypatch.setattr(near_duplicates, "MOST_COMPARED", 100)
    monkeypatch.setattr(near_duplicates, "BAND", 60)
    assert len(alike_windows(both) & among_all) >= 0.95 * len(among_all) > 80


def test_twice_the_recordings_are_twice_the_work(windows, monkeypatch):
    monkeypatch.setattr(near_duplicates, "MOST_COMPARED", 1000)
    monkeypatch.setattr(near_duplicates, "BAND", 100)
    few, many = (
        numbers_compared(monkeypatch, near_duplicates, lambda n=n: alike_windows(windows[:n]))
        for n in (2000, 4000)
    )
    assert many <= 2.6 * few
    rows, labels = np.random.default_rng(0).normal(size=(4000, 3)), ["a", "b"] * 2000
    monkeypatch.setattr(odd_labels, "MOST_REFERENCES", 1000)
    few, many = (
        numbers_compared(
            monkeypatch, odd_labels, lambda n=n: odd_labels.odd_labels(rows[:n], labels[:n])
        )
        for n in (2000, 4000)
    )
    assert many <= 2.6 * few


def test_planted_wrong_labels_are_found(windows):
    """Of 40 recordings that get another label, nearly all are named, and few others."""
    data = mb.simulate(["shake", "still", "twist", "lift"], people=210, repeats=6, seed=2)
    rows = standardized(compute_features(np.stack([make_window(one) for one in data])))
    labels = [one.label for one in data]
    assert len(labels) > MOST_REFERENCES
    before = {one.number for one in odd_labels.odd_labels(rows, labels)}
    moved = set(range(0, len(labels), 126))
    for i in moved:
        labels[i] = "shake" if labels[i] != "shake" else "still"
    named = {one.number for one in odd_labels.odd_labels(rows, labels)}
    assert len(named & moved) >= 0.9 * len(moved)
    assert len(named - moved) <= len(before) + 3


def test_a_rare_label_keeps_its_references():
    """Twenty recordings of a rare label are all compared with, among 5,000 of another."""
    rng = np.random.default_rng(3)
    rows = np.concatenate([rng.normal(size=(5000, 3)), rng.normal(size=(20, 3)) + 30])
    labels = ["often"] * 5000 + ["rare"] * 20
    labels[7] = "rare"
    labels[5005] = "often"
    assert odd_labels.odd_labels(rows, labels) == [OddLabel(7, "often"), OddLabel(5005, "rare")]


def test_runs_of_many_recordings_are_kept_apart(monkeypatch):
    """A run never goes from one recording into the next, wherever the groups of recordings end."""
    rng = np.random.default_rng(4)
    log = rng.integers(-1000, 1000, (120, 3))
    recordings = [Recording(log[start : start + 40]) for start in (0, 20, 40, 80)]
    expected = {(0, 1), (1, 2)}
    assert shared_stretches(recordings) == expected
    for size in (1, 41, 80, 130):
        monkeypatch.setattr(near_duplicates, "SAMPLES_AT_ONCE", size)
        assert shared_stretches(recordings) == expected
