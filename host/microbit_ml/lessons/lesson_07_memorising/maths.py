"""The maths of lesson 7: change a line here, and run the lesson again."""

from __future__ import annotations

import numpy as np

from microbit_ml.network import Network


def share_right(said: np.ndarray, truth: np.ndarray) -> float:
    """Of all answers, the share that is right."""
    right = int((said == truth).sum())
    return right / len(truth)


def weight_size(network: Network) -> float:
    """How large the weights usually are: the root of the mean of their squares."""
    return float(np.sqrt((network.parameters[network.is_weight > 0] ** 2).mean()))
