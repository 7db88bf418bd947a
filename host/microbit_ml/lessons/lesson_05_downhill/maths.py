"""The maths of lesson 5: change a line here, and run the lesson again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)


def square(w: float) -> float:
    """The simplest valley: its lowest point is at 0."""
    return w * w


def slope_between(height: Callable[[float], float], w: float, h: float) -> float:
    """The climb for each unit to the right, measured with a step h."""
    return (height(w + h) - height(w)) / h


def slope_of_square(w: Number) -> Number:
    """The exact slope of w² at w."""
    return 2 * w


def factor(rate: float) -> float:
    """The number that one step in the valley w² multiplies w by."""
    return 1 - 2 * rate


def valley(w: np.ndarray, steepness: float) -> np.ndarray:
    """The height over two weights: (..., 2) -> (...). It is steeper along the second."""
    return w[..., 0] ** 2 + steepness * w[..., 1] ** 2


def valley_gradient(w: np.ndarray, steepness: float) -> np.ndarray:
    """The slope along each of the two weights."""
    return np.array([2 * w[0], 2 * steepness * w[1]])


def agreement(a: np.ndarray, b: np.ndarray) -> float:
    """Cosine similarity: 1 for the same direction, 0 for a right angle, -1 for opposite ones."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
