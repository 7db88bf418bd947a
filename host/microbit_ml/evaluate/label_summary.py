"""Summary statistics of each label of a data set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.evaluate.problems import clipped_fraction, seconds_of
from microbit_ml.recordings import Dataset, Recording


@dataclass(frozen=True)
class LabelSummary:
    """The recordings of one label.

    recordings, samples: counts; subjects: the number of people known to have made them;
    shortest_s, median_s, longest_s: durations, to the millisecond; clipped: the fraction of
    samples with an axis at the end of the sensor's range, 0 to 1 with four digits.
    """

    recordings: int
    subjects: int
    shortest_s: float
    median_s: float
    longest_s: float
    samples: int
    clipped: float

    @classmethod
    def of(cls, recordings: list[Recording], rate_hz: float) -> LabelSummary:
        """Summarise one or more recordings; rate_hz: that of their data set."""
        seconds = [seconds_of(recording, rate_hz) for recording in recordings]
        return cls(
            recordings=len(recordings),
            subjects=len({recording.subject for recording in recordings} - {""}),
            shortest_s=round(min(seconds), 3),
            median_s=round(float(np.median(seconds)), 3),
            longest_s=round(max(seconds), 3),
            samples=sum(len(recording) for recording in recordings),
            clipped=round(clipped_fraction(recordings), 4),
        )

    def as_json(self) -> dict[str, object]:
        """The same numbers for ``json.dumps``."""
        return {
            "recordings": self.recordings,
            "subjects": self.subjects,
            "seconds": {
                "min": self.shortest_s,
                "median": self.median_s,
                "max": self.longest_s,
            },
            "samples": self.samples,
            "clipped": self.clipped,
        }


def summarize(data: Dataset) -> dict[str, LabelSummary]:
    """The summary of each label that has recordings, sorted by name; "" is for those without."""
    return {
        label: LabelSummary.of(recordings, data.rate_hz)
        for label, recordings in data.by_label().items()
    }
