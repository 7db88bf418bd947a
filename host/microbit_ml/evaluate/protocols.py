"""Evaluation protocols: how to split recordings into training and test sets for an honest score.

A model that is tested on its own training recordings may have memorised them. So models are
trained just for the test, each without the recordings that it is tested on:

- **k-fold**: the recordings are split into k folds; each fold is tested by a model trained on the
  other k - 1. Every recording is tested once. Shows how well the people who are in the data are
  recognised.
- **leave-one-subject-out**: each person's recordings are tested by a model trained on all others.
  Shows how well a new person is recognised.
- **few-shot**: train on N random recordings of each label and test on all the others; repeated with
  ten random draws. Shows how good a model is after so few recordings.
- **learning curve**: few-shot with more and more recordings. Shows whether recording more would
  help.
- **unknown**: each label in turn is left out of training. Its recordings are out-of-distribution,
  and the model should reject them (:mod:`microbit_ml.metrics.unknown`), but not unseen known ones.

The models of a protocol are trained together (:mod:`microbit_ml.training.cross_fitting`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microbit_ml.errors import DataError, SettingError
from microbit_ml.metrics.evaluation import Evaluation
from microbit_ml.metrics.unknown import UnknownScores, unknown_scores
from microbit_ml.quantize.prediction import joined
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.folds import stratified_folds
from microbit_ml.training import Settings
from microbit_ml.training.cross_fitting import Split, SplitResult, train_and_test

Progress = Callable[[int, int], None]
"""Called with (steps done, steps)."""

SHOTS, DRAWS = 3, 10
CURVE_SHOTS, CURVE_DRAWS = (2, 3, 5, 8, 12, 20, 30, 50), 5
FEW_SHOT_FOLDS = 5  # at most this many fold models set the threshold of one few-shot model
NOTHING = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class UnknownTest:
    """The result for labels that were left out: ``labels`` one by one, and ``all`` together."""

    labels: dict[str, UnknownScores]
    all: UnknownScores


def split_into_folds(labels: Sequence[str], folds: int = 5, seed: int = 0) -> np.ndarray:
    """The test fold of each recording, int (n_recordings,) from 0; reproducible by its seed.

    The folds are stratified by label (``recordings.folds.stratified_folds``).
    Raises DataError for recordings without a label, fewer than two labels or folds, or a label
    with fewer recordings than folds.
    """
    if folds < 2:
        raise SettingError(f"Cross-validation needs at least 2 folds, not {folds}.", "folds")
    names, targets, sizes = _counted(labels)
    rarest = int(np.argmin(sizes))
    if sizes[rarest] < folds:
        raise DataError(
            f'There are too few recordings of "{names[rarest]}" for {folds} folds: '
            f"{sizes[rarest]}. Record more, or use fewer folds."
        )
    return stratified_folds(targets, folds, np.random.default_rng(seed))


def cross_validate(
    data: Dataset, folds: int = 5, seed: int = 0, progress: Progress | None = None, **options: Any
) -> Evaluation:
    """Stratified k-fold cross-validation of the integer model and the float network.

    ``options`` are training settings, as is ``seed``, which also assigns the folds.
    The folds are not grouped by subject: a person may be in both training and test, so the score
    shows how well known people are recognised, not new ones.
    Raises DataError as :func:`split_into_folds` and ``train`` do.
    """
    settings = Settings.of({"seed": seed, **options})
    fold = split_into_folds([recording.label for recording in data], folds, seed)
    return _each_fold(data.recordings, fold, settings, progress)


def leave_one_subject_out(
    data: Dataset, seed: int = 0, progress: Progress | None = None, **options: Any
) -> Evaluation:
    """Each person's recordings tested by a model trained on the others; ``fold`` is the person's
    index among the sorted subjects.

    Raises DataError when a recording has no subject, with fewer than two people, or when only one
    person recorded some label, so the others cannot teach it.
    """
    settings = Settings.of({"seed": seed, **options})
    recordings = data.recordings
    _counted([recording.label for recording in recordings])
    unknown = sum(not recording.subject for recording in recordings)
    if unknown:
        raise DataError(
            f"We don't know who made {unknown} of the {len(recordings)} recordings. Note the "
            "subject of each (import --subject), or use --protocol k-fold."
        )
    people, fold = np.unique([recording.subject for recording in recordings], return_inverse=True)
    if len(people) < 2:
        raise DataError(
            f"All recordings are from {people[0]}. Let another person record too, "
            "or use --protocol k-fold."
        )
    for label in data.labels:
        who = {recording.subject for recording in recordings if recording.label == label}
        if len(who) == 1:
            raise DataError(
                f'Only {who.pop()} recorded "{label}", so no model can learn it from the others. '
                "Let another person record it too, or use --protocol k-fold."
            )
    return _each_fold(recordings, fold, settings, progress)


def few_shot(
    data: Dataset,
    shots: int = SHOTS,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Any,
) -> Evaluation:
    """Train on ``shots`` recordings of each label, test on all others; ``draws`` random draws.

    Each model's threshold for "unknown" is set by cross-validation within its own shots.
    Raises DataError for fewer than 2 shots, or when a label has no recordings left to test with.
    """
    settings = Settings.of({"seed": seed, **options})
    recordings = data.recordings
    names, targets, sizes = _counted([recording.label for recording in recordings])
    if shots < 2:
        raise SettingError(
            f"A model needs at least 2 recordings of each label to learn from, not {shots}.",
            "shots",
        )
    rarest = int(np.argmin(sizes))
    if sizes[rarest] <= shots:
        raise DataError(
            f'There are {sizes[rarest]} recordings of "{names[rarest]}", so {shots} shots leave '
            "none to test with. Record more, or give a smaller --shots."
        )
    splits = [
        split for draw in range(draws) for split in _few_shot_splits(targets, shots, draw, seed)
    ]
    tested = train_and_test(recordings, splits, settings, progress)
    draw_of = [f"draw {split.group}" for split in splits for _ in split.test]
    return replace(_together(recordings, splits, tested), subjects=draw_of, drawn="draw")


def learning_curve(
    data: Dataset, seed: int = 0, progress: Progress | None = None, **options: Any
) -> dict[int, Evaluation]:
    """Few-shot with more and more recordings of each label: shots -> evaluation.

    The rarest label limits the number of shots. Raises DataError as :func:`few_shot` does.
    """
    _, _, sizes = _counted([recording.label for recording in data])
    curve = [shots for shots in CURVE_SHOTS if shots < sizes.min()] or [CURVE_SHOTS[0]]
    results = {}
    for done, shots in enumerate(curve):
        meter = _one_of(progress, done, len(curve))
        results[shots] = few_shot(data, shots, CURVE_DRAWS, seed, meter, **options)
    return results


def leave_one_label_out(
    data: Dataset, folds: int = 5, seed: int = 0, progress: Progress | None = None, **options: Any
) -> UnknownTest:
    """Each label in turn is unknown: models cross-validated on the other labels should reject it.

    Known recordings are tested by the fold model that has not seen them; the left-out ones by all.
    Raises DataError for fewer than three labels, and as :func:`split_into_folds` does.
    """
    settings = Settings.of({"seed": seed, **options})
    _counted([recording.label for recording in data])
    if len(data.labels) < 3:
        raise DataError(
            f"There are only {len(data.labels)} labels. Leaving one out takes at least three, so "
            "that two remain. Record another kind of movement."
        )
    result, known, unknown = {}, [], []
    for done, label in enumerate(data.labels):
        rest = [recording for recording in data if recording.label != label]
        ood = [recording for recording in data if recording.label == label]
        splits = _splits_of(split_into_folds([recording.label for recording in rest], folds, seed))
        meter = _one_of(progress, done, len(data.labels))
        tested = train_and_test(rest, splits, settings, meter, ood)
        known.append(np.concatenate([one.integer.confidence for one in tested]))
        unknown.append(np.concatenate([one.ood.confidence for one in tested]))
        result[label] = unknown_scores(known[-1], unknown[-1])
    return UnknownTest(result, unknown_scores(np.concatenate(known), np.concatenate(unknown)))


def _counted(labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Label names, each recording's label index, counts by label. Raises DataError if too few."""
    if "" in labels:
        raise DataError(
            f"Recordings without a label: {list(labels).count('')}. "
            "Move each into the folder of its label."
        )
    names, targets, sizes = np.unique(np.array(labels), return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise DataError(
            f'All {len(labels)} recordings have the label "{names[0]}". '
            "Record at least two kinds of movement."
        )
    return names, targets, sizes


def _splits_of(fold: np.ndarray) -> list[Split]:
    """A model for each fold; together they set the thresholds (cross-validated)."""
    tests = [np.flatnonzero(fold == k) for k in range(int(fold.max()) + 1)]
    return [Split(np.flatnonzero(fold != k), test, test) for k, test in enumerate(tests)]


def _few_shot_splits(targets: np.ndarray, shots: int, draw: int, seed: int) -> list[Split]:
    """The fold models that set the threshold, then the model trained on all drawn recordings."""
    rng = np.random.default_rng([seed, shots, draw])
    labels = range(int(targets.max()) + 1)
    drawn = np.array([rng.permutation(np.flatnonzero(targets == c))[:shots] for c in labels])
    chosen = np.sort(drawn.ravel())
    rest = np.setdiff1d(np.arange(len(targets)), chosen)
    fold_of = np.arange(shots) % min(shots, FEW_SHOT_FOLDS)
    held_out = [np.sort(drawn[:, fold_of == k].ravel()) for k in range(fold_of.max() + 1)]
    fold_models = [Split(np.setdiff1d(chosen, held), held, NOTHING, draw) for held in held_out]
    return [*fold_models, Split(chosen, NOTHING, rest, draw)]


def _each_fold(
    recordings: list[Recording], fold: np.ndarray, settings: Settings, progress: Progress | None
) -> Evaluation:
    """Test every fold; the results are in the recordings' order."""
    splits = _splits_of(fold)
    tested = train_and_test(recordings, splits, settings, progress)
    order = np.argsort(np.concatenate([split.test for split in splits]))
    return _together(recordings, splits, tested, order)


def _together(
    recordings: Sequence[Recording],
    splits: Sequence[Split],
    results: Sequence[SplitResult],
    order: np.ndarray | None = None,
) -> Evaluation:
    """The predictions of all splits' models, one split after the other, or in this order."""
    names = tuple(sorted({recording.label for recording in recordings}))
    testing = [
        (split.test, tested)
        for split, tested in zip(splits, results, strict=True)
        if len(split.test)
    ]
    integer = joined([tested.integer for _, tested in testing])
    real = joined([tested.real for _, tested in testing])
    rows = np.concatenate([test for test, _ in testing])
    fold = np.repeat(np.arange(len(testing)), [len(test) for test, _ in testing])
    if order is None:
        order = np.arange(len(rows))
    ordered = [recordings[i] for i in rows[order]]
    return Evaluation(
        names=names,
        truth_index=np.array([names.index(one.label) for one in ordered]),
        best_index=integer.best_index[order],
        best_float_index=real.best_index[order],
        confidence=integer.confidence[order],
        probability=integer.probability[order],
        probability_float=real.probability[order],
        fold=fold[order],
        n_models=len(testing),
        subjects=[one.subject for one in ordered],
        digests=[one.digest for one in ordered],
    )


def _one_of(progress: Progress | None, done: int, n: int) -> Progress | None:
    """Turn the progress of one of ``n`` trainings of similar length into that of all of them."""
    if progress is None:
        return None
    return lambda step, steps: progress(done * steps + step, n * steps)
