"""The examples of lesson 2: its recordings, and the numbers made from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.evaluate import split_into_folds
from microbit_ml.evaluate.classical import (
    NearestCentroid,
)
from microbit_ml.evaluate.comparison import (
    features_of_recordings,
)
from microbit_ml.features import FEATURE_NAMES
from microbit_ml.lessons.material import FOLDS, energy, few_of_each
from microbit_ml.lessons.values import signed
from microbit_ml.quantize import Normaliser
from microbit_ml.recordings import Dataset, Recording, make_window

from .maths import TENTHS, mean_of, on_paper, standard_deviation, whole

AXES = "xyz"


@dataclass(frozen=True, eq=False)
class Plane:
    """Recordings of a few labels as points: one feature to the right, one upwards.

    axes: the axis of each feature; points: int (n, 2), the kit's whole numbers; truth: (n,) labels;
    learn: bool (n,), the training recordings; the others are held out.
    """

    recordings: list[Recording]
    labels: list[str]
    axes: tuple[str, str]
    points: np.ndarray
    truth: np.ndarray
    learn: np.ndarray

    @property
    def names(self) -> tuple[str, str]:
        """The kit's names for the two features."""
        return f"{self.axes[0]}_mean", f"{self.axes[1]}_jerk"

    @property
    def center(self) -> np.ndarray:
        """The mean of each feature, as a whole number: (2,)."""
        return whole(np.array([mean_of(feature) for feature in self.points[self.learn].T]))

    @property
    def scale(self) -> np.ndarray:
        """The standard deviation of each feature, as a whole number of at least 1: (2,)."""
        deviations = [standard_deviation(feature) for feature in self.points[self.learn].T]
        return np.maximum(whole(np.array(deviations)), 1)

    @property
    def scaler(self) -> Normaliser:
        """The kit's normaliser, with these means and standard deviations."""
        return Normaliser(self.center.astype(float), self.scale.astype(float))

    @property
    def paper(self) -> np.ndarray:
        """The points as whole numbers for paper: (n, 2)."""
        return on_paper(self.points, self.center, self.scale)

    @property
    def centroids(self) -> np.ndarray:
        """The centroid of each label's points on paper, in whole numbers: (n_labels, 2)."""
        means = [self.paper[self.learn & (self.truth == c)].mean(axis=0) for c in self.labels]
        return whole(np.array(means))

    @property
    def held_out(self) -> np.ndarray:
        """The indices of the held-out recordings."""
        return np.flatnonzero(~self.learn)

    def right(self, points: np.ndarray) -> np.ndarray:
        """Whether the kit's nearest centroid gets each held-out point right: bool (n,)."""
        classifier = NearestCentroid().fit(points[self.learn], self.truth[self.learn])
        return classifier.predict(points[~self.learn]) == self.truth[~self.learn]


def choose_plane(data: Dataset) -> Plane:
    """A few labels, with the two features that separate their training recordings best."""
    labels = three_labels(data)
    recordings = few_of_each(data, labels).recordings
    truth = np.array([one.label for one in recordings])
    fewest = min((truth == label).sum() for label in labels)
    learn = split_into_folds(truth.tolist(), min(FOLDS, int(fewest))) != 0
    every = features_of_recordings(Dataset(recordings)).astype(int)
    planes = [
        Plane(recordings, labels, (a, b), every[:, columns_of(a, b)], truth, learn)
        for a in AXES
        for b in AXES
    ]

    def n_right(plane: Plane) -> int:
        points = plane.scaler.apply(plane.points)[plane.learn]
        predicted = NearestCentroid().fit(points, truth[learn]).predict(points)
        return int((predicted == truth[learn]).sum())

    return max(planes, key=n_right)


def three_labels(data: Dataset) -> list[str]:
    """The label that moves least, the one in the middle and the one that moves most."""
    moves = {c: np.mean([energy(one) for one in data if one.label == c]) for c in data.labels}
    in_order = sorted(data.labels, key=lambda c: moves[c])
    return sorted({in_order[0], in_order[len(in_order) // 2], in_order[-1]})


def columns_of(mean_axis: str, jerk_axis: str) -> list[int]:
    """The kit's columns for the mean of one axis and the jerk of another."""
    return [FEATURE_NAMES.index(f"{mean_axis}_mean"), FEATURE_NAMES.index(f"{jerk_axis}_jerk")]


def liveliest(plane: Plane) -> str:
    """The label that moves most."""
    return max(plane.labels, key=lambda c: plane.points[plane.truth == c, 1].mean())


def window_of(recording: Recording) -> np.ndarray:
    """The kit's window of the recording: (n_samples, 3) counts."""
    return make_window(recording)


def two_labels_points(plane: Plane) -> tuple[np.ndarray, np.ndarray]:
    """The first point of the first label, and the first of the second."""
    a, b = (plane.points[plane.truth == c][0] for c in plane.labels[:2])
    return a, b


def fraction_of_first(points: np.ndarray) -> float:
    """The fraction of all squared distances between points that the first feature makes up."""
    squares = ((points[:, None] - points[None]) ** 2).sum(axis=(0, 1))
    return float(squares[0] / max(squares.sum(), 1e-9))


def a_new_one(plane: Plane) -> int:
    """The first held-out recording that its centroid is nearest to; else the first of all.

    No other centroid may be equally near: then the answer on paper would be ambiguous.
    """
    for i in plane.held_out:
        squares = np.square(plane.paper[i] - plane.centroids).sum(axis=1)
        is_clear = (squares == squares.min()).sum() == 1
        if is_clear and plane.labels[int(squares.argmin())] == plane.truth[i]:
            return int(i)
    return int(plane.held_out[0])


RULES = """\
def mean(a):
    return (2 * sum(a) + len(a)) // (2 * len(a))

def jerk(a):
    steps = [abs(a[i + 1] - a[i]) for i in range(len(a) - 1)]
    v, k = sum(steps) // len(steps) + 16, 0
    while v >> k >= 32:
        k += 1
    return 16 * k + (v >> k) - 16

def square(p, c):
    return (p[0] - c[0]) ** 2 + (p[1] - c[1]) ** 2

def nearest(p):
    sums = [square(p, c) for c in CENTROIDS]
    return sums.index(min(sums))
"""


def learned_part(plane: Plane) -> str:
    """The part of the board's program that was learned: how to scale, and the centroids."""
    center, scale = [signed(number) for number in plane.center], plane.scale.tolist()
    return f"""\
CENTROIDS = {[tuple(c) for c in plane.centroids.tolist()]}
def scaled(m, j):
    x = {_nearest_tenth("m", center[0], scale[0])}
    return x, {_nearest_tenth("j", center[1], scale[1])}
"""


def _nearest_tenth(feature: str, center: str, scale: int) -> str:
    """The same as ``on_paper`` in whole numbers only: half of the divisor is added first."""
    return f"({2 * TENTHS} * ({feature} - {center}) + {scale}) // {2 * scale}"


def question_part(plane: Plane, recording: int) -> str:
    """The samples of one recording, and the features of all held-out ones, to be classified."""
    window = window_of(plane.recordings[recording])
    tilt, jerk = (window[:, AXES.index(axis)].tolist() for axis in plane.axes)
    points = [tuple(p) for p in plane.points[plane.held_out].tolist()]
    return f"""\
p = scaled(mean({tilt}), jerk({jerk}))
print(p[0], p[1], nearest(p))
for m, j in {points}:
    print(nearest(scaled(m, j)))
"""
