"""Nearest neighbour: a few prototypes for each label; the nearest one wins."""

from __future__ import annotations

import numpy as np

from microbit_ml.training.kinds.centroid import CentroidKind
from microbit_ml.training.kinds.model_kind import register
from microbit_ml.training.prototypes import fit_prototypes

MOST_PROTOTYPES = 28  # 1,512 bytes with all 54 features


@register
class NeighbourKind(CentroidKind):
    """Nearest neighbour among prototypes instead of all recordings, which no V1 has room for.

    Every label has as many. One neighbour decides: of so few prototypes, the next ones already
    belong to other labels.
    """

    NAME, TITLE = "knn", "nearest neighbour"

    def prototypes(
        self, x: np.ndarray, targets: np.ndarray, original: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """As above, of recordings and augmented samples together."""
        per_label = max(1, MOST_PROTOTYPES // (int(targets.max()) + 1))
        return fit_prototypes(x, targets, per_label, rng)
