"""Training rows: recordings, augmented samples of them, and synthetic negatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.quantize import input_rows
from microbit_ml.recordings.augment import augment
from microbit_ml.recordings.negatives import synthetic_negatives
from microbit_ml.training.settings import Settings


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """The training inputs of networks, one row for each window.

    rows: int (n, n_inputs), features or counts; targets: (n,), the label, and n_labels for "other";
    recording: (n,), the index of the recording, -1 for a synthetic negative; original: bool (n,),
    whether it is the recording itself and not an augmented sample; sampling_weights: (n_labels,),
    how often each label is drawn, relative to the others.
    """

    rows: np.ndarray
    targets: np.ndarray
    recording: np.ndarray
    original: np.ndarray
    sampling_weights: np.ndarray

    __repr__ = short_repr

    @classmethod
    def prepare(
        cls,
        windows: np.ndarray,
        targets: np.ndarray,
        n_labels: int,
        options: Settings,
        rng: np.random.Generator,
    ) -> TrainingRows:
        """Windows, int (n, window, 3), with labels (n,), augmented samples and negatives."""
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
        """The number of labels, without "other"."""
        return len(self.sampling_weights)

    @property
    def n_recordings(self) -> int:
        """The number of recordings."""
        return int(self.original.sum())

    def originals(self, recordings: np.ndarray) -> np.ndarray:
        """The indices of the original rows of some recordings, bool (n_recordings,)."""
        chosen = np.append(recordings, False)  # index -1, a synthetic negative, finds the last
        return np.flatnonzero(self.original & chosen[self.recording])
