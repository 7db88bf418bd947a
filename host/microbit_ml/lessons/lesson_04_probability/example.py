"""The examples of lesson 4: its recordings, and the numbers made from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.evaluate import split_into_folds
from microbit_ml.lessons.material import FOLDS, TRAINING, energy
from microbit_ml.metrics import Calibration, calibration
from microbit_ml.quantize import input_rows
from microbit_ml.quantize.prediction import best_probability
from microbit_ml.recordings import Dataset, Recording, make_window
from microbit_ml.recordings.negatives import bursts
from microbit_ml.training import Settings
from microbit_ml.training.fitting import fit_models
from microbit_ml.training.rows import TrainingRows

MADE_UP, STRANGE = 300, 120  # movements that nobody made, and how many of them are asked about
MOVING_COUNTS = 200.0


def held_out_scores(data: Dataset, folds: np.ndarray) -> np.ndarray:
    """Scores of each recording, by a model that did not learn from it: (n, n_labels)."""
    settings = Settings.of(TRAINING)
    windows = np.stack([make_window(one, settings.window, settings.rate_hz) for one in data])
    targets = np.array([data.labels.index(one.label) for one in data])
    rng = np.random.default_rng(settings.seed)
    rows = TrainingRows.prepare(windows, targets, len(data.labels), settings, rng)
    held_out = folds == np.arange(folds.max() + 1)[:, None]
    models, _ = fit_models(rows, held_out, settings, rng)
    scores = np.zeros((len(data), len(data.labels)))
    for model, held in zip(models, held_out, strict=True):
        scores[held] = model.classify(input_rows(windows[held], settings.features))[0][:, :-1]
    return scores


def strange_movements(length: int, rate_hz: float) -> list[np.ndarray]:
    """Random swings that nobody made or gave a label, and that are not nearly still."""
    seconds = np.arange(length) / rate_hz
    movements = bursts(MADE_UP, seconds, np.random.default_rng(4))
    return [one for one in movements if energy(Recording(one)) > MOVING_COUNTS][:STRANGE]


def targets_of(labels: list[str], truth: list[str]) -> np.ndarray:
    """The place of each true label among the labels: (n,)."""
    return np.array([labels.index(label) for label in truth])


def most_doubtful(scores: np.ndarray) -> int:
    """The row (of n, n_labels) of which softmax is least sure, two equal best scores left out."""
    best_two = np.sort(scores, axis=1)[:, -2:]
    is_tie = best_two[:, 0] == best_two[:, 1]
    return int(np.where(is_tie, np.inf, best_probability(scores)).argmin())


@dataclass(frozen=True, eq=False)
class HeldBack:
    """What models say of recordings that they did not learn from.

    scores: (n, n_labels); targets: (n,), the place of each true label; n_parts: into how many parts
    the recordings were dealt.
    """

    scores: np.ndarray
    targets: np.ndarray
    n_parts: int

    @property
    def sure(self) -> np.ndarray:
        """The probability of the best label: (n,)."""
        return best_probability(self.scores)

    @property
    def right(self) -> np.ndarray:
        """Whether the best label is the true one: bool (n,)."""
        return self.scores.argmax(axis=1) == self.targets

    @property
    def table(self) -> Calibration:
        """What was said beside what was right."""
        return calibration(self.sure, self.right)


def held_back(data: Dataset) -> HeldBack:
    """Each recording is asked about once, of a model that did not learn from it."""
    truth = [one.label for one in data]
    n_parts = min(FOLDS, *(truth.count(label) for label in data.labels))
    scores = held_out_scores(data, split_into_folds(truth, n_parts))
    return HeldBack(scores, targets_of(data.labels, truth), n_parts)
