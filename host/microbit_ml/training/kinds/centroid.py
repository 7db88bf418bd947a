"""Nearest centroid: one mean recording for each label; the nearest one wins."""

from __future__ import annotations

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.network.architecture import AUTO
from microbit_ml.quantize import (
    MAX_LABELS,
    NearestModel,
    Normaliser,
)
from microbit_ml.training.kinds.model_kind import OneByOneKind, register
from microbit_ml.training.rows import TrainingRows
from microbit_ml.training.settings import Settings


@register
class CentroidKind(OneByOneKind):
    """The mean of each label's recordings, in normalised features. There is nothing to adjust step
    by step; augmented samples only help to measure how much a gesture varies."""

    NAME, TITLE, SETTINGS = "centroid", "nearest centroid", {"arch": AUTO}

    def completed(self, options: Settings, n_inputs: int, n_labels: int) -> Settings:
        """As they are. Raises ModelError for more labels than a model can have."""
        if n_labels > MAX_LABELS:
            raise ModelError(f"A model can have at most {MAX_LABELS} labels, not {n_labels}.")
        return options

    def model(
        self, data: TrainingRows, held: np.ndarray, options: Settings, rng: np.random.Generator
    ) -> NearestModel:
        """The model that is not trained on the recordings ``held``, bool (n_recordings,)."""
        chosen = ~np.append(held, False)[data.recording]
        rows, targets = data.rows[chosen].astype(np.float64), data.targets[chosen]
        normaliser = Normaliser.fit(rows, targets, options.features)
        gestures = targets < data.n_labels
        x, of_label = normaliser.apply(rows[gestures]), targets[gestures]
        original = data.original[chosen][gestures]
        prototypes, owners = self.prototypes(x, of_label, original, rng)
        model = NearestModel(
            options.features, normaliser, prototypes, owners, np.zeros(data.n_labels)
        )
        return model.with_class_offsets(x, of_label)

    def prototypes(
        self, x: np.ndarray, targets: np.ndarray, original: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """The prototypes, and the label of each, ascending.

        x: normalised rows (n, n_inputs), recordings and augmented samples; targets: (n,), their
        labels; original: bool (n,), whether a row is a recording itself.
        """
        labels = np.unique(targets)
        means = [x[original & (targets == label)].mean(axis=0) for label in labels]
        return np.stack(means), labels
