"""The threshold of "unknown": how confident a model must be before a movement counts as known.

On the board a confidence of 0 or more is known. Training moves that point: it adds an offset (the
"limit" of the gate) to every confidence, so that about as many recordings which it did not see are
known as was asked for.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.quantize import IntegerNetwork
from microbit_ml.recordings.negatives import synthetic_negatives
from microbit_ml.training.settings import Settings

N_VALIDATION_NEGATIVES = (
    1000  # made-up movements, not those of training, that tell what an offset costs
)


def threshold_offset(confidence: np.ndarray, accept_known: float) -> int:
    """The smallest offset with which about this share of recordings like these is known.

    confidence: (n,) of recordings that training did not see, with an offset of 0. The share need
    not fall onto a recording: between two of them, their confidences are interpolated.
    """
    return -int(np.floor(np.quantile(confidence, 1.0 - accept_known)))


def false_accept_rates(
    network: IntegerNetwork, offset: int, confidence: np.ndarray, options: Settings
) -> list[dict[str, float]]:
    """What each share of accepted gestures costs: how many random movements are then accepted.

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
    """Made-up movements that tell what an offset costs: int16 (1000, window, 3) in counts.

    The same seed gives the same ones, and never those that a model of this seed learned from.
    """
    rng = np.random.default_rng(seed + 1)
    return synthetic_negatives(N_VALIDATION_NEGATIVES, window, rate_hz, rng)
