"""The benchmark's protocols: real recordings, and their training and test splits.

Every pipeline gets the same splits. A recording is clipped and stretched or squeezed to 50
samples, so no pipeline gains from its own way of cutting windows. Four protocols measure the top-1
accuracy, two more the out-of-distribution detection:

- ``3 per class``, ``5 per class``: train on 3 or 5 random recordings of each class, test on the
  rest.
- ``grouped``: test on one of the ``subjects`` (a person, a session, a log), train on all others.
- ``5-fold``: cross-validation; every recording is tested once.
- ``unknown, all data`` and ``unknown, 5 per class``: each class in turn is left out of training.
  It must be rejected as unknown, but known recordings that were not used in training must not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from microbit_ml.recordings import read_npz
from microbit_ml.recordings.folds import stratified_folds

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SETS = (
    "createai_big",
    "createai_foundation_pooled",
    "createai_wand",
    "emlearn_exercise",
    "emlearn_gestures",
    "nano_gestures",
    "shoulder_watch",
    "st_pamap2_wrist",
    "xiao_gestures",
)
WINDOW = 50  # samples
CLIP_COUNTS = 2040
N_FOLDS = 5


@dataclass(frozen=True)
class Effort:
    """The number of random draws of each protocol, and the most groups to leave out."""

    few: int = 10
    folds: int = 2
    unknown_all: int = 2
    unknown_few: int = 5
    groups: int = 1000


FULL = Effort()
QUICK = Effort(few=3, folds=1, unknown_all=1, unknown_few=1, groups=5)


@dataclass(frozen=True, eq=False)
class RealSet:
    """A set of real recordings.

    windows: int16 (n, 50, 3) counts; labels, subjects: (n,) names; known_subjects: the subjects as
    training gets them, "" for unknown.
    """

    name: str
    windows: np.ndarray
    labels: np.ndarray
    subjects: np.ndarray
    known_subjects: np.ndarray


@dataclass(frozen=True, eq=False)
class Split:
    """Training rows and test rows; ``seed`` is also that of training."""

    train: np.ndarray
    test: np.ndarray
    seed: int


def find_data() -> Path:
    """The folder of real recordings. Raises SystemExit if it does not exist."""
    if not DATA.is_dir():
        raise SystemExit(
            f"The folder of real recordings, {DATA}, does not exist. Put the NAME.npz files there "
            "(shared/data beside the checkout), then run the benchmark again."
        )
    return DATA


def load_set(name: str, use_subjects: bool = True) -> RealSet:
    """The set ``name`` of :data:`SETS`, each recording clipped and resampled to 50 samples."""
    recordings = read_npz(find_data() / f"{name}.npz").recordings
    subjects = np.array([r.subject for r in recordings])
    return RealSet(
        name,
        np.stack([time_normalised(r.samples) for r in recordings]),
        np.array([r.label for r in recordings]),
        subjects,
        subjects if use_subjects else np.full_like(subjects, ""),
    )


def time_normalised(samples: np.ndarray, length: int = WINDOW) -> np.ndarray:
    """Resample a whole recording to ``length`` samples: (n, 3) counts -> int16 (length, 3)."""
    clipped = np.clip(samples.astype(np.float64), -CLIP_COUNTS, CLIP_COUNTS)
    positions = np.linspace(0, len(samples) - 1, length)
    columns = [np.interp(positions, np.arange(len(samples)), axis) for axis in clipped.T]
    return np.floor(np.stack(columns, axis=1) + 0.5).astype(np.int16)


def few_per_class(data: RealSet, per_class: int, seeds: int) -> list[Split]:
    """Train on ``per_class`` random recordings of each class, test on the rest, for each seed."""
    return [_drawn(data, data.labels != "", per_class, seed) for seed in range(seeds)]


def grouped(data: RealSet, at_most: int) -> list[Split]:
    """Test on each subject in turn; of more than ``at_most``, an evenly spaced selection."""
    groups = np.unique(data.subjects)
    if len(groups) < 2:
        return []
    if len(groups) > at_most:
        groups = groups[np.linspace(0, len(groups) - 1, at_most).astype(int)]
    return [
        Split(np.flatnonzero(data.subjects != group), np.flatnonzero(data.subjects == group), i)
        for i, group in enumerate(groups)
    ]


def five_fold(data: RealSet, seeds: int) -> list[Split]:
    """Stratified five-fold cross-validation for each seed."""
    splits = []
    for seed in range(seeds):
        fold = _folds(data, seed)
        splits += [
            Split(np.flatnonzero(fold != k), np.flatnonzero(fold == k), seed)
            for k in range(N_FOLDS)
        ]
    return splits


def unknown_all(data: RealSet, seeds: int) -> list[Split]:
    """Leave out each class in turn; of the others, test on a fifth and train on the rest."""
    splits = []
    for seed in range(seeds):
        held = _folds(data, seed) == 0
        for label in np.unique(data.labels):
            left_out = data.labels == label
            splits.append(
                Split(np.flatnonzero(~left_out & ~held), np.flatnonzero(left_out | held), seed)
            )
    return splits


def unknown_few(data: RealSet, per_class: int, seeds: int) -> list[Split]:
    """Leave out each class in turn; train on ``per_class`` of each other, test on the rest."""
    return [
        _drawn(data, data.labels != label, per_class, seed)
        for seed in range(seeds)
        for label in np.unique(data.labels)
    ]


PROTOCOLS: dict[str, Callable[[RealSet, Effort], list[Split]]] = {
    "3 per class": lambda data, effort: few_per_class(data, 3, effort.few),
    "5 per class": lambda data, effort: few_per_class(data, 5, effort.few),
    "grouped": lambda data, effort: grouped(data, effort.groups),
    "5-fold": lambda data, effort: five_fold(data, effort.folds),
    "unknown, all data": lambda data, effort: unknown_all(data, effort.unknown_all),
    "unknown, 5 per class": lambda data, effort: unknown_few(data, 5, effort.unknown_few),
}


def _drawn(data: RealSet, allowed: np.ndarray, per_class: int, seed: int) -> Split:
    """Train on ``per_class`` random rows of each class among ``allowed`` (n,) bool.

    The same seed draws the same rows of a class, whichever class is left out.
    """
    rng = np.random.default_rng([seed, per_class])
    rows: list[int] = []
    for label in np.unique(data.labels):
        drawn = rng.permutation(np.flatnonzero(data.labels == label))[:per_class]
        rows += [row for row in drawn.tolist() if allowed[row]]
    train = np.sort(np.array(rows))
    return Split(train, np.setdiff1d(np.arange(len(data.labels)), train), seed)


def _folds(data: RealSet, seed: int) -> np.ndarray:
    _, targets = np.unique(data.labels, return_inverse=True)
    return stratified_folds(targets, N_FOLDS, np.random.default_rng(seed))
