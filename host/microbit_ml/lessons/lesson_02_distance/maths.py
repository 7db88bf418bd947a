"""The maths of lesson 2: change a line here, and run the lesson again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Numbers = Sequence[int] | np.ndarray
TENTHS = 10  # the numbers on paper are in tenths of a standard deviation


def mean_of(numbers: Numbers) -> float:
    """Add them up and divide by how many there are."""
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
    """The average change from one number to the next, whether up or down."""
    changes = [abs(int(b) - int(a)) for a, b in pairwise(numbers)]
    return sum(changes) / len(changes)


def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Multiply the vectors number by number, and add up the results."""
    total = 0.0
    for i in range(len(a)):
        total = total + a[i] * b[i]
    return total


def norm(a: np.ndarray) -> float:
    """The length of a vector."""
    return float(np.sqrt(dot(a, a)))


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """How far apart a and b are: the length of their difference."""
    return norm(a - b)


def whole(numbers: np.ndarray) -> np.ndarray:
    """The nearest whole numbers; a half goes up."""
    return np.floor(numbers + 0.5).astype(int)


def on_paper(points: np.ndarray, center: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Scaled features in tenths, to the nearest whole number: (n, 2) -> (n, 2)."""
    return whole(TENTHS * (points - center) / scale)


def nearest(point: np.ndarray, centroids: np.ndarray) -> int:
    """The index of the centroid that is nearest to the point; the first if several are."""
    squares = [dot(point - centroid, point - centroid) for centroid in centroids]
    return squares.index(min(squares))
