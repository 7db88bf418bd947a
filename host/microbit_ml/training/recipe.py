"""The recipe of training: what is the same for one model and for those of many folds together.

Recordings are prepared (``prepare.py``) and models fitted (``kinds/``); each model is asked about
recordings that it did not learn from; where a kind has two variants, both are fitted, and the
answers say which is kept, and where the threshold of "unknown" lies (``unknown_threshold.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from microbit_ml.quantize import FittedModel, Prediction
from microbit_ml.training.kinds import ModelKind

CLEARLY_BETTER = 0.8  # of the held-out loss: what a second variant must reach
Variant = TypeVar("Variant")


@dataclass(frozen=True, eq=False)
class Asked:
    """What one model predicts of rows that it did not learn from, with a limit of 0.

    integer: as the board computes it; real: in real numbers.
    """

    integer: Prediction
    real: Prediction

    def __getitem__(self, rows: slice) -> Asked:
        return Asked(self.integer[rows], self.real[rows])


def ask(kind: ModelKind, model: FittedModel, learned: np.ndarray, rows: np.ndarray) -> Asked:
    """Ask a fold's model about rows, int (n, n_inputs), that it did not learn from.

    learned: rows of the recordings that it learned from, by which its integers are calibrated.
    """
    model = model.with_threshold(0)
    return Asked(kind.integers(model, learned).run_rows(rows), model.run_rows(rows))


def choose(variants: Sequence[Variant], losses: Sequence[float]) -> Variant:
    """The first variant, or the second where its held-out loss is clearly lower."""
    if len(variants) > 1 and losses[1] < CLEARLY_BETTER * losses[0]:
        return variants[1]
    return variants[0]
