"""Copies, shifts and cuts are found among recordings; repeated gestures are not copies."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.evaluate import near_duplicates
from microbit_ml.evaluate.near_duplicates import (
    CANDIDATES,
    _candidates,
    alike_windows,
    shared_stretches,
)
from microbit_ml.recordings import Recording, make_window


@pytest.fixture(scope="module")
def windows():
    """60 simulated windows in which the board moves: int (60, 50, 3)."""
    data = mb.simulate(["shake", "wave", "circle"], people=5, repeats=4, seed=3)
    return np.stack([make_window(one) for one in data]).astype(np.int32)


def with_noise(window, rng, counts=8):
    return np.round(window + rng.normal(0, counts, window.shape))


def shifted(window, rng, samples):
    """Cut a little later: the start is missing, the last sample is repeated."""
    later = np.concatenate([window[samples:], np.repeat(window[-1:], samples, axis=0)])
    return with_noise(later, rng, 4)


CHANGES = {
    "noise": lambda window, rng: with_noise(window, rng),
    "rounded": lambda window, rng: window // 16 * 16,
    "shifted by 3": lambda window, rng: shifted(window, rng, 3),
    "shifted by 10": lambda window, rng: shifted(window, rng, 10),
    "another unit": lambda window, rng: window * 1000 // 1024,
}


@pytest.mark.parametrize("change", CHANGES)
def test_copies_are_found(windows, change):
    rng = np.random.default_rng(0)
    copies = np.stack([CHANGES[change](window, rng) for window in windows[:20]])
    found = alike_windows(np.concatenate([windows, copies]))
    planted = {(i, len(windows) + i) for i in range(len(copies))}
    assert len(found & planted) >= 16
    assert found <= planted


def test_a_repeated_gesture_is_no_copy(windows):
    assert alike_windows(windows) == set()


def test_boards_at_rest_are_not_alike():
    rng = np.random.default_rng(1)
    rest = np.array([0, 0, -1024]) + rng.normal(0, 8, (40, 50, 3)).round()
    rest[1] = rest[0]
    assert alike_windows(rest) == set()
    recordings = [Recording(np.round(one / 16) * 16) for one in rest]
    assert shared_stretches(recordings) == set()


def test_the_same_movement_held_another_way_is_no_copy(windows):
    tilted = windows[0] + np.array([0, 0, 300])
    assert alike_windows(np.stack([windows[0], tilted])) == set()


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_to_compare(windows, n):
    assert alike_windows(windows[:n]) == set()
    assert shared_stretches([Recording(one) for one in windows[:n]]) == set()


def test_each_is_compared_with_few_others(windows, monkeypatch):
    """Few pairs are candidates, and computing the distances in blocks gives the same pairs."""
    n = len(windows)
    pairs = _candidates(windows.astype(float))
    assert len(pairs) <= CANDIDATES * n < n * (n - 1) / 2
    assert np.all(pairs[:, 0] < pairs[:, 1])
    monkeypatch.setattr(near_duplicates, "BLOCK", 7)
    assert np.array_equal(_candidates(windows.astype(float)), pairs)


@pytest.fixture(scope="module")
def log():
    """A long movement, with noise, in counts: (400, 3)."""
    rng = np.random.default_rng(2)
    t = np.arange(400) / 50
    swing = np.stack([np.sin(7 * t), np.sin(5 * t + 1), np.cos(3 * t)], axis=1)
    return np.round(700 * swing + rng.normal(0, 10, (400, 3)))


def test_windows_that_overlap_are_found(log):
    half = [Recording(log[start : start + 50]) for start in range(0, 200, 25)]
    assert shared_stretches(half) == {(i, i + 1) for i in range(len(half) - 1)}
    apart = [Recording(log[start : start + 50]) for start in range(0, 400, 50)]
    assert shared_stretches(apart) == set()


def test_a_little_in_common_is_not_enough(log):
    """A quarter of 50 samples is 13, rounded up."""
    for overlap, found in ((12, set()), (13, {(0, 1)})):
        pair = [Recording(log[:50]), Recording(log[50 - overlap : 100 - overlap])]
        assert shared_stretches(pair) == found


def test_a_piece_of_a_longer_recording_is_found(log):
    assert shared_stretches([Recording(log), Recording(log[100:150])]) == {(0, 1)}


def test_recordings_shorter_than_a_run(log):
    assert shared_stretches([Recording(log[:5]), Recording(log[:5])]) == set()
