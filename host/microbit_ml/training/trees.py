"""Learning a decision tree: one question after another, as in a game of twenty questions.

*Gini impurity* measures how mixed a set of recordings is: ``G = 1 - sum over the labels of p^2``,
with p the fraction of a label; 0 where all have the same. A question "is this input at most the
threshold?" splits the set in two, and its *gain* is how much impurity that removes, counted in
recordings: ``n G - n_yes G_yes - n_no G_no``. With w the recordings of a label, ``n G`` is
``n - sum of w^2 / n``, so

    gain = (sum of w_yes^2) / n_yes + (sum of w_no^2) / n_no - (sum of w^2) / n

Example: of a a b b, the question with "a a" for yes gains 4/2 + 4/2 - 8/4 = 2 recordings: all of
the impurity. The question with "a" for yes and "a b b" for no gains 1/1 + 5/3 - 8/4 = 2/3.

The tree grows best first: of all leaves, the one is split next where a question gains the most,
until there are enough leaves or no question gains enough.
Source: L. Breiman and others, *Classification and Regression Trees*, 1984 (CART).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np

from microbit_ml.kinds.trees import INPUT, LEAF, NO, THRESHOLD, YES

DIGITS = 9  # of a gain that count: equal gains stay equal on every computer


def best_question(
    codes: np.ndarray, targets: np.ndarray, weights: np.ndarray, n_codes: int
) -> tuple[float, int, int] | None:
    """The gain, the input and the threshold of the question that gains the most, or None.

    codes: int (n, n_inputs), 0 to n_codes - 1; targets: (n,), labels; weights: (n_labels,), how
    many recordings a row of each label counts for, may be 0. All thresholds of all inputs are tried
    at once: the rows with each code are counted, and running sums of the counts are those at or
    below it. A threshold lies halfway to the next code that occurs. In a tie, the first input and
    then the lowest threshold is taken.
    """
    n_inputs, n_labels = codes.shape[1], len(weights)
    cells = (codes + n_codes * np.arange(n_inputs)) * n_labels + targets[:, None]
    counts = np.bincount(cells.ravel(), minlength=n_inputs * n_codes * n_labels)
    counts = counts.reshape(n_inputs, n_codes, n_labels).cumsum(axis=1)
    every, yes = counts[0, -1] * weights, counts[:, :-1] * weights
    no = every - yes
    n_yes, n_no = np.einsum("ijk->ij", yes), np.einsum("ijk->ij", no)  # faster than sum()
    with np.errstate(divide="ignore", invalid="ignore"):  # where all answer the same
        gain = np.einsum("ijk,ijk->ij", yes, yes) / n_yes
        gain += np.einsum("ijk,ijk->ij", no, no) / n_no
    gain = np.round(gain - (every**2).sum() / every.sum(), DIGITS)
    gain = np.where((n_yes > 0) & (n_no > 0), gain, -np.inf)
    which, low = divmod(int(gain.argmax()), n_codes - 1)
    if not gain[which, low] > 0:
        return None
    high = low
    while high + 2 < n_codes and n_yes[which, high + 1] == n_yes[which, low]:
        high += 1  # no row has this code: the same question
    return float(gain[which, low]), which, (low + high + 1) // 2


class GrowingTree:
    """A tree, at first a single leaf, that grows best first; once or again, on other targets.

    codes: int (n, n_inputs), 0 to n_codes - 1.
    """

    def __init__(self, codes: np.ndarray, n_codes: int) -> None:
        self._codes, self._n_codes = codes, n_codes
        self._rows = [np.arange(len(codes))]  # of each node, in the order in which they arose
        self._splits: dict[int, tuple[int, int, int, int]] = {}  # input, threshold, yes and no

    def grow(
        self,
        targets: np.ndarray,
        weights: np.ndarray,
        most_leaves: int,
        least_gain: float = 0.0,
        tried: Callable[[], np.ndarray] | None = None,
    ) -> None:
        """Split leaves while there are fewer than ``most_leaves``, and a question gains more than
        ``least_gain`` recordings.

        targets, weights: as for :func:`best_question`; tried: called for each leaf, the inputs that
        a question there may be about; None for all.
        """
        heap: list[tuple[float, int, int, int]] = []

        def consider(node: int) -> None:
            rows = self._rows[node]
            if (np.bincount(targets[rows], minlength=len(weights)) * weights > 0).sum() < 2:
                return  # all have the same label
            chosen = np.arange(self._codes.shape[1]) if tried is None else tried()
            codes = self._codes[np.ix_(rows, chosen)]
            found = best_question(codes, targets[rows], weights, self._n_codes)
            if found is not None and found[0] > least_gain:
                gain, which, threshold = found
                heapq.heappush(heap, (-gain, node, int(chosen[which]), threshold))

        for leaf in self.leaves:
            consider(leaf)
        while heap and len(self._splits) + 1 < most_leaves:
            _, node, which, threshold = heapq.heappop(heap)
            for child in self._split(node, which, threshold):
                consider(child)

    def _split(self, node: int, which: int, threshold: int) -> tuple[int, int]:
        """Ask a question at a leaf; the two new leaves."""
        rows, yes = self._rows[node], len(self._rows)
        is_yes = self._codes[rows, which] <= threshold
        self._splits[node] = which, threshold, yes, yes + 1
        self._rows += [rows[is_yes], rows[~is_yes]]
        return yes, yes + 1

    @property
    def leaves(self) -> list[int]:
        """The numbers of the nodes that are leaves, in the order in which they arose."""
        return [node for node in range(len(self._rows)) if node not in self._splits]

    @property
    def leaf_of_rows(self) -> np.ndarray:
        """The leaf of each row of codes, by its index in ``leaves``: (n,)."""
        result = np.zeros(len(self._codes), dtype=np.int64)
        for i, leaf in enumerate(self.leaves):
            result[self._rows[leaf]] = i
        return result

    def counts(self, targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The recordings of each label at each leaf: float (n_leaves, n_labels)."""
        counted = [np.bincount(targets[self._rows[i]], minlength=len(weights)) for i in self.leaves]
        return np.stack(counted) * weights

    @property
    def questions(self) -> np.ndarray:
        """int (n, 4), with the columns of ``IntegerTrees`` (kinds/trees.py); a leaf's row is its
        index in ``leaves``.

        They are in the order in which they were asked, so each leads only to later ones.
        """
        if not self._splits:  # a tree has at least one question, here without a consequence
            return np.array([[0, self._n_codes - 2, LEAF, LEAF]])
        number = {node: i for i, node in enumerate(self._splits)}
        number |= {node: LEAF + i for i, node in enumerate(self.leaves)}
        return np.array(
            [[which, at, number[yes], number[no]] for which, at, yes, no in self._splits.values()]
        )


def without_useless_questions(questions: np.ndarray) -> np.ndarray:
    """The tree without questions whose yes and no both lead to the same row."""
    questions = questions.copy()
    leads_to = np.arange(len(questions))
    for i in range(len(questions) - 1, -1, -1):
        for way in (YES, NO):
            if questions[i, way] < LEAF:
                questions[i, way] = leads_to[questions[i, way]]
        if questions[i, YES] == questions[i, NO]:
            leads_to[i] = questions[i, YES]
    if leads_to[0] != 0:  # all leaves have the same row
        return np.array([[questions[0, INPUT], questions[0, THRESHOLD], leads_to[0], leads_to[0]]])
    kept = [0]
    for i in kept:  # it grows: questions that are still asked, parents first
        kept += [int(to) for to in questions[i, YES:] if to < LEAF]
    number = {question: i for i, question in enumerate(kept)}
    kept_questions = questions[kept]
    for row in kept_questions:
        row[YES:] = [number.get(int(to), int(to)) for to in row[YES:]]
    return kept_questions
