"""The model's twin on what a virtual board reads, live: it costs the board nothing.

A virtual board knows what its program has read from the accelerometer. The twin gets the same
samples and computes the same integers. Only when it predicts may differ from the board by a few
samples: the board does not report which sample was the first of its first window.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from microbit_ml.model import Model
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.sensors import Counts

SILENT_US = 500_000  # a program that has not read for so long does not read
BOOT_US = 3_000_000  # V1 takes 1.5 s to load a model
_SAME = 0.75  # of the model's period: a read so soon after another one is not a new sample
_GAP = 3  # periods: after so many without a sample the window starts again

Debounce = Callable[[int, int], int]
"""(predicted label or -1, confidence) -> the label to report, or -1."""


@dataclass(frozen=True)
class Twinned:
    """A prediction of the twin. label: an index, -1 for unknown; scores: logits, one a label."""

    label: int
    confidence: int
    scores: tuple[int, ...]


class LiveTwin:
    """Follows a board; ``now`` is its latest prediction, None before the first full window.

    debounce: the recognizer's rule. ``recognised`` is the latest label that it reported, or None,
    and ``recognised_us`` when.
    """

    def __init__(self, board: VirtualBoard, model: Model, debounce: Debounce) -> None:
        self.now: Twinned | None = None
        self.recognised: int | None = None
        self.recognised_us = 0
        self.labels = list(model.labels)
        self._board = board
        self._model = model
        self._debounce = debounce
        self._period_us = 1_000_000 / model.rate_hz
        self._window: deque[Counts] = deque(maxlen=model.window)
        self._countdown = model.window
        self._taken = 0  # readings of the board that were looked at
        self._latest_us = 0  # the latest sample

    @property
    def is_silent(self) -> bool:
        """Whether the program on the board does not read the accelerometer."""
        waits_us = SILENT_US if self._taken else BOOT_US
        return self._board.time_us - self._latest_us > waits_us

    def follow(self) -> None:
        """Take what the board has read since the last call."""
        for time_us, counts in self._board.read_since(self._taken):
            self._taken += 1
            since = time_us - self._latest_us
            if since < _SAME * self._period_us:
                continue
            if since > _GAP * self._period_us:
                self._window.clear()
                self._countdown = self._model.window
            self._latest_us = time_us
            self._window.append(counts)
            self._countdown -= 1
            if self._countdown == 0:
                self._countdown = self._model.hop
                self._predict(time_us)

    def _predict(self, time_us: int) -> None:
        result = self._model.network.run(np.array(self._window)[None])
        label, confidence = int(result.label_index[0]), int(result.confidence[0])
        self.now = Twinned(label, confidence, tuple(result.scores[0].tolist()))
        reported = self._debounce(label, confidence)
        if reported >= 0:
            self.recognised, self.recognised_us = reported, time_us
