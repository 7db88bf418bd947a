"""The examples of lesson 7: its three sets of recordings, and networks trained on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from microbit_ml.model import Model
from microbit_ml.quantize import input_rows
from microbit_ml.recordings import Dataset, Recording, make_window
from microbit_ml.recordings.folds import stratified_folds
from microbit_ml.training import Settings
from microbit_ml.training.fitting import fit_models
from microbit_ml.training.rows import TrainingRows

from .maths import fraction_right, weight_size

LEAST, MOST = 4, 12  # recordings of a label that the lesson needs, and that it uses
TEST_FRACTION = 0.25
NETWORKS = 3
# A network on the raw window, without regularization: pool1 passes the numbers on unchanged.
MEMORISER: dict[str, Any] = {
    "arch": "pool1-32",
    "copies": 0,
    "weight_decay": 0.0,
    "dropout": 0.0,
    "negatives": 100,
    "steps": 150,
    "optimizer": "rmsprop",
}


@dataclass(frozen=True)
class Outcome:
    """The results of three networks: means of the fraction right and of the loss.

    weight: the size of a typical weight; training_loss, validation_loss: after each of the steps
    in ``step``; kept_loss: of the validation set, with the weights that were kept after step
    ``stopped_at``.
    """

    training: float
    validation: float
    test: float
    weight: float
    step: list[int]
    training_loss: list[float]
    validation_loss: list[float]
    kept_loss: float
    stopped_at: int


class Lab:
    """Splits recordings into three sets, and trains three networks at a time.

    The test set is the same for all networks. The other recordings are split into three folds:
    each network has a different fold as its validation set, and trains on the rest.
    """

    def __init__(self, data: Dataset):
        rng = np.random.default_rng(0)
        self.labels = data.labels
        known: list[Recording] = []
        test: list[Recording] = []
        for label in self.labels:
            of_label = [one for one in data if one.label == label]
            shuffled = [of_label[i] for i in rng.permutation(len(of_label))]
            n_test = max(1, round(TEST_FRACTION * len(shuffled)))
            test += shuffled[:n_test]
            known += shuffled[n_test:]
        self.known = Dataset(known, data.rate_hz)  # all but the test set
        self.windows, self.targets = self._windows_and_targets(known)
        self.test_windows, self.test_targets = self._windows_and_targets(test)
        fold = stratified_folds(self.targets, NETWORKS, rng)
        self.held_out = fold == np.arange(NETWORKS)[:, None]  # bool (networks, recordings)
        self._done: dict[str, Outcome] = {}

    def _windows_and_targets(self, recordings: list[Recording]) -> tuple[np.ndarray, np.ndarray]:
        """Windows (n, window, 3) and the indices of their labels (n,)."""
        windows = np.stack([make_window(one) for one in recordings])
        return windows, np.array([self.labels.index(one.label) for one in recordings])

    def train(self, **changes: Any) -> Outcome:
        """Train three networks with the memoriser's settings and these changes."""
        settings = {**MEMORISER, **changes}
        key = str(settings)
        if key not in self._done:
            self._done[key] = self._train(Settings.of(settings))
        return self._done[key]

    def _train(self, options: Settings) -> Outcome:
        rng = np.random.default_rng(0)
        rows = TrainingRows.prepare(self.windows, self.targets, len(self.labels), options, rng)
        models, history = fit_models(rows, self.held_out, options, rng)
        seen, unseen, tested = [], [], []
        x, test_x = rows.rows[rows.original], input_rows(self.test_windows, options.features)
        for model, held in zip(models, self.held_out, strict=True):
            predicted = model.classify(x)[1]
            seen.append(fraction_right(predicted[~held], self.targets[~held]))
            unseen.append(fraction_right(predicted[held], self.targets[held]))
            tested.append(fraction_right(model.classify(test_x)[1], self.test_targets))
        return Outcome(
            training=float(np.mean(seen)),
            validation=float(np.mean(unseen)),
            test=float(np.mean(tested)),
            weight=float(np.mean([weight_size(model.network) for model in models])),
            step=[step + 1 for step in history.step],
            training_loss=history.training,
            validation_loss=history.validation,
            kept_loss=history.validation[history.step.index(history.stopped_at - 1)],
            stopped_at=history.stopped_at,
        )


def usable(data: Dataset) -> Dataset:
    """Up to MOST recordings of each label with at least LEAST; empty below two such labels."""
    chosen: list[Recording] = []
    labels = [label for label in data.labels if sum(one.label == label for one in data) >= LEAST]
    rng = np.random.default_rng(0)
    for label in labels if len(labels) > 1 else []:
        of_label = [one for one in data if one.label == label]
        chosen += [of_label[i] for i in np.sort(rng.permutation(len(of_label))[:MOST])]
    return Dataset(chosen, data.rate_hz)


def by_person_possible(data: Dataset) -> bool:
    """Whether leave-one-subject-out is possible: each label comes from two people or more."""
    makers = [{one.subject for one in data if one.label == label} for label in data.labels]
    return all(len(who) > 1 and "" not in who for who in makers)


def recordings_of(model: Model) -> dict[str, int]:
    """The number of recordings of each label that a model has learned from."""
    return model.provenance["counts"]
