"""Evaluation protocols: which recordings train and which test."""

from dataclasses import replace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.evaluate import (
    cross_validate,
    few_shot,
    learning_curve,
    leave_one_label_out,
    leave_one_subject_out,
    protocols,
    split_into_folds,
)
from microbit_ml.quantize import Prediction
from microbit_ml.training.cross_fitting import SplitResult
from microbit_ml.training.kinds import network

LABELS = ["shake"] * 7 + ["tap"] * 5 + ["wave"] * 6


def test_folds_are_stratified_by_label():
    fold = split_into_folds(LABELS, 5, seed=1)
    for label in set(LABELS):
        sizes = np.bincount(fold[[i for i, x in enumerate(LABELS) if x == label]], minlength=5)
        assert sizes.max() - sizes.min() <= 1
    assert np.bincount(fold, minlength=5).max() <= 4  # 18 in 5 folds: 3 or 4


def test_the_seed_assigns_the_folds():
    assert (split_into_folds(LABELS, 5, seed=1) == split_into_folds(LABELS, 5, seed=1)).all()
    assert (split_into_folds(LABELS, 5, seed=1) != split_into_folds(LABELS, 5, seed=2)).any()


@pytest.mark.parametrize(
    ("labels", "folds", "message"),
    [
        (LABELS, 1, "at least 2 folds, not 1"),
        (LABELS, 6, 'too few recordings of "tap" for 6 folds: 5'),
        (["tap"] * 9, 3, 'All 9 recordings have the label "tap"'),
        (["tap", "", "wave"], 2, "Recordings without a label: 1"),
    ],
)
def test_labels_that_cannot_be_split_are_explained(labels, folds, message):
    with pytest.raises(DataError, match=message):
        split_into_folds(labels, folds)


def spy_on_training(monkeypatch):
    """The masks of held-out rows that each model of a protocol must not train on."""
    held_out = []
    fit = network.fit_models

    def spy(rows, held, *arguments, **options):
        held_out.append(held)
        return fit(rows, held, *arguments, **options)

    monkeypatch.setattr(network, "fit_models", spy)
    return held_out


def test_each_recording_is_tested_once_by_a_model_that_did_not_see_it(monkeypatch):
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=2)
    held_out = spy_on_training(monkeypatch)
    progress = []
    result = cross_validate(data, 3, 7, lambda *done: progress.append(done), steps=25)
    for held in held_out:  # with low and with high feature weights
        assert (held == (result.fold == np.arange(3)[:, None])).all()
    assert len(held_out) == 2
    assert progress[-1] == (50, 50)
    assert progress == sorted(progress)
    assert result.truth == [recording.label for recording in data]
    assert result.subjects == [recording.subject for recording in data]
    assert result.scores.accuracy >= 0.75
    assert result.scores.accuracy == pytest.approx(np.mean(np.array(result.truth) == result.best))
    sizes = np.bincount(result.fold)
    assert np.average(result.fold_accuracies, weights=sizes) == pytest.approx(
        result.scores.accuracy
    )


def test_the_same_seed_gives_the_same_answers():
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=2)
    first, again = (cross_validate(data, 3, 7, steps=25) for _ in range(2))
    assert (first.best, first.labels) == (again.best, again.labels)
    assert (first.probability == again.probability).all()
    assert (first.probability != cross_validate(data, 3, 8, steps=25).probability).any()


class Oracle:
    """Predicts every label correctly; rejects "still" as unknown; later ones more confidently."""

    def __call__(self, recordings, splits, settings, progress, ood=()):
        names = sorted({recording.label for recording in recordings})
        self.splits = splits
        tested = []
        for split in splits:
            best = np.array([names.index(recordings[i].label) for i in split.test], int)
            known = np.array([recordings[i].label != "still" for i in split.test], bool)
            one = predicted_with(np.where(known, 9, -1), best, 0.5 + split.test / 1000, len(names))
            ood_ones = np.full(len(ood) if len(split.test) else 0, -5)
            other = predicted_with(ood_ones, 0 * ood_ones, 0.5, len(names))
            tested.append(SplitResult(one, one, other))
        return tested


def predicted_with(confidence, best, probability, n_labels):
    """A prediction with this probability of the top-1 class; the other labels have equal scores."""
    scores = np.zeros((len(best), n_labels))
    scores[np.arange(len(best)), best] = np.log(probability / (1 - probability) * (n_labels - 1))
    return Prediction(scores, confidence, np.zeros((len(best), 0)))


@pytest.fixture
def oracle(monkeypatch):
    oracle = Oracle()
    monkeypatch.setattr(protocols, "train_and_test", oracle)
    return oracle


def test_results_are_in_the_order_of_the_data(oracle):
    data = mb.simulate(["shake", "still"], people=2, repeats=3, seed=2)
    result = cross_validate(data, 3)
    assert result.best == result.best_float == result.truth
    assert result.labels == [None if label == "still" else label for label in result.truth]
    assert result.scores_with_unknown.unknown == 6
    assert result.probability == pytest.approx(0.5 + np.arange(12) / 1000)
    assert result.calibration.error == pytest.approx(0.5 - np.arange(12).mean() / 1000)


def test_leave_one_subject_out_tests_each_person_alone(oracle):
    data = mb.simulate(["shake", "still"], people=5, repeats=2, seed=2)
    result = leave_one_subject_out(data)
    people = np.array([recording.subject for recording in data])
    for k, (person, split) in enumerate(zip(data.subjects, oracle.splits, strict=True)):
        assert set(people[split.test]) == {person}
        assert person not in people[split.train]
        assert (result.fold == k).tolist() == (people == person).tolist()
    assert result.truth == [recording.label for recording in data]
    assert result.intervals.drawn == "person"


def test_few_shot_trains_on_the_shots_and_tests_all_others(oracle):
    data = mb.simulate(["shake", "still", "tap"], people=2, repeats=3, seed=2)
    labels = np.array([recording.label for recording in data])
    result = few_shot(data, shots=3, draws=4)
    finals = [split for split in oracle.splits if len(split.test)]
    assert len(finals) == 4
    for split in finals:
        assert np.unique(labels[split.train], return_counts=True)[1].tolist() == [3, 3, 3]
        assert sorted([*split.train, *split.test]) == list(range(18))
        fold_models = [
            one for one in oracle.splits if one.group == split.group and one is not split
        ]
        # The fold models that set the threshold see only the shots, and validate each once.
        assert sorted(i for one in fold_models for i in one.validation) == split.train.tolist()
        for one in fold_models:
            assert set(one.train) == set(split.train) - set(one.validation)
            assert len(np.unique(labels[one.train])) == 3
    assert len({tuple(split.train) for split in finals}) > 1
    assert len(result.truth) == 4 * 9
    assert result.best == result.truth
    assert result.fold.tolist() == [k for k in range(4) for _ in range(9)]


def test_many_shots_have_no_more_than_five_fold_models(oracle):
    data = mb.simulate(["shake", "still"], people=2, repeats=5, seed=2)
    result = few_shot(data, shots=8, draws=5)
    assert sum(split.group == 0 for split in oracle.splits) == 1 + 5
    assert result.intervals.drawn == "draw"


def test_the_learning_curve_goes_as_far_as_the_rarest_label(oracle):
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=2)
    progress = []
    curve = learning_curve(data, progress=lambda *done: progress.append(done))
    assert list(curve) == [2, 3, 5]
    assert [len(one.truth) for one in curve.values()] == [5 * 8, 5 * 6, 5 * 2]


def test_each_label_is_unknown_once(oracle):
    data = mb.simulate(["shake", "still", "tap"], people=2, repeats=2, seed=2)
    result = leave_one_label_out(data, folds=2)
    assert list(result.labels) == ["shake", "still", "tap"]
    # Left out "still": known 9 (8 of them), unknown -5 (4, by two models): separated perfectly.
    still = result.labels["still"]
    assert (still.known, still.unknown) == (8, 8)
    assert (still.auroc, still.false_accept_rate) == (1.0, 0.0)
    # Left out "shake": of the known, "still" is rejected as unknown.
    assert result.labels["shake"].known_accept_rate == 0.5
    assert (result.all.known, result.all.unknown) == (24, 24)


def test_a_real_model_detects_the_left_out_label():
    data = mb.simulate(["shake", "still", "twist"], people=2, repeats=3, seed=2)
    result = leave_one_label_out(data, folds=3, steps=60)
    assert result.all.auroc > 0.7


@pytest.mark.parametrize(
    ("protocol", "options", "message"),
    [
        (leave_one_subject_out, {}, "We don't know who made 1 of the 8 recordings"),
        (few_shot, {"shots": 1}, "2 recordings of each label to learn from, not 1"),
        (few_shot, {"shots": 4}, '4 recordings of "shake", so 4 shots leave none'),
        (leave_one_label_out, {}, "only 2 labels"),
    ],
)
def test_an_impossible_protocol_is_explained(protocol, options, message):
    data = mb.simulate(["shake", "still"], people=2, repeats=2, seed=2)
    data.recordings[0] = replace(data.recordings[0], subject="")
    with pytest.raises(DataError, match=message):
        protocol(data, **options)


def test_leave_one_subject_out_needs_people():
    data = mb.simulate(["shake", "still"], people=2, repeats=2, seed=2)
    ann, _ = data.subjects
    alone = data.subset(lambda recording: recording.subject == ann)
    with pytest.raises(DataError, match=f"All recordings are from {ann}"):
        leave_one_subject_out(alone)
    half = data.subset(lambda recording: recording.label == "still" or recording.subject == ann)
    with pytest.raises(DataError, match=f'Only {ann} recorded "shake"'):
        leave_one_subject_out(half)
