"""The twin of a watched board: from the same samples, it must compute the same integers."""

from __future__ import annotations

from collections import deque

import numpy as np

from microbit_ml.board.watching import Decision, Sample
from microbit_ml.quantize import IntegerNetwork


class Twin:
    """Recomputes each decision of a board from the samples that it sent.

    ``same``, ``different`` and ``unchecked`` count decisions; unchecked are those with lost samples
    in their window.
    """

    def __init__(self, network: IntegerNetwork, window: int) -> None:
        self.same = self.different = self.unchecked = 0
        self._network = network
        self._samples: deque[Sample] = deque(maxlen=window)

    def add(self, sample: Sample) -> None:
        """A sample that the board sent."""
        self._samples.append(sample)

    def check(self, decision: Decision) -> Decision | None:
        """The twin's decision; None when samples of the window are missing."""
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
        """Whether all samples of the window that ends with this one are here."""
        samples = self._samples
        first = number - (samples.maxlen or 0) + 1
        return (
            len(samples) == samples.maxlen
            and samples[-1].number == number
            and samples[0].number == first
        )
