"""The example of lesson 3: its recordings, and the numbers made from them."""

from __future__ import annotations

import numpy as np

from microbit_ml.model import Model
from microbit_ml.network import Adam, BalancedBatches, Network, fit
from microbit_ml.quantize import input_rows
from microbit_ml.recordings import Recording

from .maths import position

# The four positions for the door: how far the board is rolled to the right, in degrees.
ROLLS = {"left, face up": -45, "right, face up": 45, "left, face down": -135,
         "right, face down": 135}  # fmt: skip
OPENS = np.array([1, 0, 0, 1])  # whether each of them opens the door
STEPS, STARTS, RATE = 150, 6, 0.05  # of training for the door
TRIES = 10_000
POSITIONS = np.array([position(roll) for roll in ROLLS.values()])


def random_neurons(n: int) -> np.ndarray:
    """The number of positions that each of n neurons with random weights gets right: (n,)."""
    rng = np.random.default_rng(0)
    weights, bias = rng.normal(size=(n, 2)), rng.normal(size=(n, 1))
    opens = weights @ POSITIONS.T + bias > 0  # (n, 4)
    return (opens == OPENS).sum(axis=1)


def trained_door(hidden: str, start: int = 0) -> Network:
    """A network trained on the door; hidden: "" for no hidden layer, "4" for one of four."""
    network = Network(hidden, 2, 2, np.random.default_rng(start))  # outputs: closed, open
    batches = BalancedBatches(POSITIONS, OPENS, 16, np.random.default_rng(start))
    fit(network, batches, Adam(RATE), steps=STEPS, weight_decay=0.0)
    return network


def door_right(network: Network) -> int:
    """The number of positions that the network gets right; the larger output decides."""
    return int((network.forward(POSITIONS).argmax(axis=1) == OPENS).sum())


def scaled_inputs(model: Model, recordings: list[Recording]) -> np.ndarray:
    """The inputs of the model's network for the recordings: (n, n_features)."""
    rows = input_rows(model.windows(recordings), model.network.groups)
    return model.float_model.normaliser.apply(rows)
