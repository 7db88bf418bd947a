"""The integer network: the NumPy twin, which predicts exactly what the board predicts.

Counts -> features (or the counts themselves) -> stages -> scores (logits); then the gate, a novelty
detector, decides between a known gesture and "unknown". Everything is an integer;
``arithmetic/ARITHMETIC.md`` specifies each step, ``device_file.py`` writes it for the board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.features import check_windows
from microbit_ml.kinds import IntegerNoveltyDetector, Record, Stage
from microbit_ml.quantize.float_model import MARGIN_LIMIT, input_rows
from microbit_ml.quantize.prediction import Prediction


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """Everything that the board needs to turn a window into a decision: a sequence of records.

    groups: the features that it computes (none: it uses the raw window); stages: they turn these
    into scores, one for each label and one more for "other"; gate: it decides whether the top-1
    label is known. A network's first stage scales its inputs, its last one is dense.
    """

    groups: tuple[str, ...]
    stages: Sequence[Stage]
    gate: IntegerNoveltyDetector

    __repr__ = short_repr

    @property
    def records(self) -> list[Record]:
        """All records that compute something, in the board's order."""
        return [*self.stages, self.gate]

    @property
    def layers(self) -> list[Stage]:
        """The stages between the first one and the scores: a network's hidden layers."""
        return list(self.stages[1:-1])

    def with_layers(self, layers: Sequence[Stage]) -> IntegerNetwork:
        """The same with other hidden layers."""
        return replace(self, stages=[self.stages[0], *layers, self.stages[-1]])

    def classify(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """rows: (n, n_inputs) -> scores (n, n_labels + 1), the last that of "other"; best (n,), the
        top-1 label; confidence in it (n,).
        """
        numbers = [rows]
        for stage in self.stages:
            numbers.append(stage.apply(numbers[-1]))
        *_, hidden, scores = numbers
        best = scores[:, :-1].argmax(axis=1)
        return scores, best, self.gate.confidence(numbers[1], hidden, scores, best)

    @property
    def score_step(self) -> float:
        """The value of one integer step of the scores, usually 1/64.

        ``model.bin`` does not hold it; the kind of the last stage fixes it, or it follows from the
        gate's margin limit. Where scores are so large that the limit is 0, the step is unknown: 6
        or more.
        """
        if self.stages[-1].SCORE_STEP is not None:
            return self.stages[-1].SCORE_STEP
        return MARGIN_LIMIT / max(self.gate.margin_limit, 1)

    def run(self, windows: np.ndarray) -> Prediction:
        """windows: int (n, window, 3) in counts -> the integers that the board computes.

        The confidence is how far a movement lies inside its label's acceptance radius, in 1/16
        octaves: 0 or more is known.
        """
        return self.run_rows(input_rows(check_windows(windows), self.groups))

    def run_rows(self, rows: np.ndarray) -> Prediction:
        """The same for the network's inputs: int (n, n_inputs), features or counts."""
        scores, _, confidence = self.classify(rows)
        features = rows if self.groups else rows[:, :0]
        return Prediction(scores[:, :-1], confidence, features, score_step=self.score_step)

    def with_threshold(self, threshold: int) -> IntegerNetwork:
        """The same network with ``threshold`` added to every label's acceptance radius."""
        return replace(self, gate=self.gate.widened(threshold))
