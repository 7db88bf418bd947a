"""Streams: how a model does on a board, where nobody cuts recordings for it.

The board predicts every ``hop`` samples what the last ``window`` samples are, and a rule decides
from prediction to prediction when to tell a name (:class:`Rule`, which ``settle()`` of
``firmware/recognizer.py`` follows to the letter). What is told is laid beside the gestures of a
:class:`~microbit_ml.recordings.simulation.streams.Stream`:

    found       the right name was told between the gesture's start and 1 s after its end
    missed      it was not
    doubled     it was told again in that time; each time too many counts
    wrong name  another gesture's name was told in that time
    false alarm a gesture's name was told at any other time
    delay       from the end of the gesture's movement to the sample with which the right name was
                first told; negative when that was while the hand still moved

Names of background, such as "still", are no gestures: to tell them is never wrong.
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

AFTER_MS = 1000.0  # a name may come this much later than the gesture's end
CHUNK = 2000  # windows computed at once: keeps memory below 100 MB

# Chosen with tests/benchmarks/streams.py; settle() in firmware/recognizer.py has the same numbers.
ENOUGH = 6_000  # confidence times ms
AWAY_MS = 1000


@dataclass
class Rule:
    """When to tell a name: what the board does from prediction to prediction.

    Each prediction of a known gesture is evidence for it: its confidence, times the milliseconds
    since the last prediction. As long as predictions agree their evidence adds up; another name,
    or "unknown", begins anew. With ``enough`` the name is told. So a clear gesture is told early,
    an unclear one late, and half a gesture, which for a moment looks a little like another, not at
    all. The same name is told again only after predictions have said something else for
    ``away_ms`` without a break, or after another name was told.

    step_ms: from one prediction to the next, hop times the sampling period.
    """

    step_ms: int
    enough: int = ENOUGH
    away_ms: int = AWAY_MS
    last: int = field(default=-1, init=False)
    detections: int = field(default=-1, init=False)
    evidence: int = field(default=0, init=False)
    away: int = field(default=0, init=False)

    def debounce(self, label: int, confidence: int) -> int:
        """A prediction in, the label to tell out; -1: unknown, and nothing to tell."""
        self.away = 0 if label == self.detections else self.away + self.step_ms
        if self.away >= self.away_ms:
            self.detections = -1
        if label != self.last:
            self.last = label
            self.evidence = 0
        if label < 0 or label == self.detections:
            return -1
        self.evidence += confidence * self.step_ms
        if self.evidence < self.enough:
            return -1
        self.detections = label
        self.away = 0
        return label


@dataclass(frozen=True)
class Detection:
    """A name that the board told, and when: ms from the stream's start."""

    label: str
    time_ms: float


def predict_stream(model: Model, stream: Stream) -> tuple[Prediction, np.ndarray]:
    """What the integer model predicts in a stream, n times: at the first whole window, then every
    hop; and when, in ms from the stream's start: (n,).

    Raises DataError when the stream is not at the model's rate, or shorter than its window.
    """
    if stream.rate_hz != model.rate_hz or len(stream.samples) < model.window:
        raise DataError(
            f"The model reads windows of {model.window} samples at {model.rate_hz:g} Hz; the "
            f"stream {stream.name!r} has {len(stream.samples)} at {stream.rate_hz:g} Hz. "
            "Give one at that rate, and as long or longer."
        )
    every = sliding_window_view(stream.samples, model.window, axis=0)[:: model.hop]
    windows = every.transpose(0, 2, 1)  # (n, window, 3)
    parts = [model.network.run(windows[i : i + CHUNK]) for i in range(0, len(windows), CHUNK)]
    last_sample = model.window - 1 + model.hop * np.arange(len(windows))
    return replace(joined(parts), names=model.labels), last_sample * 1000 / stream.rate_hz


def rule_of(model: Model, **constants: int) -> Rule:
    """The board's rule for this model; ``constants`` in the place of the board's."""
    return Rule(model.hop * round(1000 / model.rate_hz), **constants)


def detect(prediction: Prediction, time_ms: np.ndarray, rule: Rule) -> list[Detection]:
    """The names that a board with these predictions tells, by a fresh rule.

    prediction: of n windows, in order; time_ms: (n,), when each was made.
    """
    detections = []
    for i, (label, confidence) in enumerate(
        zip(prediction.label_index.tolist(), prediction.confidence.tolist(), strict=True)
    ):
        if (name := rule.debounce(label, confidence)) >= 0:
            detections.append(Detection(prediction.names[name], float(time_ms[i])))
    return detections


@dataclass(frozen=True)
class StreamScores:
    """What became of the gestures in streams, and what was told besides. Can be added up.

    gestures, found, doubled: how often; minutes: how long the streams are together; delays_ms: one
    for each gesture found; missed: names of the gestures that were not; wrong_names: (is, was
    called); false_alarms: the names told when there was no gesture.
    """

    gestures: int = 0
    found: int = 0
    doubled: int = 0
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
        """Gestures found, 0 to 1; 0 where there are none."""
        return self.found / self.gestures if self.gestures else 0.0

    @property
    def alarms_a_minute(self) -> float:
        """False alarms a minute."""
        return len(self.false_alarms) / self.minutes if self.minutes else 0.0

    @property
    def median_delay_ms(self) -> float | None:
        """The delay that half of the gestures found keep; None when none was found."""
        return float(np.median(self.delays_ms)) if self.delays_ms else None

    @property
    def slow_delay_ms(self) -> float | None:
        """The delay that nine of ten gestures found keep; None when none was found."""
        return float(np.percentile(self.delays_ms, 90)) if self.delays_ms else None

    def as_json(self) -> dict[str, object]:
        """The same numbers as plain lists and dictionaries for ``json.dumps``."""
        return {
            "gestures": self.gestures,
            "found": self.found,
            "missed": dict(sorted(Counter(self.missed).items())),
            "doubled": self.doubled,
            "wrong_names": [
                {"is": label, "called": called, "times": times}
                for (label, called), times in sorted(Counter(self.wrong_names).items())
            ],
            "false_alarms": dict(sorted(Counter(self.false_alarms).items())),
            "false_alarms_a_minute": self.alarms_a_minute,
            "minutes": self.minutes,
            "delay_ms": {"median": self.median_delay_ms, "90 %": self.slow_delay_ms},
        }


def match(
    detections: Sequence[Detection], stream: Stream, background: Collection[str] = BACKGROUND
) -> StreamScores:
    """Lay what was told beside the truth. background: names that are no gestures.

    A name that comes in the second after one gesture and already within the next belongs to the
    one that it is right for; right for both, to the first that was not found yet. A name that is
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
        meant = [i for i in near if stream.events[i].label == one.label]
        if meant:
            place = next((i for i in meant if not right[i]), meant[-1])
            right[place].append(one.time_ms)
        elif near:
            wrong.append((stream.events[near[0]].label, one.label))
        else:
            alarms.append(one.label)
    found = [(event, times) for event, times in zip(stream.events, right, strict=True) if times]
    return StreamScores(
        gestures=len(stream.events),
        found=len(found),
        doubled=sum(len(times) - 1 for _, times in found),
        minutes=stream.minutes,
        delays_ms=tuple(times[0] - event.end_ms for event, times in found),
        missed=tuple(e.label for e, times in zip(stream.events, right, strict=True) if not times),
        wrong_names=tuple(wrong),
        false_alarms=tuple(alarms),
    )


def evaluate_streams(
    model: Model, streams: Sequence[Stream], background: Collection[str] = BACKGROUND
) -> StreamScores:
    """Play streams through the model and the board's rule, and add up what became of them."""
    scores = StreamScores()
    for stream in streams:
        detections = detect(*predict_stream(model, stream), rule_of(model))
        scores = scores + match(detections, stream, background)
    return scores
