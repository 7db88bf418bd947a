"""Rows: what models learn from; recordings, altered copies of them, and made-up movements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.quantize import input_rows
from microbit_ml.recordings.augment import augment
from microbit_ml.recordings.negatives import synthetic_negatives
from microbit_ml.training.settings import Settings


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """What networks are given to learn from, one row for each window.

    rows: int (n, n_inputs), features or counts; targets: (n,), the label, and n_labels for "other";
    recording: (n,), which recording the row comes from, -1 for a made-up movement; original: bool
    (n,), whether it is the recording itself and not an altered copy; share: (n_labels,), how often
    each label is drawn beside the others.
    """

    rows: np.ndarray
    targets: np.ndarray
    recording: np.ndarray
    original: np.ndarray
    sampling_weights: np.ndarray

    @classmethod
    def prepare(
        cls,
        windows: np.ndarray,
        targets: np.ndarray,
        n_labels: int,
        options: Settings,
        rng: np.random.Generator,
    ) -> TrainingRows:
        """Of windows, int (n, window, 3), and their labels (n,): they, their copies, and others."""
        copies = augment(windows, options.copies, rng, options.augment)
        negatives = synthetic_negatives(options.negatives, options.window, options.rate_hz, rng)
        every = np.concatenate([windows, *copies, negatives])
        times = 1 + options.copies
        numbers = np.arange(len(windows))
        return cls(
            rows=input_rows(every, options.features),
            targets=np.concatenate([np.tile(targets, times), np.full(len(negatives), n_labels)]),
            recording=np.concatenate([np.tile(numbers, times), np.full(len(negatives), -1)]),
            original=np.arange(len(every)) < len(windows),
            sampling_weights=np.ones(n_labels),
        )

    @property
    def n_labels(self) -> int:
        """How many labels there are, "other" not counted."""
        return len(self.sampling_weights)

    @property
    def n_recordings(self) -> int:
        """How many recordings there are."""
        return int(self.original.sum())

    def originals(self, recordings: np.ndarray) -> np.ndarray:
        """The numbers of the rows that are these recordings themselves: bool (n_recordings,)."""
        chosen = np.append(recordings, False)  # the last is found by -1: a made-up movement
        return np.flatnonzero(self.original & chosen[self.recording])
