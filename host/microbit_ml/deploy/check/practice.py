"""The practice model: what a board is checked with when nobody names a model."""

from __future__ import annotations

from functools import lru_cache

from microbit_ml.model import Model
from microbit_ml.recordings import simulate
from microbit_ml.training import train

LABELS = ("shake", "still", "tap")
PEOPLE, REPEATS, STEPS, SEED = 2, 2, 60, 1


@lru_cache(maxsize=1)
def practice_model() -> Model:
    """A small model of three simulated movements, always the same."""
    data = simulate(list(LABELS), people=PEOPLE, repeats=REPEATS, seed=SEED)
    return train(data, seed=SEED, steps=STEPS)
