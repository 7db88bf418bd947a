"""The recipe of training: what is the same for one model and for those of many folds together.

Recordings are prepared (``prepare.py``) and models fitted (``fitting.py``); each model is asked
about recordings that it did not learn from; two variants of the features' weights are fitted, and
the answers say which is kept and where the limit of "unknown" lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from microbit_ml.network import cross_entropy
from microbit_ml.quantize import FloatModel, IntegerNetwork, Prediction, quantize
from microbit_ml.recordings.negatives import other_movements
from microbit_ml.training.settings import Settings

CLEARLY_BETTER = 0.8  # of the held-out loss, for models that hear the timing loudly
JUDGING_OTHERS = 1000  # made-up movements, not those of training, that tell what a limit costs
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


def smallest_limit(confidence: np.ndarray, accept_known: float) -> int:
    """The smallest limit that calls about this share of recordings like these known.

    confidence: (n,) of recordings that training did not see, with a limit of 0. The share need not
    fall onto a recording: between two of them, their confidences are interpolated.
    """
    return -int(np.floor(np.quantile(confidence, 1.0 - accept_known)))


def costs_of(
    network: IntegerNetwork, limit: int, confidence: np.ndarray, options: Settings
) -> list[dict[str, float]]:
    """What each share of accepted gestures costs: how many random movements are then accepted."""
    others = judging_movements(options.seed, options.window, options.rate_hz)
    over = network.run(others).confidence - limit
    shares = sorted({0.9, 0.95, 0.99, options.accept_known})
    return [
        {
            "accept_known": share,
            "others_accepted": float((over + smallest_limit(confidence, share) >= 0).mean()),
        }
        for share in shares
    ]


def judging_movements(seed: int, window: int, rate_hz: float) -> np.ndarray:
    """Made-up movements that tell what a limit costs: int16 (1000, window, 3) in counts.

    The same seed gives the same ones, and never those that a model of this seed learned from.
    """
    rng = np.random.default_rng(seed + 1)
    return other_movements(JUDGING_OTHERS, window, rate_hz, rng)
