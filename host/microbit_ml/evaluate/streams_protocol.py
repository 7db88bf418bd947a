"""Playing streams to models: a finished one, or in turn models that have not seen what is played.

Gestures come one after the other between holding still, walking and fidgeting: those of simulated
people, or recordings (:mod:`microbit_ml.recordings.simulation.joined_streams`). Each kind of
background is played alone as well, where every gesture's name is a false alarm. What the board
would tell is then laid beside the truth (:mod:`microbit_ml.evaluate.streams`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microbit_ml.errors import DataError, SettingError
from microbit_ml.evaluate.streams import StreamScores, evaluate_streams
from microbit_ml.model import Model
from microbit_ml.recordings import BACKGROUND, GESTURES, Dataset, Recording
from microbit_ml.recordings.folds import assign_folds
from microbit_ml.recordings.simulation.joined_streams import join_recordings
from microbit_ml.recordings.simulation.streams import BACKGROUND_KINDS, Stream, simulate_streams
from microbit_ml.training import train

MINUTES = 10.0  # of each kind of background alone
FOLDS = 5
PEOPLE = 5  # simulated ones, who make the streams
STREAM_SEED = 1000  # people whom nobody trains on by accident
WITH_GESTURES = "gestures"

Parts = dict[str, StreamScores]
"""What became of each part that was played: "gestures", and each kind of background alone."""

Progress = Callable[[int, int], None]
"""Called with (folds done, folds)."""


@dataclass(frozen=True, eq=False)
class StreamsTest:
    """What became of streams with recordings that the models had not seen.

    parts: all folds added up; folds: how many models were trained; held_out_by: what was held out
    at once, "person" or "recording".
    """

    parts: Parts
    folds: int
    held_out_by: str


def gestures_among(
    recordings: Iterable[Recording], labels: Sequence[str], background: Sequence[str] = BACKGROUND
) -> list[Recording]:
    """The recordings of a label that is known and is a gesture, not background."""
    return [one for one in recordings if one.label in labels and one.label not in background]


def simulated_gestures(model: Model) -> list[str]:
    """The gestures of a model that simulated people can make."""
    return [name for name in GESTURES if name in model.labels]


def play_simulated(
    model: Model, minutes: float = MINUTES, background: Sequence[str] = BACKGROUND
) -> Parts:
    """Play simulated people, and each kind of background alone, to a model.

    minutes: of all people together, and of each kind of background; background: labels that are no
    gestures. Without "gestures" where the model knows none that people can simulate.
    """
    names = simulated_gestures(model)
    if not names:
        return _background_alone(model, minutes, background)
    streams = simulate_streams(
        names, people=PEOPLE, minutes=minutes / PEOPLE, seed=STREAM_SEED, rate_hz=model.rate_hz
    )
    return _played(model, streams, minutes, background)


def play_recordings(
    model: Model,
    recordings: Sequence[Recording],
    minutes: float = MINUTES,
    background: Sequence[str] = BACKGROUND,
) -> Parts:
    """Play each recording once, and each kind of background alone, to a model.

    recordings: gestures of labels that it knows (:func:`gestures_among`), which lie between pieces
    of what simulated people do when they mean nothing; minutes: of each kind of background;
    background: labels that are no gestures.
    """
    lie_in = simulate_streams(
        (), people=PEOPLE, minutes=1.0, seed=STREAM_SEED, rate_hz=model.rate_hz
    )
    return _played(model, join_recordings(recordings, lie_in), minutes, background)


def cross_validate_streams(
    data: Dataset,
    folds: int = FOLDS,
    minutes: float = MINUTES,
    background: Sequence[str] = BACKGROUND,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Any,
) -> StreamsTest:
    """Hold out people, or recordings; train on the rest and play in streams what was held out.

    Every gesture of the data set is played once, to a model that has not seen it: whole people are
    held out where :func:`~microbit_ml.recordings.folds.assign_folds` can do so. minutes: of each
    kind of background, shared by all folds; background: labels that are no gestures; ``options``
    are settings of training, as is ``seed``, which also deals the folds.

    Raises SettingError with fewer than 2 folds, DataError when no recording is of a gesture, and
    as ``train`` does.
    """
    if folds < 2:
        raise SettingError(f"What is held out needs at least 2 folds, not {folds}.", "folds")
    labelled = [recording for recording in data if recording.label]
    if not gestures_among(labelled, data.labels, background):
        raise DataError(
            "The data set has no recording of a gesture, only of background "
            f"({', '.join(background)}). Add recordings of one."
        )
    targets = np.array([data.labels.index(recording.label) for recording in labelled])
    people = np.array([recording.subject for recording in labelled])
    fold, held_out_by = assign_folds(targets, people, np.random.default_rng(seed), folds)
    numbers = np.unique(fold)
    n_folds = len(numbers)
    total: Parts = {}
    for done, k in enumerate(numbers):
        if progress:
            progress(done, n_folds)
        model = train([labelled[i] for i in np.flatnonzero(fold != k)], seed=seed, **options)
        held_out = [labelled[i] for i in np.flatnonzero(fold == k)]
        tested = gestures_among(held_out, model.labels, background)
        for name, scores in play_recordings(model, tested, minutes / n_folds, background).items():
            total[name] = total.get(name, StreamScores()) + scores
    if progress:
        progress(n_folds, n_folds)
    return StreamsTest(total, n_folds, held_out_by)


def _played(
    model: Model, streams: Sequence[Stream], minutes: float, background: Sequence[str]
) -> Parts:
    scores = evaluate_streams(model, streams, background)
    return {WITH_GESTURES: scores, **_background_alone(model, minutes, background)}


def _background_alone(model: Model, minutes: float, background: Sequence[str]) -> Parts:
    """Each kind of background, where every gesture's name is a false alarm."""
    return {
        kind: evaluate_streams(
            model,
            simulate_streams(
                (), (kind,), PEOPLE, minutes / PEOPLE, STREAM_SEED + 1, rate_hz=model.rate_hz
            ),
            background,
        )
        for kind in BACKGROUND_KINDS
    }
