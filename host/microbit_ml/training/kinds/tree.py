"""Decision tree: a few questions about the features, one after another."""

from __future__ import annotations

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.kinds.trees import LEAF, THRESHOLD, in_bytes
from microbit_ml.network.architecture import AUTO
from microbit_ml.quantize import Normaliser
from microbit_ml.quantize.float_model import NoveltyDetector
from microbit_ml.quantize.quantizer import quantize_scale
from microbit_ml.quantize.tree_model import TreeModel
from microbit_ml.training.kinds.model_kind import OneByOneKind, register
from microbit_ml.training.rows import TrainingRows
from microbit_ml.training.settings import Settings
from microbit_ml.training.trees import GrowingTree

CODE_STEP = 8  # scaled inputs, -128 to 127, are learned from in 32 steps, each 0.4 of a scale
N_CODES = 256 // CODE_STEP
MOST_BYTES = 400  # of the record, with few labels; with many, there are at least
LEAVES_PER_LABEL = 2
FOR_OTHER = 6  # questions, at most, that detect what is no gesture
LEAST_GAIN = 0.5  # of a question, in recordings: what gains less is learned by heart
MOST_EVIDENCE = 6.0  # for or against "other", in logits: the detector's limit


@register
class TreeKind(OneByOneKind):
    """It grows twice: first to learn the gestures, from recordings and augmented samples; then more
    questions in its leaves separate gestures from synthetic negatives. These change nothing about
    which gesture it is. With negatives as one more label, all trees that were measured were worse.
    """

    NAME, TITLE, SETTINGS = "tree", "decision tree", {"arch": AUTO}
    MOST_LABELS = LEAF

    def completed(self, options: Settings, n_inputs: int, n_labels: int) -> Settings:
        """As they are. Raises ModelError for more labels than a record has rows for."""
        if n_labels > self.MOST_LABELS:
            raise ModelError(
                f"A {self.TITLE} can have at most {self.MOST_LABELS} labels, not {n_labels}. "
                "Train a network instead, without --kind."
            )
        return options

    def model(
        self, data: TrainingRows, held: np.ndarray, options: Settings, rng: np.random.Generator
    ) -> TreeModel:
        """The model that is not trained on the recordings ``held``, bool (n_recordings,)."""
        allowed = ~np.append(held, False)[data.recording]
        normaliser = Normaliser.fit(
            data.rows[allowed].astype(np.float64), data.targets[allowed], options.features
        )
        rows, targets, original = data.rows[allowed], data.targets[allowed], data.original[allowed]
        codes = ((quantize_scale(normaliser).apply(rows) + 128) // CODE_STEP).astype(np.int32)
        trees, scores = self.grown(codes, targets, int(original.sum()), data.n_labels, rng)
        for tree in trees:
            tree[:, THRESHOLD] = (tree[:, THRESHOLD] + 1) * CODE_STEP - 1 - 128
        labelled = targets < data.n_labels
        x = normaliser.apply(rows)
        none = x[:, :0]
        gate = NoveltyDetector.fit(
            x[original], none[original], targets[original], data.n_labels
        ).with_class_offsets(x[labelled], none[labelled], targets[labelled])
        return TreeModel(options.features, normaliser, trees, scores, gate)

    def grown(
        self,
        codes: np.ndarray,
        targets: np.ndarray,
        n_recordings: int,
        n_labels: int,
        rng: np.random.Generator,
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """The trees, with thresholds of codes, and the rows of scores of their leaves.

        A label's score is the logarithm of its fraction in the leaf, where one more recording,
        evenly of all labels, is counted: so it is never that of 0.
        """
        most = (MOST_BYTES + 4 - in_bytes(n_labels, [1], 0)) // (4 + n_labels + 1)
        most = min(LEAF, max(most, LEAVES_PER_LABEL * n_labels + FOR_OTHER))
        tree = GrowingTree(codes, N_CODES)
        weights = weights_of_labels(targets, n_recordings, n_labels)
        tree.grow(targets, weights, most - FOR_OTHER, LEAST_GAIN)
        n = tree.counts(targets, weights)[:, :-1] + 1 / n_labels
        scores, before = np.log(n / n.sum(axis=1, keepdims=True)), tree.leaf_of_rows
        is_other = (targets == n_labels).astype(np.int64)
        evidence = grow_for_other(tree, is_other, n_recordings, len(scores) + FOR_OTHER)
        # A leaf has the labels' scores of the leaf that it was before.
        scores = scores[[before[tree.leaf_of_rows == i][0] for i in range(len(evidence))]]
        return [tree.questions], np.column_stack([scores, scores.max(axis=1) - evidence])


def weights_of_labels(targets: np.ndarray, n_recordings: int, n_labels: int) -> np.ndarray:
    """How many recordings a row of each label counts for: the same for each label in all, and 0 for
    "other". (n_labels + 1,)
    """
    n_rows = np.bincount(targets, minlength=n_labels + 1)[:n_labels]
    return np.append(n_recordings / (n_labels * np.maximum(n_rows, 1)), 0.0)


def grow_for_other(
    tree: GrowingTree, is_other: np.ndarray, n_recordings: int, most_leaves: int
) -> np.ndarray:
    """Grow on, to separate gestures (0) from "other" (1); returns each leaf's evidence for a
    gesture, in logits, -6 to 6. Both count for as many recordings in all.
    """
    weights = n_recordings / np.maximum(np.bincount(is_other, minlength=2), 1)
    tree.grow(is_other, weights, most_leaves, LEAST_GAIN)
    n = tree.counts(is_other, weights) + 0.5
    return np.clip(np.log(n[:, 0] / n[:, 1]), -MOST_EVIDENCE, MOST_EVIDENCE)
