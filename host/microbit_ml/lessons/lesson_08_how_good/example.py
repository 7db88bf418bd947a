"""The examples of lesson 8: exams, an alarm, and simulated people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.evaluate import (
    leave_one_label_out,
    leave_one_subject_out,
    split_into_folds,
)
from microbit_ml.evaluate.classical import NearestCentroid
from microbit_ml.evaluate.comparison import cross_predict, features_of_recordings
from microbit_ml.features import GROUP_NAMES, features_of
from microbit_ml.metrics import (
    UnknownScores,
)
from microbit_ml.metrics.significance import CONFIDENCE_LEVEL, REPEATS
from microbit_ml.model import Model
from microbit_ml.recordings import GESTURES, Dataset, simulate
from microbit_ml.recordings.simulation.people import make_person
from microbit_ml.training import train

from .maths import count_by_hand, draw_again, strongest_g

ANSWERS, LABELS_BY_HAND, EXAM_SEED = 10, 3, 38
FOLDS = 4
QUICK: dict[str, Any] = {"steps": 150, "copies": 3, "negatives": 200}  # trains quickly
PEOPLE_SEED, PEOPLE_LABELS = 3, ("shake", "circle", "tap", "wave", "still")
CROWD_SEED, CROWD, TEACHERS, LEFT_TEACHERS = 4, 24, 8, 4
CROWD_LABELS = ("circle", "twist", "wave")


@dataclass(frozen=True)
class Answers:
    """True labels of some recordings, a model's predictions, and the labels that occur."""

    truth: list[str]
    predicted: list[str]
    labels: list[str]

    @property
    def right(self) -> np.ndarray:
        """1 for each right answer, 0 for each wrong one."""
        pairs = zip(self.truth, self.predicted, strict=True)
        return np.array([true == predicted for true, predicted in pairs], dtype=int)


JERK = [i for i, feature in enumerate(features_of(GROUP_NAMES)) if feature.group == "jerk"]


class JerkOnly(NearestCentroid):
    """Nearest centroid on three features only: how jerky each axis moves."""

    def fit(self, features: np.ndarray, labels: np.ndarray) -> NearestCentroid:
        """Average the rows of each label."""
        return super().fit(features[:, JERK], labels)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label of the nearest centroid for each row."""
        return super().predict(features[:, JERK])


def folds_of(data: Dataset) -> int:
    """The number of folds: no more than the recordings of the rarest label."""
    truth = [recording.label for recording in data]
    return min(FOLDS, *(truth.count(label) for label in data.labels))


def predicted_by_jerk(data: Dataset) -> Answers:
    """Cross-validated predictions of the simple model for each recording."""
    truth = [recording.label for recording in data]
    fold = split_into_folds(truth, folds_of(data))
    predicted = cross_predict(JerkOnly, features_of_recordings(data), truth, fold)
    return Answers(truth, predicted, data.labels)


def first_exam(data: Dataset) -> Answers:
    """Some answers about the labels that the simple model mixes up most.

    Drawn at random; the seed was chosen for varied mistakes on the lessons' own recordings.
    """
    every = predicted_by_jerk(data)
    table = count_by_hand(every.truth, every.predicted, every.labels)
    mixed_up = table.sum(axis=0) + table.sum(axis=1) - 2 * np.diagonal(table)
    labels = [every.labels[i] for i in np.argsort(-mixed_up, kind="stable")[:LABELS_BY_HAND]]
    exam = predicted_by_jerk(data.subset(lambda recording: recording.label in labels))
    drawn = np.random.default_rng(EXAM_SEED).permutation(len(exam.truth))[:ANSWERS]
    predicted = [exam.predicted[i] for i in drawn]
    return Answers([exam.truth[i] for i in drawn], predicted, exam.labels)


def most_mixed_up(table: np.ndarray) -> tuple[int, int]:
    """Row and column of the most frequent mistake, off the diagonal."""
    off = table - np.diag(np.diagonal(table) + 1)
    return divmod(int(off.argmax()), len(table))


@dataclass(frozen=True)
class OneLabel:
    """The counts of one label: true positives, false negatives, false positives."""

    label: str
    tp: int
    fn: int
    fp: int


def label_to_count(few: Answers) -> OneLabel:
    """The label with the most to count: true positives, false negatives, false positives."""
    table = count_by_hand(few.truth, few.predicted, few.labels)
    found = np.diagonal(table).tolist()
    every = [
        OneLabel(label, tp, int(row) - tp, int(column) - tp)
        for label, tp, row, column in zip(
            few.labels, found, table.sum(axis=1), table.sum(axis=0), strict=True
        )
    ]
    return max(every, key=lambda one: (min(one.tp, one.fn, one.fp), one.tp, one.fn + one.fp))


@dataclass(frozen=True, eq=False)
class Alarm:
    """An alarm for one label: truth of each recording, and its strength in g (n,)."""

    label: str
    truth: list[str]
    strength: np.ndarray

    @classmethod
    def of(cls, data: Dataset) -> Alarm:
        """An alarm for the label whose mean strength is the highest."""
        strength = np.array([strongest_g(recording) for recording in data])
        truth = np.array([recording.label for recording in data])
        label = max(data.labels, key=lambda one: strength[truth == one].mean())
        return cls(label, truth.tolist(), strength)

    def result_at(self, threshold: float) -> str:
        """Its hits, false alarms and misses with this threshold in g, in words."""
        is_it = np.array([one == self.label for one in self.truth])
        rings = self.strength >= threshold
        right = int((rings & is_it).sum())
        false, missed = int(rings.sum()) - right, int(is_it.sum()) - right
        precision, recall = right / max(int(rings.sum()), 1), right / int(is_it.sum())
        return (
            f"It rings {rings.sum()} times: {right} right, {false} wrong. It misses {missed}. "
            f"Precision {precision:.2f}, recall {recall:.2f}."
        )


def many_draws(right: np.ndarray) -> np.ndarray:
    """The accuracies of many bootstrap draws."""
    rng = np.random.default_rng(0)
    return np.array([right[draw_again(right, rng)].mean() for _ in range(REPEATS)])


def middle_range(values: np.ndarray) -> tuple[float, float]:
    """The range that holds the middle CONFIDENCE_LEVEL of the values."""
    low, high = np.quantile(values, [(1 - CONFIDENCE_LEVEL) / 2, (1 + CONFIDENCE_LEVEL) / 2])
    return float(low), float(high)


def unseen_movements(data: Dataset) -> dict[str, UnknownScores]:
    """Scores on labels that were left out of training; with two labels only, on a third one."""
    if len(data.labels) > 2:
        return leave_one_label_out(data, folds_of(data), **QUICK).labels
    kind = next(one for one in GESTURES if one not in data.labels)
    three = Dataset([*data.recordings, *simulate([kind], people=4, repeats=3)])
    result = leave_one_label_out(three, folds_of(three), **QUICK)
    return {kind: result.labels[kind]}


def people_to_test(data: Dataset, own: bool) -> Dataset:
    """The pupil's recordings, if they can be tested by person; otherwise simulated people."""
    if own:
        try:
            leave_one_subject_out(data, steps=1, copies=0, negatives=50)
            return data
        except DataError:
            pass
    return simulate(PEOPLE_LABELS, people=6, repeats=4, seed=PEOPLE_SEED)


@lru_cache(maxsize=1)
def crowd() -> tuple[Dataset, list[str], list[str]]:
    """Recordings of simulated people, and the names of the right- and of the left-handed."""
    people = [make_person(CROWD_SEED, number) for number in range(CROWD)]
    right = [person.name for person in people if person.hand > 0]
    left = [person.name for person in people if person.hand < 0]
    return simulate(CROWD_LABELS, people=CROWD, repeats=3, seed=CROWD_SEED), right, left


def fraction_right(model: Model, exam: Dataset) -> float:
    """The fraction of recordings that get their true label, 0 to 1."""
    predicted = model.predict(exam).labels
    return float(np.mean([one.label == p for one, p in zip(exam, predicted, strict=True)]))


@lru_cache(maxsize=16)
def result_with_left_handers(n_left: int) -> tuple[float, float, float]:
    """Fractions of new people's movements when n_left of those in the training set are left-handed.

    Right for right-handed people; right for left-handed people; unknown for these.
    """
    data, right, left = crowd()
    teachers = [*left[:n_left], *right[: TEACHERS - n_left]]

    def made_by(people: list[str]) -> Dataset:
        return data.subset(lambda recording: recording.subject in people)

    model = train(made_by(teachers), **QUICK)
    of_right, of_left = made_by(right[TEACHERS:]), made_by(left[LEFT_TEACHERS:])
    refused = model.predict(of_left).labels.count(None) / len(of_left)
    return fraction_right(model, of_right), fraction_right(model, of_left), refused
