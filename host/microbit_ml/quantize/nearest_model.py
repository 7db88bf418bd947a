"""Nearest model: labels by the nearest prototype, in real numbers, and in integers.

A prototype is a point among the normalised features that stands for a label: the mean of its
recordings (nearest centroid), or one of several (nearest neighbour). A movement gets the label of
the nearest one; if even that is far away, it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.kinds import ACTIVATION_LIMIT, OPEN, IntegerNearest, IntegerNoveltyDetector
from microbit_ml.kinds.nearest import OCTAVE
from microbit_ml.network import cross_entropy
from microbit_ml.quantize.fitted import FittedModel, form
from microbit_ml.quantize.float_model import INPUT_STEP, Normaliser
from microbit_ml.quantize.integer_network import IntegerNetwork
from microbit_ml.quantize.quantizer import quantize_scale, round_half_up

CONFIDENCE_OCTAVE = 16.0  # of the confidence, as for every kind
MARGIN_SHIFT = 7  # the gate's factor is in 1/128


@form
@dataclass(frozen=True, eq=False)
class NearestModel(FittedModel):
    """Normaliser, prototypes and the threshold of "unknown".

    groups: of features; prototypes: normalised, float (n_prototypes, n_inputs); owners:
    (n_prototypes,), the label of each, ascending, every label at least once; class_offsets:
    (n_labels,) in 1/16 octaves; threshold: the largest distance, as a logarithm, that still counts
    as known.
    """

    FORM = "nearest"
    SHAPES: ClassVar = {
        "mean": ("inputs",),
        "scale": ("inputs",),
        "prototypes": ("prototypes", "inputs"),
        "owners": ("prototypes",),
        "class_offsets": ("labels",),
    }

    groups: tuple[str, ...]
    normaliser: Normaliser
    prototypes: np.ndarray
    owners: np.ndarray
    class_offsets: np.ndarray
    threshold: float = np.inf

    __repr__ = short_repr

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return self.prototypes.shape[1]

    @property
    def n_parameters(self) -> int:
        """The numbers of all prototypes."""
        return self.prototypes.size

    @property
    def in_words(self) -> str:
        """How many prototypes it has."""
        if len(self.prototypes) == len(self.class_offsets):
            return "the mean recording of each gesture"
        return f"{len(self.prototypes)} prototypes, typical recordings of the gestures"

    def scaled(self, rows: np.ndarray) -> np.ndarray:
        """The rows as the normaliser scales them."""
        return self.normaliser.apply(rows)

    def distances(self, x: np.ndarray) -> np.ndarray:
        """The squared distance of normalised rows from each label's nearest prototype, in steps of
        the board's integers: (n, n_inputs) -> (n, n_labels).
        """
        x, others = x / INPUT_STEP, self.prototypes / INPUT_STEP
        squares = (x**2).sum(axis=1)[:, None] - 2 * x @ others.T + (others**2).sum(axis=1)
        of_label = [squares[:, self.owners == c].min(axis=1) for c in range(self.n_labels)]
        return np.maximum(np.stack(of_label, axis=1), 0.0)

    @property
    def n_labels(self) -> int:
        """The number of labels."""
        return len(self.class_offsets)

    def largest_square(self, label: int) -> float:
        """The largest squared distance, as in :meth:`distances`, that still counts as known."""
        octaves = (self.threshold + float(self.class_offsets[label])) / CONFIDENCE_OCTAVE
        return max(OCTAVE * (float(np.exp2(min(octaves, 999.0))) - 1.0), 0.0)

    def classify(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As above; the score of "other" is 0, and all others are negative."""
        octaves = _octaves(self.distances(self.scaled(rows)))
        scores = -octaves * OCTAVE * IntegerNearest.SCORE_STEP
        best = scores.argmax(axis=1)
        distance = CONFIDENCE_OCTAVE * octaves[np.arange(len(best)), best]
        confidence = self.threshold + self.class_offsets[best] - distance
        return np.append(scores, np.zeros((len(scores), 1)), axis=1), best, confidence

    def loss(self, rows: np.ndarray, targets: np.ndarray) -> float:
        """Without "other", which no prototype stands for."""
        return float(cross_entropy(self.classify(rows)[0][:, :-1], targets)[0])

    def with_threshold(self, threshold: int) -> NearestModel:
        """The same model with another threshold of "unknown"."""
        return replace(self, threshold=float(threshold))

    def with_shift(self, shift: np.ndarray) -> NearestModel:
        """The same with ``shift``, (n_labels,), added to the class offsets."""
        return replace(self, class_offsets=self.class_offsets + shift)

    def with_class_offsets(self, x: np.ndarray, targets: np.ndarray) -> NearestModel:
        """The same with class offsets: the mean distance, as a logarithm, of each label's
        normalised rows from its own prototypes, minus the mean over all labels.
        """
        distance = CONFIDENCE_OCTAVE * _octaves(self.distances(x))
        own = [distance[targets == c, c].mean() for c in range(self.n_labels)]
        return replace(self, class_offsets=np.array(own) - np.mean(own))

    def integers(self) -> IntegerNetwork:
        """The integer model. Raises ModelError where the features cannot be scaled."""
        limit = ACTIVATION_LIMIT
        prototypes = np.clip(round_half_up(self.prototypes / INPUT_STEP), -limit, limit)
        radius = round_half_up(self.class_offsets) + (
            round_half_up(np.array(self.threshold)) if np.isfinite(self.threshold) else OPEN
        )
        return IntegerNetwork(
            self.groups,
            [
                quantize_scale(self.normaliser),
                IntegerNearest(prototypes.astype(np.int8), self.owners.astype(np.int64)),
            ],
            replace(
                IntegerNoveltyDetector.open(self.n_labels),
                radius=np.clip(radius, -OPEN, OPEN),
                margin_limit=(1 << 15) - 1,
                margin_factor=round(CONFIDENCE_OCTAVE / OCTAVE * (1 << MARGIN_SHIFT)),
            ),
        )

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Normaliser, prototypes and thresholds."""
        return {"threshold": self.threshold}, {
            "mean": self.normaliser.mean,
            "scale": self.normaliser.scale,
            "prototypes": self.prototypes,
            "owners": self.owners.astype(np.float64),
            "class_offsets": self.class_offsets,
        }

    @classmethod
    def of_parts(
        cls,
        facts: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        groups: tuple[str, ...],
        n_labels: int,
    ) -> NearestModel:
        """As above."""
        threshold, owners = facts["threshold"], arrays["owners"]
        if type(threshold) not in (int, float):
            raise ValueError(f"threshold is {threshold!r}")
        if not np.array_equal(np.unique(owners), np.arange(n_labels)):
            raise ValueError("a label without a prototype")
        return cls(
            groups,
            Normaliser(arrays["mean"], arrays["scale"]),
            arrays["prototypes"],
            owners.astype(np.int64),
            arrays["class_offsets"],
            float(threshold),
        )


def _octaves(squares: np.ndarray) -> np.ndarray:
    """How often squared distances have doubled, from 0 for 0: the counterpart of the integers."""
    return np.log2(squares / OCTAVE + 1.0)
