"""Protocols: which recordings to train on and which to test on, so that the score is honest.

A model that is tested on its own training recordings may have learned them by heart. k-fold
cross-validation tests on every recording once, always by a model that has not seen it: the
recordings are dealt into k folds, and each fold in turn is tested by a model trained on the
other k - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.evaluate.metrics import Scores, score
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.folds import stratified_folds
from microbit_ml.settings import Settings
from microbit_ml.training import train


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What k models said, together one prediction for each recording of the data set.

    All lists are in the data set's order. ``best`` is the integer model's best known class,
    ``called`` what it would show on the board (``None`` = unknown), ``best_float`` the best class
    of the float network beside it; ``fold``: int (n_recordings,) from 0, the test fold of each.
    """

    truth: list[str]
    best: list[str]
    called: list[str | None]
    best_float: list[str]
    fold: np.ndarray

    @property
    def scores(self) -> Scores:
        """Metrics of the integer model's best known class, over all folds together."""
        return score(self.truth, self.best)

    @property
    def scores_called(self) -> Scores:
        """Metrics of the integer model's answers, "unknown" included."""
        return score(self.truth, self.called)

    @property
    def scores_float(self) -> Scores:
        """Metrics of the float network's best known class."""
        return score(self.truth, self.best_float)

    @property
    def fold_accuracies(self) -> list[float]:
        """Accuracy of the integer model's best known class in each fold."""
        right = np.array([t == b for t, b in zip(self.truth, self.best, strict=True)])
        return [float(right[self.fold == k].mean()) for k in range(int(self.fold.max()) + 1)]


def deal(labels: Sequence[str], folds: int = 5, seed: int = 0) -> np.ndarray:
    """The test fold of each recording, int (n_recordings,) from 0; the same seed deals the same.

    Each fold gets its share of every label (:func:`recordings.folds.stratified_folds`).
    Raises DataError for recordings without a label, fewer than two labels or folds, or a label
    with fewer recordings than folds.
    """
    if folds < 2:
        raise DataError(f"Cross-validation needs at least 2 folds, not {folds}.")
    if "" in labels:
        raise DataError(
            f"Recordings without a label: {list(labels).count('')}. "
            "Move each into the folder of its label."
        )
    names, targets, sizes = np.unique(np.array(labels), return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise DataError(
            f'All {len(labels)} recordings have the label "{names[0]}". '
            "Record at least two kinds of movement, so that there is something to tell apart."
        )
    rarest = int(np.argmin(sizes))
    if sizes[rarest] < folds:
        raise DataError(
            f'There are too few recordings of "{names[rarest]}" for {folds} folds: '
            f"{sizes[rarest]}. Record more, or ask for fewer folds."
        )
    return stratified_folds(targets, folds, np.random.default_rng(seed))


def cross_validate(
    data: Dataset,
    folds: int = 5,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> CrossValidation:
    """Stratified k-fold cross-validation of the integer model, the float network beside it.

    ``options`` go to :func:`microbit_ml.train` for every fold, as does ``seed``, which also deals
    the folds. ``progress(done, folds)`` is called before the first and after each fold.
    Subjects are not kept apart: a person may be in training and test alike, so the score says how
    well known people are recognised, not new ones.
    Raises DataError as :func:`deal` and ``train`` do.
    """
    Settings.of({"seed": seed, **options})
    recordings = data.recordings
    truth = [recording.label for recording in recordings]
    fold = deal(truth, folds, seed)
    best: list[str] = [""] * len(truth)
    called: list[str | None] = [None] * len(truth)
    best_float: list[str] = [""] * len(truth)
    if progress:
        progress(0, folds)
    for k in range(folds):
        tested = np.flatnonzero(fold == k)
        model = train([recordings[i] for i in np.flatnonzero(fold != k)], seed=seed, **options)
        held_out = [recordings[i] for i in tested]
        integer, real = model.predict(held_out), model.predict_float(held_out)
        for row, i in enumerate(tested):
            best[i] = integer.best[row]
            called[i] = integer.labels[row]
            best_float[i] = real.best[row]
        if progress:
            progress(k + 1, folds)
    return CrossValidation(truth, best, called, best_float, fold)
