"""The threshold of "unknown": how confident a model must be before a movement counts as known.

On the board a confidence of 0 or more is known. Training moves that point: it adds an offset (the
novelty detector's ``threshold``) to every confidence, such that about the requested fraction
(``accept_known``) of held-out recordings is accepted as known.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.quantize import IntegerNetwork
from microbit_ml.recordings.negatives import synthetic_negatives
from microbit_ml.training.settings import Settings

N_VALIDATION_NEGATIVES = 1000  # synthetic negatives that training does not use


def threshold_offset(confidence: np.ndarray, accept_known: float) -> int:
    """The smallest offset that accepts about the fraction ``accept_known`` as known.

    confidence: (n,) of held-out recordings, with an offset of 0. The offset is a quantile of
    these; between two recordings it is interpolated.
    """
    return -int(np.floor(np.quantile(confidence, 1.0 - accept_known)))


def false_accept_rates(
    network: IntegerNetwork, offset: int, confidence: np.ndarray, options: Settings
) -> list[dict[str, float]]:
    """The false-accept rate of synthetic negatives for several fractions of accepted gestures.

    network: with this offset; confidence: as for :func:`threshold_offset`.
    """
    negatives = validation_negatives(options.seed, options.window, options.rate_hz)
    without = network.run(negatives).confidence - offset
    fractions = sorted({0.9, 0.95, 0.99, options.accept_known})
    return [
        {
            "accept_known": fraction,
            "false_accept_rate": float(
                (without + threshold_offset(confidence, fraction) >= 0).mean()
            ),
        }
        for fraction in fractions
    ]


def validation_negatives(seed: int, window: int, rate_hz: float) -> np.ndarray:
    """Synthetic negatives to measure the false-accept rate: int16 (1000, window, 3) in counts.

    The same seed gives the same ones, and never those that a model of this seed was trained on.
    """
    rng = np.random.default_rng(seed + 1)
    return synthetic_negatives(N_VALIDATION_NEGATIVES, window, rate_hz, rng)
