"""Random forest: several decision trees, each learned from other rows and inputs, which vote.

Source: L. Breiman, *Random Forests*, 2001.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.kinds.trees import LEAF, YES
from microbit_ml.quantize.tree_model import SCORE_STEP
from microbit_ml.training.kinds.model_kind import register
from microbit_ml.training.kinds.tree import (
    N_CODES,
    TreeKind,
    grow_for_other,
    weights_of_labels,
)
from microbit_ml.training.trees import GrowingTree, without_useless_questions

MOST_BYTES = 1000  # of questions: with nine gestures, a network needs as much of V1's memory
MOST_LEAVES, MOST_TREES = 20, 25  # small trees, of few recordings, leave room for more of them
MOST_ROWS = 1000  # for each tree
TRIED = 4  # a question is about one of a quarter of the inputs
ALL_VOTES = 6.5  # what they are worth, as a score (logit)
OTHER_LEAVES = 14  # of one more tree, which separates gestures from synthetic negatives


@register
class ForestKind(TreeKind):
    """The label with the most votes wins."""

    NAME, TITLE = "forest", "random forest"
    MOST_LABELS = LEAF - 13  # rows of the evidence, -6 to 6

    def grown(
        self,
        codes: np.ndarray,
        targets: np.ndarray,
        n_recordings: int,
        n_labels: int,
        rng: np.random.Generator,
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """As above. A leaf of a voting tree has the row of its label."""
        weights = weights_of_labels(targets, n_recordings, n_labels)
        gestures = np.flatnonzero(targets < n_labels)
        n_tried = 1 + codes.shape[1] // TRIED

        def tried() -> np.ndarray:
            return np.sort(rng.permutation(codes.shape[1])[:n_tried])

        trees: list[np.ndarray] = []
        while len(trees) < MOST_TREES and 4 * sum(map(len, trees)) < MOST_BYTES:
            drawn = gestures[rng.integers(0, len(gestures), min(len(gestures), MOST_ROWS))]
            tree = GrowingTree(codes[drawn], N_CODES)
            most = min(LEAF, max(MOST_LEAVES, n_labels))
            tree.grow(targets[drawn], weights, most, tried=tried)
            labels = tree.counts(targets[drawn], weights).round(9).argmax(axis=1)
            trees.append(without_useless_questions(_with_rows(tree.questions, labels)))
        vote = max(round(ALL_VOTES / len(trees) / SCORE_STEP), 1) * SCORE_STEP
        votes = np.append(vote * np.eye(n_labels), np.zeros((n_labels, 1)), axis=1)
        other = GrowingTree(codes, N_CODES)
        evidence = grow_for_other(
            other, (targets == n_labels).astype(np.int64), n_recordings, OTHER_LEAVES
        )
        # All votes for one label and no evidence either way: as likely as "other".
        whole, row = np.unique(np.round(evidence), return_inverse=True)
        against = np.zeros((len(whole), n_labels + 1))
        against[:, -1] = len(trees) * vote - whole
        trees.append(without_useless_questions(_with_rows(other.questions, n_labels + row)))
        return trees, np.concatenate([votes, against])


def _with_rows(questions: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The questions with other rows for their leaves: the number of a row by that of a leaf."""
    ways = questions[:, YES:]
    ends = ways >= LEAF
    ways[ends] = LEAF + rows[ways[ends] - LEAF]
    return questions
