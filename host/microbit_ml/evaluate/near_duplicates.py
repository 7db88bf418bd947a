"""Near-duplicate recordings: cut from one another, shifted, copied or rounded.

A near-duplicate in both the training and the test set leaks data: the test score is then too good.
Two people, or one person twice, never make the same movement to within a few percent: in nine sets
of real recordings, 4,727 in all, the two most similar differ by 10 % of their movement
(``python tests/benchmarks/problems.py``). Copies with a little noise, a shift or another rounding
mostly differ by less than ALIKE.

Comparing all pairs at every shift would take long for many recordings. So each recording is first
described by numbers that a shift hardly changes, and only its three nearest neighbours in these are
compared sample by sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from microbit_ml.evaluate.classical import squared_distances
from microbit_ml.recordings import Recording

ALIKE = 0.08  # of the movement; see above
MOST_SHIFT = 20  # samples; 0.4 s at 50 Hz
LEAST_MOTION = 30.0  # counts; recordings of a board at rest are alike without being copies
CANDIDATES = 3  # recordings that each is compared with
BLOCK = 500  # rows of the distance matrix at a time: saves memory

RUN = 10  # consecutive samples that two recordings have in common
# A board at rest, or one at the end of its range, repeats itself by chance, so a run must have:
LEAST_EXTENT = 100  # counts, from the lowest reading of an axis to the highest
LEAST_CHANGES = 6  # samples that differ from the one before
LEAST_SHARED = 0.25  # of the shorter recording
MOST_OWNERS = 20  # of a run that are paired: enough to find the copies, and few pairs


def alike_windows(windows: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of windows with almost the same movement, perhaps shifted: indices (first, second).

    windows: int (n, length, 3) in counts, one for each recording. Two are alike if, at the best
    shift, the squared differences are at most ALIKE^2 times the squared movement (the squared
    deviations from the window's mean), both summed over all axes and the samples in common.
    """
    windows = np.asarray(windows, dtype=np.float64)
    moving = np.flatnonzero(windows.std(axis=1).max(axis=1, initial=0.0) >= LEAST_MOTION)
    if len(moving) < 2:
        return set()
    pairs = _candidates(windows[moving])
    first, second = windows[moving[pairs[:, 0]]], windows[moving[pairs[:, 1]]]
    alike = _least_difference(first, second) <= ALIKE**2
    return {(int(a), int(b)) for a, b in moving[pairs[alike]]}


def _candidates(windows: np.ndarray) -> np.ndarray:
    """Pairs worth a closer look: (n_pairs, 2), the smaller index first.

    A shift in time changes the phases of a spectrum, but hardly its magnitudes. So the magnitude
    spectra of the differences of x, y and z describe a window. Its nearest are its candidates.
    """
    length = windows.shape[1]
    spectra = np.abs(np.fft.rfft(np.diff(windows, axis=1), n=2 * length, axis=1))
    spectra = spectra.reshape(len(windows), -1)
    norms = np.sqrt((spectra**2).sum(axis=1, keepdims=True))
    spectra = spectra / np.where(norms > 0, norms, 1.0)
    pairs = []
    for start in range(0, len(spectra), BLOCK):
        distances = squared_distances(spectra[start : start + BLOCK], spectra)
        rows = np.arange(len(distances))
        distances[rows, start + rows] = np.inf
        n_near = min(CANDIDATES, len(spectra) - 1)
        near = np.argpartition(distances, n_near - 1, axis=1)[:, :n_near]
        pairs.append(np.column_stack([np.repeat(start + rows, n_near), near.ravel()]))
    return np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)


def _least_difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Squared difference over squared movement at the best shift: two (n, length, 3) -> (n,)."""
    length = first.shape[1]
    most = min(MOST_SHIFT, length // 2)
    best = np.full(len(first), np.inf)
    for shift in range(-most, most + 1):
        a = first[:, max(shift, 0) : length + min(shift, 0)]
        b = second[:, max(-shift, 0) : length - max(shift, 0)]
        movement = (_movement(a) + _movement(b)) / 2
        difference = ((a - b) ** 2).sum(axis=(1, 2))
        is_moving = movement >= a.shape[1] * LEAST_MOTION**2
        ratio = difference / np.where(is_moving, movement, 1.0)
        best = np.where(is_moving, np.minimum(best, ratio), best)
    return best


def _movement(windows: np.ndarray) -> np.ndarray:
    return ((windows - windows.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2))


def shared_stretches(recordings: Sequence[Recording]) -> set[tuple[int, int]]:
    """Pairs of recordings that have a quarter of their samples in common, exactly.

    This happens when overlapping windows are cut from one long log. Each run of RUN samples is a
    key of a dictionary with the recordings that contain it, so one look at each sample is enough,
    however many recordings there are.
    """
    owners: dict[bytes, list[int]] = {}
    for number, recording in enumerate(recordings):
        for run in _runs(recording):
            owners.setdefault(run, []).append(number)
    in_common: dict[tuple[int, int], int] = {}
    for numbers in owners.values():
        for pair in combinations(numbers[:MOST_OWNERS], 2):
            in_common[pair] = in_common.get(pair, 0) + 1
    return {
        (a, b)
        for (a, b), n_runs in in_common.items()
        if n_runs + RUN - 1 >= LEAST_SHARED * min(len(recordings[a]), len(recordings[b]))
    }


def _runs(recording: Recording) -> set[bytes]:
    """All runs of RUN samples in which the board is not at rest, as bytes."""
    samples = np.ascontiguousarray(recording.samples)
    starts = np.flatnonzero(_is_distinctive(samples))
    return {samples[start : start + RUN].tobytes() for start in starts}


def _is_distinctive(samples: np.ndarray) -> np.ndarray:
    """For each run, whether the board moves and its readings change: bool (n_runs,)."""
    if len(samples) < RUN:
        return np.zeros(0, dtype=bool)
    runs = sliding_window_view(samples.astype(np.int32), RUN, axis=0)  # (n_runs, 3, RUN)
    extent = (runs.max(axis=2) - runs.min(axis=2)).max(axis=1)
    changes = (np.diff(runs, axis=2) != 0).any(axis=1).sum(axis=1)
    return (extent >= LEAST_EXTENT) & (changes >= LEAST_CHANGES)
