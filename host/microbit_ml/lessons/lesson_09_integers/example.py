"""The examples of lesson 9: programs for the board, an exam, and one neuron by hand."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from microbit_ml.evaluate import split_into_folds
from microbit_ml.lessons.material import LABELS, PEOPLE, SEED, TRAINING
from microbit_ml.lessons.session import Session
from microbit_ml.model import Model
from microbit_ml.quantize import input_rows
from microbit_ml.recordings import Dataset, Recording, simulate
from microbit_ml.training import train

from .maths import dense_layers, to_bits

EXAM_PEOPLE, LEAST_OF_LABEL = 12, 4
BIG_INTS = """
import gc
def taken(number):
    gc.collect()
    before = gc.mem_free()
    more = number + 1
    return before - gc.mem_free()
print(taken({below}), taken({limit}))
"""
PRODUCTS = """
from os import uname
from utime import ticks_us, ticks_diff
def time_of(weight, x):
    total = 0 * weight
    begin = ticks_us()
    for i in range(500):
        total += weight * x
    return ticks_diff(ticks_us(), begin) / 500
print('v2' if uname().machine[-1] == '3' else 'v1')
print(time_of(0.37, 1.5), time_of(37, 120))
"""


@dataclass(frozen=True, eq=False)
class Exam:
    """A model and recordings to test it on; ``held_out``: whether it has never seen these."""

    model: Model
    recordings: list[Recording]
    held_out: bool

    @classmethod
    def of(cls, s: Session) -> Exam:
        """Unseen simulated people, or half of the pupil's own recordings."""
        if not s.own:
            more = simulate(LABELS, PEOPLE + EXAM_PEOPLE, 2, seed=SEED)
            new = more.subset(lambda recording: recording.subject not in s.data.subjects)
            return cls(s.model, new.recordings, True)
        truth = [recording.label for recording in s.data]
        if min(truth.count(label) for label in s.data.labels) < LEAST_OF_LABEL:
            return cls(s.model, s.data.recordings, False)
        second = split_into_folds(truth, folds=2).tolist()
        training = [one for one, is_second in zip(s.data, second, strict=True) if not is_second]
        test = [one for one, is_second in zip(s.data, second, strict=True) if is_second]
        return cls(train(Dataset(training), seed=0, **TRAINING), test, True)

    def accuracy(self, rounded: Callable[[np.ndarray], np.ndarray]) -> float:
        """The fraction right when ``rounded`` was applied to each layer's weights."""
        network = copy.deepcopy(self.model.float_model.network)
        for layer in network.trainable_layers:
            layer.weights[:] = rounded(layer.weights)
        rows = input_rows(self.model.windows(self.recordings), self.model.network.groups)
        scores = network.forward(self.model.float_model.normaliser.apply(rows))
        return self.right(scores[:, :-1].argmax(axis=1))

    def right(self, best: np.ndarray) -> float:
        """The fraction of recordings whose label has this index; -1 is unknown."""
        names = [*self.model.labels, None]
        pairs = zip(self.recordings, best, strict=True)
        return float(np.mean([recording.label == names[i] for recording, i in pairs]))

    def with_bits(self, bits: int) -> float:
        """The fraction right with weights of so many bits."""
        return self.accuracy(lambda weights: to_bits(weights, bits))

    @property
    def n_weights(self) -> int:
        """The number of weights of the network."""
        return sum(layer.weights.size for layer in self.model.float_model.network.trainable_layers)


def unchanged(weights: np.ndarray) -> np.ndarray:
    """The weights as they are."""
    return weights


@dataclass(frozen=True, eq=False)
class ByHand:
    """A recording, and the inputs, weights and score of one neuron of the last layer.

    output: the index of the neuron; inputs: (n,) 0 to 255; weights: (n,) int8.
    """

    recording: Recording
    output: int
    inputs: np.ndarray
    weights: np.ndarray
    bias: int
    multiplier: int
    shift: int

    @classmethod
    def of(cls, s: Session) -> ByHand:
        """The neuron of the top-1 label, for the first recording."""
        recording = s.data.recordings[0]
        network = s.model.network
        x = input_rows(s.model.windows([recording]), network.groups)
        for stage in network.stages[:-1]:
            x = stage.apply(x)
        layer = dense_layers(s.model)[-1]
        best = int(layer.apply(x)[0, :-1].argmax())
        return cls(
            recording, best, x[0], layer.weights[best].astype(int), int(layer.bias[best]),
            int(layer.multiplier[best]), int(layer.shift[best]),
        )  # fmt: skip

    @property
    def products(self) -> np.ndarray:
        """Each input times its weight."""
        return self.inputs * self.weights

    @property
    def accumulator(self) -> int:
        """The sum of all products and the bias."""
        return int(self.products.sum()) + self.bias

    @property
    def score(self) -> int:
        """The accumulator, requantized: times multiplier, shifted, rounded half up."""
        half = 1 << (self.shift - 1)
        return (self.accumulator * self.multiplier + half) >> self.shift
