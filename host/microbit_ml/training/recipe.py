"""The steps of training that ``train`` and cross-fitting share.

Prepare the recordings (``prepare.py``) and fit models (``kinds/``); let each model predict
recordings that it was not trained on; where a kind has two variants, fit both. The held-out
predictions choose the variant and the threshold of "unknown" (``unknown_threshold.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from microbit_ml.quantize import FittedModel, Prediction
from microbit_ml.training.kinds import ModelKind

CLEARLY_BETTER = 0.8  # of the first variant's held-out loss: the second must be below that
Variant = TypeVar("Variant")


@dataclass(frozen=True, eq=False)
class UnseenPrediction:
    """What one model predicts for rows that it was not trained on, with a threshold of 0.

    integer: as the board computes it; real: in real numbers.
    """

    integer: Prediction
    real: Prediction

    def __getitem__(self, rows: slice) -> UnseenPrediction:
        return UnseenPrediction(self.integer[rows], self.real[rows])


def predict_unseen(
    kind: ModelKind, model: FittedModel, training_rows: np.ndarray, rows: np.ndarray
) -> UnseenPrediction:
    """Let a fold's model predict rows, int (n, n_inputs), that it was not trained on.

    training_rows: those of its training recordings, which calibrate the quantization.
    """
    model = model.with_threshold(0)
    integers = kind.integers(model, training_rows)
    return UnseenPrediction(integers.run_rows(rows), model.run_rows(rows))


def choose(variants: Sequence[Variant], losses: Sequence[float]) -> Variant:
    """The first variant, or the second where its held-out loss is clearly lower."""
    if len(variants) > 1 and losses[1] < CLEARLY_BETTER * losses[0]:
        return variants[1]
    return variants[0]
