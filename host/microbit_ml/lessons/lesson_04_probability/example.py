"""The example of lesson 4: its recordings, and the numbers made from them."""

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

GENERATED, N_OOD = 300, 120  # random movements, and how many of them are used
MOVING_COUNTS = 200.0


def held_out_scores(data: Dataset, folds: np.ndarray) -> np.ndarray:
    """Scores (logits) of each recording, from a model not trained on it: (n, n_labels)."""
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


def ood_movements(length: int, rate_hz: float) -> list[np.ndarray]:
    """Out-of-distribution movements: random swings without a label, none of them nearly still."""
    seconds = np.arange(length) / rate_hz
    movements = bursts(GENERATED, seconds, np.random.default_rng(4))
    return [one for one in movements if energy(Recording(one)) > MOVING_COUNTS][:N_OOD]


def targets_of(labels: list[str], truth: list[str]) -> np.ndarray:
    """The index of each true label among the labels: (n,)."""
    return np.array([labels.index(label) for label in truth])


def least_confident(scores: np.ndarray) -> int:
    """The row of scores (n, n_labels) with the lowest top probability; ties for first left out."""
    best_two = np.sort(scores, axis=1)[:, -2:]
    is_tie = best_two[:, 0] == best_two[:, 1]
    return int(np.where(is_tie, np.inf, best_probability(scores)).argmin())


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Cross-validated predictions: each by a model that was not trained on the recording.

    scores: (n, n_labels), logits; targets: (n,), the index of each true label; n_folds: the number
    of folds.
    """

    scores: np.ndarray
    targets: np.ndarray
    n_folds: int

    @property
    def probability(self) -> np.ndarray:
        """The probability of the predicted label: (n,)."""
        return best_probability(self.scores)

    @property
    def right(self) -> np.ndarray:
        """Whether the predicted label is the true one: bool (n,)."""
        return self.scores.argmax(axis=1) == self.targets

    @property
    def table(self) -> Calibration:
        """The reliability table: predicted probabilities beside the fraction that was right."""
        return calibration(self.probability, self.right)


def predict_held_out(data: Dataset) -> HeldOut:
    """Predict each recording once, with a model that was not trained on it."""
    truth = [one.label for one in data]
    n_folds = min(FOLDS, *(truth.count(label) for label in data.labels))
    scores = held_out_scores(data, split_into_folds(truth, n_folds))
    return HeldOut(scores, targets_of(data.labels, truth), n_folds)
