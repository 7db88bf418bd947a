"""The examples of lesson 6: the network on paper, built again with the kit's layers."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

import numpy as np

from microbit_ml.lessons.lesson_05_downhill.maths import slope_between
from microbit_ml.network import Network, cross_entropy

from .maths import PAPER, Forward, Paper


def in_kit(paper: Paper) -> Network:
    """The same network, made of the kit's layers."""
    network = Network("2", len(paper.x), len(paper.b2), np.random.default_rng(0))
    first, last = network.trainable_layers
    first.weights[:], first.bias[:] = paper.w1, paper.b1
    last.weights[:], last.bias[:] = paper.w2, paper.b2
    return network


def kit_loss(network: Network, paper: Paper) -> float:
    """The cross-entropy of this movement, computed by the kit."""
    return float(cross_entropy(network.forward(np.array([paper.x])), np.array([paper.right]))[0])


def kit_gradient(network: Network, paper: Paper) -> np.ndarray:
    """The gradient for all weights and biases, computed by the kit's forward and backward pass."""
    scores = network.forward(np.array([paper.x]))
    network.backward(cross_entropy(scores, np.array([paper.right]))[1])
    return network.gradient.copy()


def finite_difference(network: Network, paper: Paper, index: int, h: float) -> float:
    """The slope for one weight by a finite difference: two forward passes."""
    kept = float(network.parameters[index])

    def loss(weight: float) -> float:
        network.parameters[index] = weight
        return kit_loss(network, paper)

    slope = slope_between(loss, kept, h)
    network.parameters[index] = kept
    return slope


def loss_over_score(f: Forward, j: int) -> Callable[[float], float]:
    """The loss as a function of score j alone; the other score stays as it is."""
    other = f.s[1 - j]

    def loss(score: float) -> float:
        true = score if j == PAPER.right else other
        return -log(exp(true) / (exp(score) + exp(other)))

    return loss


def decimals(a: np.ndarray, b: np.ndarray) -> int:
    """To how many decimals two vectors agree in every element, within machine precision."""
    return int(-np.log10(max(float(np.abs(a - b).max()), 1e-15)))


def loss_after_step(rate: float) -> float:
    """The loss of the same movement after one step against the gradient."""
    network = in_kit(PAPER)
    network.parameters -= rate * kit_gradient(network, PAPER)
    return kit_loss(network, PAPER) + 0.0  # not -0.0, which minus log(1) is


def multiplications(network: Network) -> tuple[int, int]:
    """Multiplications of the forward and of the backward pass for one recording.

    Forward: one for each weight. Backward: one for each weight's slope; in every layer but the
    first, one more for each weight to pass the gradient on.
    """
    sizes = [layer.weights.size for layer in network.trainable_layers]
    return sum(sizes), sum(sizes) + sum(sizes[1:])


def gradient_cost(network: Network) -> tuple[int, int]:
    """Multiplications for the whole gradient: by backpropagation, and by finite differences.

    Finite differences need one forward pass, and another one for each weight and bias.
    """
    ahead, back = multiplications(network)
    return ahead + back, ahead * (network.parameters.size + 1)
