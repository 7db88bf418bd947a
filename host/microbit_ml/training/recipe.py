"""The recipe of training: what is the same for one model and for those of many folds together.

Recordings are prepared (``prepare.py``) and models fitted (``fitting.py``); each model is asked
about recordings that it did not learn from; two variants of the features' weights are fitted, and
the answers say which is kept, and where the threshold of "unknown" lies
(``unknown_threshold.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from microbit_ml.network import cross_entropy
from microbit_ml.quantize import FloatModel, Prediction, quantize
from microbit_ml.training.settings import Settings

CLEARLY_BETTER = 0.8  # of the held-out loss, for models that hear the timing loudly
TIMING_GROUPS = {"order", "turn"}  # the features that tell when in the window something happens
Variant = TypeVar("Variant")


@dataclass(frozen=True, eq=False)
class Asked:
    """What one model predicts of rows that it did not learn from, with a limit of 0.

    integer: as the board computes it; real: the float network beside it.
    """

    integer: Prediction
    real: Prediction

    def __getitem__(self, rows: slice) -> Asked:
        return Asked(self.integer[rows], self.real[rows])


def ask(model: FloatModel, learned: np.ndarray, rows: np.ndarray) -> Asked:
    """Ask a fold's model about rows, int (n, n_inputs), that it did not learn from.

    learned: rows of the recordings that it learned from, by which its integers are calibrated.
    """
    model = model.with_limit(0)
    return Asked(quantize(model, learned).run_rows(rows), model.run_rows(rows))


def loss_of(model: FloatModel, rows: np.ndarray, targets: np.ndarray) -> float:
    """The mean cross-entropy of the float network on rows whose labels are targets (n,)."""
    scores, _, _ = model.classify(rows)
    return float(cross_entropy(scores, targets)[0])


def timings_of(options: Settings, start: FloatModel | None = None) -> tuple[str, ...]:
    """How loud the features of timing may be heard: both ways are tried where there are any.

    A gesture hardly ever starts at the same moment twice, so they are mostly noise; but left, then
    right and right, then left are alike in everything else. A model to go on from has chosen.
    """
    both = start is None and TIMING_GROUPS & set(options.features)
    return ("quiet", "loud") if both else ("quiet",)


def choose(variants: Sequence[Variant], losses: Sequence[float]) -> Variant:
    """The first variant, or the second where its held-out loss is clearly lower."""
    if len(variants) > 1 and losses[1] < CLEARLY_BETTER * losses[0]:
        return variants[1]
    return variants[0]
