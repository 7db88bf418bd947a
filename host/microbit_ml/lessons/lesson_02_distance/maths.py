"""The maths of lesson 2: change a line here, and run the lesson again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Numbers = Sequence[int] | np.ndarray
TENTHS = 10  # steps of the numbers on paper in one standard deviation


def mean_of(numbers: Numbers) -> float:
    """Add them up, and share the sum out evenly."""
    total = 0
    for number in numbers:
        total = total + int(number)
    return total / len(numbers)


def standard_deviation(numbers: Numbers) -> float:
    """The root of the mean of the squared differences from the mean."""
    mean = mean_of(numbers)
    squares = [(int(number) - mean) ** 2 for number in numbers]
    return float(np.sqrt(sum(squares) / len(squares)))


def mean_change(numbers: Numbers) -> float:
    """How far it is from one number to the next, on average, up or down alike."""
    changes = [abs(int(b) - int(a)) for a, b in pairwise(numbers)]
    return sum(changes) / len(changes)


def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Multiply place by place, and add up."""
    total = 0.0
    for i in range(len(a)):
        total = total + a[i] * b[i]
    return total


def norm(a: np.ndarray) -> float:
    """The length of a vector."""
    return float(np.sqrt(dot(a, a)))


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """How far a and b lie apart: the length of their difference."""
    return norm(a - b)


def whole(numbers: np.ndarray) -> np.ndarray:
    """The nearest whole numbers; a half goes up."""
    return np.floor(numbers + 0.5).astype(int)


def on_paper(points: np.ndarray, center: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Scaled features in tenths of a spread, to the nearest whole number: (n, 2) -> (n, 2)."""
    return whole(TENTHS * (points - center) / spread)


def nearest(point: np.ndarray, centroids: np.ndarray) -> int:
    """The place of the centroid that is nearest to the point, the first of equals."""
    squares = [dot(point - centroid, point - centroid) for centroid in centroids]
    return squares.index(min(squares))
