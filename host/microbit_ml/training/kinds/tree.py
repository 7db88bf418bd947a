"""Decision tree: a few questions about the features, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.kinds.trees import LEAF, THRESHOLD
from microbit_ml.network import History, Progress
from microbit_ml.network.architecture import AUTO
from microbit_ml.quantize import FittedModel, IntegerNetwork, Normaliser
from microbit_ml.quantize.float_model import NoveltyDetector
from microbit_ml.quantize.quantizer import quantize_scale
from microbit_ml.quantize.tree_model import TreeModel
from microbit_ml.training.kinds.model_kind import ModelKind, register
from microbit_ml.training.rows import TrainingRows
from microbit_ml.training.settings import Settings
from microbit_ml.training.trees import grow

CODE_STEP = 8  # scaled inputs, -128 to 127, are learned from in 32 steps, each 0.4 of a scale
N_CODES = 256 // CODE_STEP
MOST_LEAVES = 29  # with nine gestures they fit into 400 bytes
LEAVES_PER_LABEL = 2  # with more than 14 gestures, at most
LEAST_GAIN = 0.5  # of a question, in recordings: what gains less is learned by heart


@register
class TreeKind(ModelKind):
    """It learns from recordings and augmented samples; "unknown" is a matter of distance alone, for
    synthetic negatives are all around the gestures, and made every tree worse that was measured.
    """

    NAME, TITLE, SETTINGS = "tree", "decision tree", {"arch": AUTO}

    def completed(self, options: Settings, n_inputs: int, n_labels: int) -> Settings:
        """As they are. Raises ModelError for more labels than a tree can have leaves."""
        if n_labels > LEAF:
            raise ModelError(
                f"A {self.TITLE} can have at most {LEAF} labels, not {n_labels}. "
                "Train a network instead, without --kind."
            )
        return options

    def fit(
        self,
        data: TrainingRows,
        held_out: np.ndarray,
        options: Settings,
        rng: np.random.Generator,
        *,
        start: FittedModel | None = None,
        variant: str = "",
        progress: Progress | None = None,
    ) -> tuple[Sequence[TreeModel], History]:
        """One model after the other; each has a random generator of its own. No losses."""
        seeds = (rng.random((len(held_out), 1)) * 2**32).astype(np.int64)[:, 0]
        models = []
        for held, seed in zip(held_out, seeds.tolist(), strict=True):
            models.append(self._model(data, held, options, np.random.default_rng(seed)))
            if progress:
                trained = data.originals(~held)
                loss = models[-1].loss(data.rows[trained], data.targets[trained])
                progress(len(models), len(held_out), loss, None)
        return models, History()

    def _model(
        self, data: TrainingRows, held: np.ndarray, options: Settings, rng: np.random.Generator
    ) -> TreeModel:
        """The model that is not trained on the recordings ``held``, bool (n_recordings,)."""
        allowed = ~np.append(held, False)[data.recording]
        normaliser = Normaliser.fit(
            data.rows[allowed].astype(np.float64), data.targets[allowed], options.features
        )
        chosen = allowed & (data.targets < data.n_labels)
        rows, targets, original = data.rows[chosen], data.targets[chosen], data.original[chosen]
        codes = (quantize_scale(normaliser).apply(rows) + 128) // CODE_STEP
        # Every label counts for the same number of recordings, all labels for all recordings.
        of_label = np.bincount(targets, minlength=data.n_labels)
        weights = original.sum() / (data.n_labels * of_label)
        trees, leaves = self.grown(codes, targets, weights, rng)
        for tree in trees:
            tree[:, THRESHOLD] = (tree[:, THRESHOLD] + 1) * CODE_STEP - 1 - 128
        x = normaliser.apply(rows)
        none = x[:, :0]
        gate = NoveltyDetector.fit(
            x[original], none[original], targets[original], data.n_labels
        ).with_class_offsets(x, none, targets)
        return TreeModel(options.features, normaliser, trees, leaves, gate)

    def grown(
        self, codes: np.ndarray, targets: np.ndarray, weights: np.ndarray, rng: np.random.Generator
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """The trees, with thresholds of codes, and the rows of scores of their leaves.

        A score is the logarithm of a label's fraction in the leaf, where one more recording, evenly
        of all labels, is counted: so it is never that of 0.
        """
        most = min(LEAF, max(MOST_LEAVES, LEAVES_PER_LABEL * len(weights)))
        tree = grow(codes, targets, weights, N_CODES, most, LEAST_GAIN)
        n = tree.leaves + 1 / len(weights)
        return [tree.questions], np.log(n / n.sum(axis=1, keepdims=True))

    def integers(self, model: Any, rows: np.ndarray) -> IntegerNetwork:
        """As above; the rows are not needed."""
        integers: IntegerNetwork = model.integers()
        return integers
