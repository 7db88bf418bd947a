"""The maths of lesson 7: change a line here, and run the lesson again."""

from __future__ import annotations

import numpy as np

from microbit_ml.network import Network


def fraction_right(predicted: np.ndarray, truth: np.ndarray) -> float:
    """The fraction of all answers that are right."""
    right = int((predicted == truth).sum())
    return right / len(truth)


def weight_size(network: Network) -> float:
    """The size of a typical weight: the root of the mean of their squares."""
    return float(np.sqrt((network.parameters[network.is_weight > 0] ** 2).mean()))
