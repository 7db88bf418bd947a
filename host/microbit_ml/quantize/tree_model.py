"""Tree model: a decision tree or a forest, and its novelty detector, before quantization.

A tree asks about scaled inputs in whole numbers, as the board does. So quantization changes nothing
about the leaf that a movement reaches, only the leaf's scores and the distances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.common.wording import plural
from microbit_ml.kinds import IntegerTrees, Scale
from microbit_ml.kinds.trees import (
    LEAF,
    ROW_LIMIT,
    YES,
    check_tree,
    leaves_of,
)
from microbit_ml.quantize.fitted import FittedModel, form
from microbit_ml.quantize.float_model import Normaliser, NoveltyDetector
from microbit_ml.quantize.integer_network import IntegerNetwork
from microbit_ml.quantize.quantizer import quantize_gate, quantize_scale, round_half_up

SCORE_STEP = 1 / 16  # of a leaf's score (logit): int8 holds 7.9


@form
@dataclass(frozen=True, eq=False)
class TreeModel(FittedModel):
    """groups: of features; trees: each int (n_questions, 4), as in ``IntegerTrees``; rows: float
    (n_rows, n_labels + 1), scores (logits) of the leaves, the last that of "other"; gate: it
    compares the features alone.
    """

    FORM = "trees"
    SHAPES: ClassVar = {
        "mean": ("inputs",),
        "scale": ("inputs",),
        "questions": ("questions", "columns"),
        "tree_sizes": ("trees",),
        "rows": ("rows", "outputs"),
        "gate_centers": ("labels", "inputs"),
        "gate_class_offsets": ("labels",),
    }

    groups: tuple[str, ...]
    normaliser: Normaliser
    trees: Sequence[np.ndarray]
    rows: np.ndarray
    gate: NoveltyDetector

    __repr__ = short_repr

    @property
    def scale(self) -> Scale:
        """How the inputs become whole numbers."""
        return quantize_scale(self.normaliser)

    def classify(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As above."""
        whole, x = self.scale.apply(rows), self.normaliser.apply(rows)
        scores = np.zeros((len(rows), self.rows.shape[1]))
        for tree in self.trees:
            scores += self.rows[leaves_of(tree, whole)]
        best = scores[:, :-1].argmax(axis=1)
        return scores, best, self.gate.confidence(x, x[:, :0], scores, best)

    def integers(self) -> IntegerNetwork:
        """The same in integers. Leaves with the same scores have their row in common."""
        whole = np.clip(round_half_up(self.rows / SCORE_STEP), -ROW_LIMIT, ROW_LIMIT)
        rows, number = np.unique(whole, axis=0, return_inverse=True)
        trees = [tree.copy() for tree in self.trees]
        for tree in trees:
            leads_to = tree[:, YES:]
            ends = leads_to >= LEAF
            leads_to[ends] = LEAF + number.reshape(-1)[leads_to[ends] - LEAF]
        stage = IntegerTrees(self.n_inputs, rows.astype(np.int8), trees)
        gate = quantize_gate(self.gate, 1.0, SCORE_STEP)
        return IntegerNetwork(self.groups, [self.scale, stage], gate)

    def with_threshold(self, threshold: int) -> TreeModel:
        """As above."""
        return replace(self, gate=replace(self.gate, threshold=float(threshold)))

    def with_shift(self, shift: np.ndarray) -> TreeModel:
        """As above."""
        return replace(self, gate=replace(self.gate, class_offsets=self.gate.class_offsets + shift))

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return len(self.normaliser.mean)

    @property
    def n_questions(self) -> int:
        """The number of questions of all trees."""
        return sum(map(len, self.trees))

    @property
    def n_parameters(self) -> int:
        """An input and a threshold for each question, and the scores of the leaves."""
        return 2 * self.n_questions + self.rows.size

    @property
    def in_words(self) -> str:
        """Its trees and questions."""
        trees = plural(len(self.trees), "tree")
        return f"{trees} with {plural(self.n_questions, 'question')}"

    def scaled(self, rows: np.ndarray) -> np.ndarray:
        """The rows as the normaliser scales them."""
        return self.normaliser.apply(rows)

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Normaliser, trees, and the novelty detector."""
        return {"gate_threshold": self.gate.threshold}, {
            "mean": self.normaliser.mean,
            "scale": self.normaliser.scale,
            "questions": np.concatenate(self.trees).astype(np.float64),
            "tree_sizes": np.array([len(tree) for tree in self.trees], dtype=np.float64),
            "rows": self.rows,
            "gate_centers": self.gate.feature_centers,
            "gate_class_offsets": self.gate.class_offsets,
        }

    @classmethod
    def of_parts(
        cls,
        facts: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        groups: tuple[str, ...],
        n_labels: int,
    ) -> TreeModel:
        """As above."""
        threshold, normaliser = facts["gate_threshold"], Normaliser(arrays["mean"], arrays["scale"])
        if type(threshold) not in (int, float):
            raise ValueError(f"gate_threshold is {threshold!r}")
        questions, sizes = arrays["questions"], arrays["tree_sizes"]
        if arrays["rows"].shape[1] != n_labels + 1:
            raise ValueError(f"{arrays['rows'].shape[1]} scores of trees for {n_labels} labels")
        if questions.shape[1] != 4 or not len(sizes) or sizes.sum() != len(questions):
            raise ValueError(f"{questions.shape} questions in {len(sizes)} trees")
        ends = sizes.cumsum().astype(np.int64)
        trees = np.split(questions.astype(np.int64), ends[:-1])
        for tree in trees:
            check_tree(tree, len(normaliser.mean), len(arrays["rows"]))
        gate = feature_detector(arrays["gate_centers"], arrays["gate_class_offsets"])
        gate = replace(gate, threshold=float(threshold))
        return cls(groups, normaliser, trees, arrays["rows"], gate)


def feature_detector(centers: np.ndarray, class_offsets: np.ndarray) -> NoveltyDetector:
    """A novelty detector that measures the distance of the features alone, for models without
    hidden values. centers: (n_labels, n_inputs), scaled; class_offsets: (n_labels,).
    """
    return NoveltyDetector(centers[:, :0], np.zeros((0, 0)), centers, class_offsets)
