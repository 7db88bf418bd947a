"""Streams: how well a model works on a board, on continuous data without cut recordings.

The board classifies the last ``window`` samples every ``hop`` samples, and a debouncing rule
decides when to report a gesture (:class:`Rule`, which matches ``debounce()`` of
``firmware/recognizer.py`` exactly). Each reported name, a detection, is matched with the gestures
of a :class:`~microbit_ml.recordings.simulation.streams.Stream`:

    found       the right name was reported between the gesture's start and 1 s after its end
    missed      it was not
    repeated    it was reported again in that time; every extra report counts
    wrong name  another gesture's name was reported in that time
    false alarm a gesture's name was reported at any other time
    delay       from the end of the gesture's movement to the sample at which the right name was
                first reported; negative if the hand was still moving

Background labels, such as "still", are not gestures: reporting them is never wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from microbit_ml.errors import DataError
from microbit_ml.model import Model, Prediction
from microbit_ml.quantize.prediction import joined
from microbit_ml.recordings import BACKGROUND
from microbit_ml.recordings.simulation.streams import Stream

AFTER_MS = 1000.0  # a name may be reported up to this long after the gesture's end
CHUNK = 2000  # windows computed at once: keeps memory below 100 MB

# Chosen with tests/benchmarks/streams.py; debounce() in firmware/recognizer.py uses the same.
ENOUGH = 6_000  # confidence times ms
AWAY_MS = 1000


@dataclass
class Rule:
    """The board's debouncing: when a run of predictions is reported.

    Each prediction of a known gesture is evidence for it: its confidence times the milliseconds
    since the last prediction. While predictions agree, their evidence adds up; another label, or
    "unknown", resets it. At ``enough`` the gesture is reported. So a clear gesture is reported
    early, an unclear one late, and a movement that looks like a gesture only for a moment not at
    all. The same gesture is reported again only after other predictions for ``away_ms`` without a
    break, or after another gesture was reported.

    step_ms: from one prediction to the next, hop times the sampling period.
    """

    step_ms: int
    enough: int = ENOUGH
    away_ms: int = AWAY_MS
    last: int = field(default=-1, init=False)
    detected: int = field(default=-1, init=False)
    evidence: int = field(default=0, init=False)
    away: int = field(default=0, init=False)

    def debounce(self, label: int, confidence: int) -> int:
        """Take a predicted label (-1: unknown), return the label to report, or -1 for nothing."""
        self.away = 0 if label == self.detected else self.away + self.step_ms
        if self.away >= self.away_ms:
            self.detected = -1
        if label != self.last:
            self.last = label
            self.evidence = 0
        if label < 0 or label == self.detected:
            return -1
        self.evidence += confidence * self.step_ms
        if self.evidence < self.enough:
            return -1
        self.detected = label
        self.away = 0
        return label


@dataclass(frozen=True)
class Detection:
    """A gesture that the board reported, and when: ms from the stream's start."""

    label: str
    time_ms: float


def predict_stream(model: Model, stream: Stream) -> tuple[Prediction, np.ndarray]:
    """The integer model's n predictions in a stream, at the first full window and then every hop,
    and their times in ms from the stream's start: (n,).

    Raises DataError when the stream is not at the model's rate, or shorter than its window.
    """
    if stream.rate_hz != model.rate_hz or len(stream.samples) < model.window:
        raise DataError(
            f"The model reads windows of {model.window} samples at {model.rate_hz:g} Hz, but the "
            f"stream {stream.name!r} has {len(stream.samples)} samples at {stream.rate_hz:g} Hz. "
            "Give a stream at the model's rate, at least as long as its window."
        )
    every = sliding_window_view(stream.samples, model.window, axis=0)[:: model.hop]
    windows = every.transpose(0, 2, 1)  # (n, window, 3)
    chunks = [model.network.run(windows[i : i + CHUNK]) for i in range(0, len(windows), CHUNK)]
    last_sample = model.window - 1 + model.hop * np.arange(len(windows))
    return replace(joined(chunks), names=model.labels), last_sample * 1000 / stream.rate_hz


def rule_of(model: Model, **constants: int) -> Rule:
    """The board's debouncing rule for this model; ``constants`` replace the board's."""
    return Rule(model.hop * round(1000 / model.rate_hz), **constants)


def detect(prediction: Prediction, time_ms: np.ndarray, rule: Rule) -> list[Detection]:
    """The gestures that a board reports from these predictions, by a fresh rule.

    prediction: of n windows, in order; time_ms: (n,), the time of each.
    """
    detections = []
    for i, (label, confidence) in enumerate(
        zip(prediction.label_index.tolist(), prediction.confidence.tolist(), strict=True)
    ):
        if (reported := rule.debounce(label, confidence)) >= 0:
            detections.append(Detection(prediction.names[reported], float(time_ms[i])))
    return detections


@dataclass(frozen=True)
class StreamScores:
    """Which gestures in streams were detected, and the false alarms. Scores can be added.

    gestures, found, repeated: counts; minutes: the length of all streams; delays_ms: one for each
    gesture found; missed: names of the other gestures; wrong_names: (actual, predicted);
    false_alarms: names reported when there was no gesture.
    """

    gestures: int = 0
    found: int = 0
    repeated: int = 0
    minutes: float = 0.0
    delays_ms: tuple[float, ...] = ()
    missed: tuple[str, ...] = ()
    wrong_names: tuple[tuple[str, str], ...] = ()
    false_alarms: tuple[str, ...] = ()

    def __add__(self, other: StreamScores) -> StreamScores:
        mine, others = vars(self), vars(other)
        return StreamScores(**{name: mine[name] + others[name] for name in mine})

    @property
    def recall(self) -> float:
        """The fraction of gestures found, 0 to 1; 0 without any gestures."""
        return self.found / self.gestures if self.gestures else 0.0

    @property
    def false_alarms_per_minute(self) -> float:
        """The rate of false alarms; 0 without any streams."""
        return len(self.false_alarms) / self.minutes if self.minutes else 0.0

    @property
    def median_delay_ms(self) -> float | None:
        """The median delay of the gestures found; None when none was found."""
        return float(np.median(self.delays_ms)) if self.delays_ms else None

    @property
    def percentile_90_delay_ms(self) -> float | None:
        """The 90th percentile of the delays; None when no gesture was found."""
        return float(np.percentile(self.delays_ms, 90)) if self.delays_ms else None

    def as_json(self) -> dict[str, object]:
        """The same numbers as plain lists and dictionaries for ``json.dumps``."""
        return {
            "gestures": self.gestures,
            "found": self.found,
            "missed": dict(sorted(Counter(self.missed).items())),
            "repeated": self.repeated,
            "wrong_names": [
                {"actual": actual, "predicted": predicted, "count": count}
                for (actual, predicted), count in sorted(Counter(self.wrong_names).items())
            ],
            "false_alarms": dict(sorted(Counter(self.false_alarms).items())),
            "false_alarms_per_minute": self.false_alarms_per_minute,
            "minutes": self.minutes,
            "delay_ms": {
                "median": self.median_delay_ms,
                "percentile_90": self.percentile_90_delay_ms,
            },
        }


def match(
    detections: Sequence[Detection], stream: Stream, background: Collection[str] = BACKGROUND
) -> StreamScores:
    """Match detections with the true gestures. background: labels that are not gestures.

    A detection in the second after one gesture may already be within the next. It belongs to the
    one that it is right for; if right for both, to the first not found yet. A detection that is
    wrong for both is counted once.
    """
    detections = [one for one in detections if one.label not in background]
    right: list[list[float]] = [[] for _ in stream.events]
    wrong: list[tuple[str, str]] = []
    alarms: list[str] = []
    for one in detections:
        near = [
            i
            for i, event in enumerate(stream.events)
            if event.start_ms <= one.time_ms <= event.end_ms + AFTER_MS
        ]
        correct = [i for i in near if stream.events[i].label == one.label]
        if correct:
            event_index = next((i for i in correct if not right[i]), correct[-1])
            right[event_index].append(one.time_ms)
        elif near:
            wrong.append((stream.events[near[0]].label, one.label))
        else:
            alarms.append(one.label)
    found = [(event, times) for event, times in zip(stream.events, right, strict=True) if times]
    return StreamScores(
        gestures=len(stream.events),
        found=len(found),
        repeated=sum(len(times) - 1 for _, times in found),
        minutes=stream.minutes,
        delays_ms=tuple(times[0] - event.end_ms for event, times in found),
        missed=tuple(e.label for e, times in zip(stream.events, right, strict=True) if not times),
        wrong_names=tuple(wrong),
        false_alarms=tuple(alarms),
    )


def evaluate_streams(
    model: Model, streams: Sequence[Stream], background: Collection[str] = BACKGROUND
) -> StreamScores:
    """Play streams through the model and the board's debouncing, and add up the scores."""
    scores = StreamScores()
    for stream in streams:
        detections = detect(*predict_stream(model, stream), rule_of(model))
        scores = scores + match(detections, stream, background)
    return scores
