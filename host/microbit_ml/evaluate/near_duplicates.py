"""Near-duplicate recordings: cut from one another, shifted, copied or rounded.

A near-duplicate in both the training and the test set leaks data: the test score is then too good.
Two people, or one person twice, never make the same movement to within a few percent: in nine sets
of real recordings, 4,727 in all, the two most similar differ by 10 % of their movement
(``python tests/benchmarks/problems.py``). Copies with a little noise, a shift or another rounding
mostly differ by less than ALIKE.

Comparing all pairs at every shift would take long for many recordings. So each recording is first
described by numbers that a shift hardly changes, and only its three nearest neighbours in these are
compared sample by sample. Up to MOST_COMPARED recordings, the neighbours are searched among all.
Of more, each is compared with those beside it when they are sorted along one of the descriptions'
principal components, and again for the next component: the work grows with the number of recordings
and not with its square, and a few pairs may be missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from microbit_ml.evaluate.classical import squared_distances
from microbit_ml.recordings import Recording

ALIKE = 0.08  # of the movement; see above
MOST_SHIFT = 20  # samples; 0.4 s at 50 Hz
LEAST_MOTION = 30.0  # counts; recordings of a board at rest are alike without being copies
CANDIDATES = 3  # recordings that each is compared with
BLOCK = 500  # rows of the distance matrix at a time: saves memory
MOST_COMPARED = 4000  # recordings whose neighbours are searched among all of them
BAND = 500  # of more, this many are searched before and behind each, in each order
ORDERS = 4  # principal components along which they are sorted
PAIRS_AT_ONCE = 4000  # that are compared sample by sample
SAMPLES_AT_ONCE = 100_000  # whose runs are looked at

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
    windows = np.asarray(windows)
    moving = np.flatnonzero(_is_moving(windows))
    if len(moving) < 2:
        return set()
    pairs = moving[_candidates(windows[moving])]
    alike = [
        _least_difference(windows[some[:, 0]], windows[some[:, 1]]) <= ALIKE**2
        for some in _in_blocks(pairs, PAIRS_AT_ONCE)
    ]
    return {(int(a), int(b)) for a, b in pairs[np.concatenate(alike)]}


def _in_blocks(rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _is_moving(windows: np.ndarray) -> np.ndarray:
    """Whether the board moves in each window: bool (n,)."""
    strongest = [
        some.astype(np.float64).std(axis=1).max(axis=1, initial=0.0)
        for some in _in_blocks(windows, PAIRS_AT_ONCE)
    ]
    return np.concatenate([np.zeros(0), *strongest]) >= LEAST_MOTION


def _candidates(windows: np.ndarray) -> np.ndarray:
    """Pairs worth a closer look: (n_pairs, 2), the smaller index first."""
    described = _descriptions(windows)
    if len(described) <= MOST_COMPARED:
        near = _nearest_of_all(described)
    else:
        near = _nearest_in_bands(described.astype(np.float32))
    rows = np.repeat(np.arange(len(near)), near.shape[1])
    return np.unique(np.sort(np.column_stack([rows, near.ravel()]), axis=1), axis=0)


def _descriptions(windows: np.ndarray) -> np.ndarray:
    """Numbers that a shift hardly changes: float (n, 3 * (length + 1)), each row of length 1.

    A shift in time changes the phases of a spectrum, but hardly its magnitudes. So the magnitude
    spectra of the differences of x, y and z describe a window.
    """
    is_many = len(windows) > MOST_COMPARED
    spectra = [
        np.abs(np.fft.rfft(np.diff(some, axis=1), n=2 * windows.shape[1], axis=1))
        .reshape(len(some), -1)
        .astype(np.float32 if is_many else np.float64)
        for some in (block.astype(np.float64) for block in _in_blocks(windows, PAIRS_AT_ONCE))
    ]
    described = np.concatenate(spectra)
    norms = np.sqrt((described**2).sum(axis=1, keepdims=True))
    return described / np.where(norms > 0, norms, 1)


def _nearest_of_all(described: np.ndarray) -> np.ndarray:
    """The nearest CANDIDATES of each row: indices (n, CANDIDATES)."""
    n_near = min(CANDIDATES, len(described) - 1)
    found = []
    for start in range(0, len(described), BLOCK):
        distances = squared_distances(described[start : start + BLOCK], described)
        rows = np.arange(len(distances))
        distances[rows, start + rows] = np.inf
        found.append(np.argpartition(distances, n_near - 1, axis=1)[:, :n_near])
    return np.concatenate(found)


def _nearest_in_bands(described: np.ndarray) -> np.ndarray:
    """Much the same in linear time: the nearest of each row among its neighbours in each order."""
    centred = described - described.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)  # the widest last
    found = []
    for direction in directions.T[: -ORDERS - 1 : -1]:
        order = np.argsort(centred @ direction, kind="stable")
        near = np.empty((len(described), CANDIDATES), dtype=np.int64)
        for start in range(0, len(order), BLOCK):
            first, end = max(0, start - BAND), min(len(order), start + BLOCK + BAND)
            own, others = order[start : start + BLOCK], order[first:end]
            distances = squared_distances(described[own], described[others])
            rows = np.arange(len(own))
            distances[rows, start - first + rows] = np.inf
            nearest = np.argpartition(distances, CANDIDATES - 1, axis=1)[:, :CANDIDATES]
            near[own] = others[nearest]
        found.append(near)
    return np.concatenate(found, axis=1)


def _least_difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Squared difference over squared movement at the best shift: two (n, length, 3) -> (n,)."""
    first, second = first.astype(np.float64), second.astype(np.float64)
    length = first.shape[1]
    most = min(MOST_SHIFT, length // 2)
    best = np.full(len(first), np.inf)
    for shift in range(-most, most + 1):
        a = first[:, max(shift, 0) : length + min(shift, 0)]
        b = second[:, max(-shift, 0) : length - max(shift, 0)]
        movement = (_movement(a) + _movement(b)) / 2
        difference = _squares(a - b)
        is_moving = movement >= a.shape[1] * LEAST_MOTION**2
        ratio = difference / np.where(is_moving, movement, 1.0)
        best = np.where(is_moving, np.minimum(best, ratio), best)
    return best


def _movement(windows: np.ndarray) -> np.ndarray:
    """The squared deviations from each window's mean, summed: (n,)."""
    sums = windows.sum(axis=1)
    return _squares(windows) - (sums**2).sum(axis=1) / windows.shape[1]


def _squares(values: np.ndarray) -> np.ndarray:
    return np.einsum("nti,nti->n", values, values)


def shared_stretches(recordings: Sequence[Recording]) -> set[tuple[int, int]]:
    """Pairs of recordings that have a quarter of their samples in common, exactly.

    This happens when overlapping windows are cut from one long log. Each run of RUN samples gets a
    fingerprint of eight bytes; sorted, equal ones lie side by side, so one look at each sample is
    enough, however many recordings there are.
    """
    runs, owners = _runs(recordings)
    order = np.lexsort((owners, runs))
    runs, owners = runs[order], owners[order]
    is_new = np.ones(len(runs), dtype=bool)  # a run counts once a recording
    is_new[1:] = (runs[1:] != runs[:-1]) | (owners[1:] != owners[:-1])
    runs, owners = runs[is_new], owners[is_new]
    firsts = np.flatnonzero(np.append(True, runs[1:] != runs[:-1])[: len(runs)])
    counts = np.diff(np.append(firsts, len(runs)))
    rank = np.arange(len(runs)) - np.repeat(firsts, counts)
    in_common: dict[tuple[int, int], int] = {}
    for apart in range(1, MOST_OWNERS):  # pairs of owners of one run, so many places apart
        later = np.flatnonzero((rank >= apart) & (rank < MOST_OWNERS))
        pairs, n_runs = np.unique(
            np.column_stack([owners[later - apart], owners[later]]), axis=0, return_counts=True
        )
        for (a, b), n in zip(pairs.tolist(), n_runs.tolist(), strict=True):
            in_common[a, b] = in_common.get((a, b), 0) + n
    return {
        (a, b)
        for (a, b), n_runs in in_common.items()
        if n_runs + RUN - 1 >= LEAST_SHARED * min(len(recordings[a]), len(recordings[b]))
    }


def _runs(recordings: Sequence[Recording]) -> tuple[np.ndarray, np.ndarray]:
    """Fingerprints of all runs of RUN samples in which the board is not at rest, and their owners.

    A fingerprint is the sum of the readings times random factors, modulo 2^64. Two arrays, each
    (n_runs,).
    """
    factors = np.random.default_rng(0).integers(1, 2**63, (RUN, 3), dtype=np.uint64) * 2 + 1
    found = [(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int32))]
    lengths = [len(one) for one in recordings]
    for first, last in _groups(lengths):
        samples = np.concatenate([one.samples for one in recordings[first:last]])
        owner = np.repeat(
            np.arange(first, last, dtype=np.int32), [len(one) for one in recordings[first:last]]
        )
        starts = np.flatnonzero(_is_distinctive(samples))
        starts = starts[owner[starts] == owner[starts + RUN - 1]]  # within one recording
        numbers = samples.astype(np.int64).astype(np.uint64)
        runs = np.zeros(len(starts), dtype=np.uint64)
        for i, factor in enumerate(factors):
            runs += (numbers[starts + i] * factor).sum(axis=1, dtype=np.uint64)
        found.append((runs, owner[starts]))
    return np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])


def _groups(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Recordings one after another, about SAMPLES_AT_ONCE together: (first, behind the last)."""
    first = total = 0
    for number, length in enumerate(lengths, start=1):
        total += length
        if total >= SAMPLES_AT_ONCE or number == len(lengths):
            yield first, number
            first, total = number, 0


def _is_distinctive(samples: np.ndarray) -> np.ndarray:
    """For each run, whether the board moves and its readings change: bool (n_runs,)."""
    if len(samples) < RUN:
        return np.zeros(0, dtype=bool)
    runs = sliding_window_view(samples, RUN, axis=0)  # (n_runs, 3, RUN)
    extent = (runs.max(axis=2) - runs.min(axis=2)).max(axis=1)  # at most 4096: fits
    changed = np.append(0, np.cumsum((samples[1:] != samples[:-1]).any(axis=1)))
    changes = changed[RUN - 1 :] - changed[: len(changed) - RUN + 1]
    return (extent >= LEAST_EXTENT) & (changes >= LEAST_CHANGES)
