"""The maths of lesson 6: change a line here, and run the lesson again."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np


@dataclass(frozen=True)
class Paper:
    """What is on the sheet: a movement with two features, and a 2-2-2 network.

    w1[i][j]: the weight from input i to hidden neuron j; b1[j]: its bias; w2, b2: the same from
    the hidden neurons to the scores; right: the index of the true label.
    """

    x: tuple[float, ...] = (1.0, 2.0)
    w1: tuple[tuple[float, ...], ...] = ((1.0, -1.0), (0.5, 1.0))
    b1: tuple[float, ...] = (0.0, -0.5)
    w2: tuple[tuple[float, ...], ...] = ((1.0, 0.5), (-0.5, 1.0))
    b2: tuple[float, ...] = (0.0, 0.0)
    right: int = 1


BOTH = (0, 1)
PAPER = Paper()
BLOCKED = Paper(x=(2.0, 1.0))
NAMES = (
    *("x₁→h₁", "x₁→h₂", "x₂→h₁", "x₂→h₂", "bias h₁", "bias h₂"),
    *("h₁→s₁", "h₁→s₂", "h₂→s₁", "h₂→s₂", "bias s₁", "bias s₂"),
)


@dataclass(frozen=True)
class Forward:
    """Results of the forward pass. z: hidden sums; h: after ReLU; s: scores; p: probabilities."""

    z: list[float]
    h: list[float]
    s: list[float]
    p: list[float]
    loss: float


def forward(paper: Paper) -> Forward:
    """The forward pass, as on paper."""
    z = [paper.x[0] * paper.w1[0][j] + paper.x[1] * paper.w1[1][j] + paper.b1[j] for j in BOTH]
    h = [max(z[j], 0.0) for j in BOTH]
    s = [h[0] * paper.w2[0][j] + h[1] * paper.w2[1][j] + paper.b2[j] for j in BOTH]
    e = [exp(s[j]) for j in BOTH]
    p = [e[j] / sum(e) for j in BOTH]
    return Forward(z, h, s, p, -log(p[paper.right]))


@dataclass(frozen=True)
class Backward:
    """Results of the backward pass: the slope of the loss for each number."""

    s: list[float]
    w2: list[list[float]]
    h: list[float]
    z: list[float]
    w1: list[list[float]]

    def in_order(self) -> np.ndarray:
        """The slopes of all weights and biases, (12,), in the order of ``NAMES``."""
        return np.array([*self.w1[0], *self.w1[1], *self.z, *self.w2[0], *self.w2[1], *self.s])


def backward(paper: Paper, f: Forward) -> Backward:
    """The backward pass, as on paper: from the scores back to the first layer."""
    s = [f.p[j] - (j == paper.right) for j in BOTH]
    w2 = [[f.h[i] * s[j] for j in BOTH] for i in BOTH]
    h = [paper.w2[i][0] * s[0] + paper.w2[i][1] * s[1] for i in BOTH]
    z = [h[j] if f.z[j] > 0 else 0.0 for j in BOTH]
    w1 = [[paper.x[i] * z[j] for j in BOTH] for i in BOTH]
    return Backward(s, w2, h, z, w1)


def chain(outer_slope: float, inner_slope: float) -> float:
    """The slope of two functions in a row."""
    return outer_slope * inner_slope
