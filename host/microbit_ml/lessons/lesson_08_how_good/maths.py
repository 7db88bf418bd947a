"""The maths of lesson 8: change a line here, and run the lesson again."""

from __future__ import annotations

import numpy as np

from microbit_ml.metrics import (
    score,
)
from microbit_ml.metrics.significance import CONFIDENCE_LEVEL
from microbit_ml.recordings import Recording
from microbit_ml.recordings.recording import COUNTS_PER_G

FALLS, MOVEMENTS = 5, 100


def count_by_hand(truth: list, predicted: list, labels: list) -> np.ndarray:
    """One tick for each answer: the row is the true label, the column the predicted one."""
    table = np.zeros((len(labels), len(labels)), dtype=int)
    for true, guess in zip(truth, predicted, strict=True):
        table[labels.index(true), labels.index(guess)] += 1
    return table


def never_rings(falls: float) -> str:
    """The scores of an alarm that never rings."""
    n_falls = round(falls)
    truth = ["fall"] * n_falls + ["no fall"] * (MOVEMENTS - n_falls)
    scores = score(truth, ["no fall"] * MOVEMENTS, ["fall", "no fall"])
    recall = scores.classes[0].recall
    return f"falls: {n_falls}; accuracy {scores.accuracy:.2f}; recall of falls {recall:.2f}"


def strongest_g(recording: Recording) -> float:
    """The norm of the largest acceleration in a recording, in g."""
    return float(np.linalg.norm(recording.samples, axis=1).max() / COUNTS_PER_G)


def draw_again(right: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw as many answers as there are, each from all of them: some come twice."""
    return rng.integers(len(right), size=len(right))


def could_be_wrong(n: int) -> float:
    """The fraction of all answers that could be wrong although an exam of n shows no mistake.

    Such an exam then happens one time in twenty: (1 - fraction) ** n is 1 - CONFIDENCE_LEVEL.
    """
    return 1 - (1 - CONFIDENCE_LEVEL) ** (1 / n)
