"""Classifiers older than networks, and small enough to read: by distance, and by questions.

Each has ``fit(features, labels)``, which learns and returns the classifier, and
``predict(features)``, which names a label for each row. ``features`` are float (n, n_features),
one row for each recording; ``labels`` are (n,) names or numbers. What was learned has a name with
an underscore at its end. Two more, which draw straight lines, are in ``linear.py``.

Features have different units, and the one with the largest numbers would decide every distance
alone. So they are brought to one size first, as they are for the network (``comparison.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from microbit_ml.errors import DataError, SettingError


class Classifier(Protocol):
    """Anything that learns labels from rows of features and then names the labels of others."""

    def fit(self, features: np.ndarray, labels: np.ndarray) -> Classifier:
        """Learn from float (n, n_features) and labels (n,); returns the classifier itself."""
        ...

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label of each row of float (n, n_features): (n,)."""
        ...


def checked(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features as float (n, n_features); the different labels, sorted; each row's place in them.

    Raises DataError when rows and labels do not fit together, or there are fewer than two labels.
    """
    rows = np.asarray(features, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != len(labels):
        raise DataError(
            f"There are features of shape {rows.shape} for {len(labels)} labels. "
            "Give one row of features for each label."
        )
    names, targets = np.unique(np.asarray(labels), return_inverse=True)
    if len(names) < 2:
        raise DataError(
            f"There are {len(names)} different labels to learn. Give recordings of at least two."
        )
    return rows, names, targets


def squared_distances(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far each row is from each of the others: (n, d) and (m, d) -> (n, m).

    d^2 = sum over the features of (a - b)^2, the theorem of Pythagoras in many dimensions. It is
    computed as a^2 - 2 a b + b^2, because the middle part of all pairs is one matrix product.
    """
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ others.T + (others**2).sum(axis=1)
    return np.maximum(squares, 0.0)


class NearestCentroid:
    """Each label is remembered by its average recording. A new recording gets the label whose
    average is nearest. It is the simplest method here, and good when each gesture is one cloud.

    The centroid of label c is m_c = (sum of its rows) / n_c, with n_c the number of its rows. The
    answer is the c with the smallest sum over the features of (x - m_c)^2, for a row x; of equals
    the label that sorts first.
    Example: (0, 0) and (2, 0) are "a", (5, 4) is "b": the centroids are (1, 0) and (5, 4). The row
    (3, 1) has squared distances 4 + 1 = 5 and 4 + 9 = 13, so it is "a".
    """

    def fit(self, features: np.ndarray, labels: np.ndarray) -> NearestCentroid:
        """Average the rows of each label."""
        rows, self.labels_, targets = checked(features, labels)
        self.centroids_ = np.stack(
            [rows[targets == c].mean(axis=0) for c in range(len(self.labels_))]
        )
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label of the nearest centroid for each row: (n,)."""
        return self.labels_[squared_distances(features, self.centroids_).argmin(axis=1)]


class NearestNeighbours:
    """All recordings are remembered as they are. A new recording asks the k nearest of them, and
    the label with most votes wins. It can learn any shape of cloud, but it has to keep everything.

    Near is a small squared distance: the sum over the features of (x - r)^2, for a row x and a
    remembered row r. Of two rows equally far the one learned first counts as nearer. When labels
    have as many votes, the one wins that has the nearest neighbour.
    Example, k = 3: remembered are "a" at 1 and at 2, "b" at 4, 5 and 6. A row at 3.2 has the
    neighbours 4, 2 and 5 (0.8, 1.2 and 1.8 away): two votes of three for "b".
    Source: E. Fix and J. L. Hodges, *Discriminatory Analysis*, 1951.
    """

    def __init__(self, k: int = 3):
        if k < 1:
            raise SettingError(f"k is {k}, but at least one neighbour must be asked.", "k")
        self.k = k

    def fit(self, features: np.ndarray, labels: np.ndarray) -> NearestNeighbours:
        """Remember every row and its label."""
        self.rows_, self.labels_, self.targets_ = checked(features, labels)
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label with most votes among the k nearest for each row: (n,)."""
        distances = squared_distances(np.asarray(features, dtype=np.float64), self.rows_)
        nearest = distances.argsort(axis=1, kind="stable")[:, : self.k]  # (n, k)
        neighbours = self.targets_[nearest]
        votes = (neighbours[:, :, None] == np.arange(len(self.labels_))).sum(axis=1)
        most = np.take_along_axis(votes, neighbours, axis=1) == votes.max(axis=1)[:, None]
        first = most.argmax(axis=1)  # the nearest neighbour whose label has most votes
        return self.labels_[neighbours[np.arange(len(neighbours)), first]]


@dataclass(frozen=True, eq=False)
class Node:
    """A question of the tree, "is feature <= threshold?", or where ``below`` is None an answer.

    answer: the place of the label with most recordings here.
    """

    answer: int
    feature: int = -1
    threshold: float = 0.0
    below: Node | None = None
    above: Node | None = None

    @property
    def n_nodes(self) -> int:
        """How many questions and answers there are from here on."""
        if self.below is None or self.above is None:
            return 1
        return 1 + self.below.n_nodes + self.above.n_nodes

    @property
    def depth(self) -> int:
        """The most questions on a way down from here."""
        if self.below is None or self.above is None:
            return 0
        return 1 + max(self.below.depth, self.above.depth)


class DecisionTree:
    """Asks one question after another, each whether one feature is above a number, as in a game of
    twenty questions. Learning looks for the question that sorts the labels best, and then does the
    same in both halves. A pupil can read the tree, and a board needs hardly any time for it.

    How mixed a set of recordings is, is its Gini impurity G = 1 - sum over the labels of p^2, with
    p the share of a label: 0 for one label alone. The best question makes
    (n_below G_below + n_above G_above) / n smallest; n counts recordings, and "below" and "above"
    are the two halves. Thresholds lie midway between two values that occur. Of equally good
    questions the first feature and then the lowest threshold is taken.
    Example: a a b b has G = 1 - (1/4 + 1/4) = 0.5; cut into "a a" and "b b" it is 0, while cut into
    "a" and "a b b" it is (1 * 0 + 3 * (1 - 1/9 - 4/9)) / 4 = 1/3.
    Source: L. Breiman and others, *Classification and Regression Trees*, 1984 (CART).
    """

    def __init__(self, max_depth: int = 6):
        if max_depth < 1:
            raise SettingError(
                f"max_depth is {max_depth}, but a tree asks at least one question.", "max_depth"
            )
        self.max_depth = max_depth

    def fit(self, features: np.ndarray, labels: np.ndarray) -> DecisionTree:
        """Grow the tree until all sets are pure, cannot be cut or are ``max_depth`` deep."""
        rows, self.labels_, targets = checked(features, labels)
        self.root_ = self._grow(rows, np.eye(len(self.labels_))[targets], self.max_depth)
        return self

    def _grow(self, rows: np.ndarray, is_label: np.ndarray, depth: int) -> Node:
        """rows: (n, n_features); is_label: (n, n_labels), 1 in the column of the row's label."""
        counts = is_label.sum(axis=0)
        answer = int(counts.argmax())
        question = best_question(rows, is_label) if depth and counts.max() < len(rows) else None
        if question is None:
            return Node(answer)
        feature, threshold = question
        below = rows[:, feature] <= threshold
        return Node(
            answer,
            feature,
            threshold,
            self._grow(rows[below], is_label[below], depth - 1),
            self._grow(rows[~below], is_label[~below], depth - 1),
        )

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The answer that each row comes to: (n,)."""
        return self.labels_[[self._answer(row) for row in np.asarray(features)]]

    def _answer(self, row: np.ndarray) -> int:
        node = self.root_
        while node.below is not None and node.above is not None:
            node = node.below if row[node.feature] <= node.threshold else node.above
        return node.answer


def best_question(rows: np.ndarray, is_label: np.ndarray) -> tuple[int, float] | None:
    """The feature and the threshold that leave the least mixed halves; None if no cut helps.

    rows: (n, n_features); is_label: (n, n_labels), 1 in the column of the row's label. Every cut of
    every feature is tried at once: with the rows in order of a feature, the counts of labels below
    a cut are running sums. n (weighted impurity) = n - sum of counts^2 / size of each half.
    """
    n = len(rows)
    order = rows.argsort(axis=0, kind="stable")  # (n, n_features)
    ordered = np.take_along_axis(rows, order, axis=0)
    below = is_label[order].cumsum(axis=0)[:-1]  # (n - 1, n_features, n_labels)
    above = is_label.sum(axis=0) - below
    size = np.arange(1, n)[:, None]
    mixed = n - (below**2).sum(axis=2) / size - (above**2).sum(axis=2) / (n - size)
    mixed = np.where(ordered[1:] > ordered[:-1], mixed, np.inf)  # equal values stay together
    # Exact for whole counts but for the last digits: rounding makes equal what is equal.
    feature, cut = np.unravel_index(np.round(mixed, 9).T.argmin(), mixed.T.shape)
    if not np.isfinite(mixed[cut, feature]):
        return None
    threshold = (ordered[cut, feature] + ordered[cut + 1, feature]) / 2
    return int(feature), float(threshold)
