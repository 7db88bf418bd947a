"""Classical classifiers, small enough to read: nearest centroid, nearest neighbours, a tree.

Each has ``fit(features, labels)``, which learns and returns the classifier, and
``predict(features)``, which returns a label for each row. ``features`` are float (n, n_features),
one row for each recording; ``labels`` are (n,) names or numbers. Learned attributes end in an
underscore. Two linear classifiers are in ``linear.py``.

Features have different units, and the one with the largest numbers would decide every distance
alone. So they are scaled first, as they are for the network (``comparison.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from microbit_ml.errors import DataError, SettingError


class Classifier(Protocol):
    """Anything that learns labels from rows of features and then predicts those of new rows."""

    def fit(self, features: np.ndarray, labels: np.ndarray) -> Classifier:
        """Learn from float (n, n_features) and labels (n,); returns the classifier itself."""
        ...

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label of each row of float (n, n_features): (n,)."""
        ...


def checked(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features as float (n, n_features); the distinct labels, sorted; each row's index in them.

    Raises DataError when rows and labels do not match, or there are fewer than two labels.
    """
    rows = np.asarray(features, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != len(labels):
        raise DataError(
            f"The features have shape {rows.shape}, but there are {len(labels)} labels. "
            "Give one row of features for each label."
        )
    names, targets = np.unique(np.asarray(labels), return_inverse=True)
    if len(names) < 2:
        raise DataError(
            f"The number of different labels to learn is {len(names)}. "
            "Give recordings of at least two."
        )
    return rows, names, targets


def squared_distances(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The squared distance from each row to each of the others: (n, d) and (m, d) -> (n, m).

    d^2 = sum over the features of (a - b)^2, the theorem of Pythagoras in many dimensions. It is
    computed as a^2 - 2 a b + b^2, because the middle term of all pairs is one matrix product.
    """
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ others.T + (others**2).sum(axis=1)
    return np.maximum(squares, 0.0)


class NearestCentroid:
    """Stores the average recording of each label. A new recording gets the label whose average
    is nearest. It is the simplest method here, and works well when each gesture is one cluster.

    The centroid of label c is m_c = (sum of its rows) / n_c, with n_c the number of its rows. The
    answer is the c with the smallest sum over the features of (x - m_c)^2, for a row x; in a tie,
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
    """Stores all recordings. For a new one, the k nearest vote, and the label with the most votes
    wins. It can learn clusters of any shape, but it has to keep everything.

    Near means a small squared distance: the sum over the features of (x - r)^2, for a row x and a
    stored row r. Of two rows at the same distance, the one stored first counts as nearer. If the
    vote is tied, the label of the nearest neighbour wins.
    Example, k = 3: "a" is stored at 1 and 2, "b" at 4, 5 and 6. A row at 3.2 has the
    neighbours 4, 2 and 5 (0.8, 1.2 and 1.8 away): two votes of three for "b".
    Source: E. Fix and J. L. Hodges, *Discriminatory Analysis*, 1951.
    """

    def __init__(self, k: int = 3):
        if k < 1:
            raise SettingError(f"k is {k}, but at least one neighbour must vote.", "k")
        self.k = k

    def fit(self, features: np.ndarray, labels: np.ndarray) -> NearestNeighbours:
        """Store every row and its label."""
        self.rows_, self.labels_, self.targets_ = checked(features, labels)
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """The label with the most votes among the k nearest for each row: (n,)."""
        distances = squared_distances(np.asarray(features, dtype=np.float64), self.rows_)
        nearest = distances.argsort(axis=1, kind="stable")[:, : self.k]  # (n, k)
        neighbours = self.targets_[nearest]
        votes = (neighbours[:, :, None] == np.arange(len(self.labels_))).sum(axis=1)
        most = np.take_along_axis(votes, neighbours, axis=1) == votes.max(axis=1)[:, None]
        first = most.argmax(axis=1)  # the nearest neighbour whose label has the most votes
        return self.labels_[neighbours[np.arange(len(neighbours)), first]]


@dataclass(frozen=True, eq=False)
class Node:
    """A question of the tree, "is feature <= threshold?", or a leaf where ``below`` is None.

    answer: the index of the most frequent label here.
    """

    answer: int
    feature: int = -1
    threshold: float = 0.0
    below: Node | None = None
    above: Node | None = None

    @property
    def n_nodes(self) -> int:
        """The number of questions and leaves from here on."""
        if self.below is None or self.above is None:
            return 1
        return 1 + self.below.n_nodes + self.above.n_nodes

    @property
    def depth(self) -> int:
        """The most questions on any path down from here."""
        if self.below is None or self.above is None:
            return 0
        return 1 + max(self.below.depth, self.above.depth)


class DecisionTree:
    """Asks one question after another, each whether one feature is above a number, as in a game of
    twenty questions. Learning finds the question that separates the labels best, and then does the
    same in both halves. A pupil can read the tree, and a board needs hardly any time for it.

    Gini impurity measures how mixed a set of recordings is: G = 1 - sum over the labels of p^2,
    with p the fraction of a label: 0 for a single label. The best question minimises
    (n_below G_below + n_above G_above) / n; n counts recordings, and "below" and "above"
    are the two halves. Thresholds lie midway between two values that occur. In a tie, the first
    feature and then the lowest threshold is taken.
    Example: a a b b has G = 1 - (1/4 + 1/4) = 0.5. Split into "a a" and "b b" it is 0, but split
    into "a" and "a b b" it is (1 * 0 + 3 * (1 - 1/9 - 4/9)) / 4 = 1/3.
    Source: L. Breiman and others, *Classification and Regression Trees*, 1984 (CART).
    """

    def __init__(self, max_depth: int = 6):
        if max_depth < 1:
            raise SettingError(
                f"max_depth is {max_depth}, but a tree asks at least one question.", "max_depth"
            )
        self.max_depth = max_depth

    def fit(self, features: np.ndarray, labels: np.ndarray) -> DecisionTree:
        """Grow the tree until all leaves are pure, cannot be split or are ``max_depth`` deep."""
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
        """The label of the leaf that each row reaches: (n,)."""
        return self.labels_[[self._answer(row) for row in np.asarray(features)]]

    def _answer(self, row: np.ndarray) -> int:
        node = self.root_
        while node.below is not None and node.above is not None:
            node = node.below if row[node.feature] <= node.threshold else node.above
        return node.answer


def best_question(rows: np.ndarray, is_label: np.ndarray) -> tuple[int, float] | None:
    """The feature and threshold of the split with the lowest impurity; None if no split exists.

    rows: (n, n_features); is_label: (n, n_labels), 1 in the column of the row's label. Every split
    of every feature is tried at once: with the rows sorted by a feature, the counts of labels below
    a cut are running sums. n (weighted impurity) = n - sum of counts^2 / size of each half.
    """
    n = len(rows)
    order = rows.argsort(axis=0, kind="stable")  # (n, n_features)
    ordered = np.take_along_axis(rows, order, axis=0)
    below = is_label[order].cumsum(axis=0)[:-1]  # (n - 1, n_features, n_labels)
    above = is_label.sum(axis=0) - below
    size = np.arange(1, n)[:, None]
    impurity = n - (below**2).sum(axis=2) / size - (above**2).sum(axis=2) / (n - size)
    impurity = np.where(ordered[1:] > ordered[:-1], impurity, np.inf)  # equal values stay together
    # Exact for whole counts except for the last digits: rounding makes ties exact.
    feature, cut = np.unravel_index(np.round(impurity, 9).T.argmin(), impurity.T.shape)
    if not np.isfinite(impurity[cut, feature]):
        return None
    threshold = (ordered[cut, feature] + ordered[cut + 1, feature]) / 2
    return int(feature), float(threshold)
