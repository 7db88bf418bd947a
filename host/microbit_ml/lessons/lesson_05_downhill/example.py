"""The example of lesson 5: its recordings, and the numbers made from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from microbit_ml.lessons.session import Session
from microbit_ml.network import SGD, Adam, Network, RMSProp, cross_entropy
from microbit_ml.network.optimizers import Optimizer
from microbit_ml.quantize import input_rows

from .maths import slope_of_square, valley_gradient

START = 4.0  # where the walk in the valley w² begins
RATE = 0.25
POINT = 3.0  # where the slope is measured
SMALL_STEPS = (1.0, 0.1, 0.01, 0.001)
WALK = 10  # steps on one weight
START_TWO = (-4.0, 2.0)
ROUND, NARROW = 4.0, 20.0  # how much steeper the valley is along the second weight
RATE_ROUND, RATE_NARROW = 0.1, 0.045
RACE = 20  # steps
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
FAR = 100.0  # a walker that is further away than this has left the map


def walk(
    optimizer: Optimizer,
    start: tuple[float, ...],
    gradient: Callable[[np.ndarray], np.ndarray],
    steps: int,
) -> np.ndarray:
    """The path of one of the kit's optimizers, start included: (steps + 1, n_weights)."""
    weights = np.array(start, dtype=float)
    path, take_step = [weights.copy()], optimizer.step
    for _ in range(steps):
        take_step(weights, gradient(weights))
        path.append(weights.copy())
    return np.stack(path)


def walk_on_square(rate: float, steps: int = WALK) -> np.ndarray:
    """Plain gradient descent in the valley w², from START."""
    return walk(SGD(rate, momentum=0.0), (START,), slope_of_square, steps)[:, 0]


def rows_and_targets(s: Session) -> tuple[np.ndarray, np.ndarray]:
    """The network's inputs for each recording (n, n_inputs), and the label's index (n,)."""
    rows = input_rows(s.model.windows(s.data), s.model.network.groups)
    targets = np.array([s.model.labels.index(recording.label) for recording in s.data])
    return s.model.float_model.normaliser.apply(rows), targets


def losses_along(
    network: Network, index: int, values: np.ndarray, x: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """The loss with one parameter at each of these values, and all others unchanged."""
    kept = network.parameters[index]
    losses = []
    for value in values:
        network.parameters[index] = value
        losses.append(float(cross_entropy(network.forward(x), targets)[0]))
    network.parameters[index] = kept
    return np.array(losses)


def a_weight_that_matters(network: Network, x: np.ndarray, targets: np.ndarray) -> int:
    """The index of the last layer's weight that raises the loss most, both ways if possible."""
    last = network.trainable_layers[-1]
    first = network.parameters.size - last.bias.size - last.weights.size
    losses = [
        losses_along(network, i, network.parameters[i] + np.array([-3, 0, 3]), x, targets)
        for i in range(first, first + last.weights.size)
    ]
    rises = [sorted((left - here, right - here)) for left, here, right in losses]
    return first + int(np.argmax([less + more / 10 for less, more in rises]))


def walk_with_two_steps() -> tuple[float, float]:
    """The changes of w₁ in the first and the second step with momentum."""
    path = walk(SGD(RATES[1]), START_TWO, lambda w: valley_gradient(w, NARROW), 2)
    moved = np.diff(path[:, 0])
    return float(moved[0]), float(moved[1])


WALKERS: dict[str, Callable[[float], Optimizer]] = {
    "plain SGD": lambda rate: SGD(rate, momentum=0.0),
    "momentum": lambda rate: SGD(rate),
    "RMSProp": lambda rate: RMSProp(rate),
    "Adam": lambda rate: Adam(rate),
}


def race(name: str, rate: float) -> np.ndarray:
    """The path of one walker through the narrow valley: (RACE + 1, 2)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return walk(WALKERS[name](rate), START_TWO, lambda w: valley_gradient(w, NARROW), RACE)


def left_to_go(path: np.ndarray) -> float:
    """The distance from the end of a path to the minimum, which is at (0, 0)."""
    return float(np.linalg.norm(path[-1]))


def best_rate_of(name: str) -> float:
    """The rate in ``RATES`` that brings a walker nearest to the minimum."""
    return min(RATES, key=lambda rate: left_to_go(race(name, rate)))


def gradient_of(network: Network, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The gradient of the loss on these rows, for all parameters at once."""
    network.backward(cross_entropy(network.forward(x), targets)[1])
    return network.gradient.copy()


def loss_after(x: np.ndarray, targets: np.ndarray, size: int, steps: int) -> float:
    """The loss on all rows after some steps of plain SGD with batches of this size."""
    network = Network("16", x.shape[1], int(targets.max()) + 1, np.random.default_rng(1))
    take_step, rng = SGD(momentum=0.0).step, np.random.default_rng(3)
    for _ in range(steps):
        drawn = rng.permutation(len(x))[:size]
        take_step(network.parameters, gradient_of(network, x[drawn], targets[drawn]))
    return float(cross_entropy(network.forward(x), targets)[0])
