"""The twin beside a board that is watched: the same samples, and the same integers are expected."""

from __future__ import annotations

from collections import deque

import numpy as np

from microbit_ml.board.watching import Decision, Sample
from microbit_ml.quantize import IntegerNetwork


class Twin:
    """Computes each decision of a board once more, on the very samples that it sent.

    ``same``, ``different`` and ``unchecked`` count; unchecked are decisions some of whose samples
    were lost.
    """

    def __init__(self, network: IntegerNetwork, window: int) -> None:
        self.same = self.different = self.unchecked = 0
        self._network = network
        self._samples: deque[Sample] = deque(maxlen=window)

    def add(self, sample: Sample) -> None:
        """A sample that the board sent."""
        self._samples.append(sample)

    def check(self, decision: Decision) -> Decision | None:
        """What the twin decides; None when it does not know the whole window."""
        twin = self._decide(decision.number)
        if twin is None:
            self.unchecked += 1
        elif twin == decision:
            self.same += 1
        else:
            self.different += 1
        return twin

    def _decide(self, number: int) -> Decision | None:
        if not self._has_window(number):
            return None
        window = np.array([sample[1:] for sample in self._samples])
        result = self._network.run(window[None])
        return Decision(
            number,
            int(result.label_index[0]),
            int(result.confidence[0]),
            tuple(result.scores[0].tolist()),
        )

    def _has_window(self, number: int) -> bool:
        """Whether the samples are all those of the window that ends with this one."""
        samples = self._samples
        first = number - (samples.maxlen or 0) + 1
        return (
            len(samples) == samples.maxlen
            and samples[-1].number == number
            and samples[0].number == first
        )
