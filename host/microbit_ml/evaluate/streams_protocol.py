"""Testing models on streams: one trained model, or cross-validated ones.

Gestures are played one after another between holding still, walking and fidgeting: those of
simulated people, or recordings (:mod:`microbit_ml.recordings.simulation.joined_streams`). Each kind
of background is also played alone, where every gesture's name is a false alarm. The detections are
then matched with the true gestures (:mod:`microbit_ml.evaluate.streams`).
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
STREAM_SEED = 1000  # other people than those that the default seed simulates for training
WITH_GESTURES = "gestures"

ScoresByKind = dict[str, StreamScores]
"""Scores by kind of stream: "gestures", and each kind of background alone."""

Progress = Callable[[int, int], None]
"""Called with (folds done, folds)."""


@dataclass(frozen=True, eq=False)
class StreamsTest:
    """The result of streams with recordings that the models had not seen.

    by_kind: the scores of all folds together; folds: the number of models trained; held_out_by:
    the unit that was held out, "person" or "recording".
    """

    by_kind: ScoresByKind
    folds: int
    held_out_by: str


def gestures_among(
    recordings: Iterable[Recording], labels: Sequence[str], background: Sequence[str] = BACKGROUND
) -> list[Recording]:
    """The recordings whose label is known and a gesture, not background."""
    return [one for one in recordings if one.label in labels and one.label not in background]


def simulated_gestures(model: Model) -> list[str]:
    """The gestures of a model that simulated people can make."""
    return [name for name in GESTURES if name in model.labels]


def play_simulated(
    model: Model, minutes: float = MINUTES, background: Sequence[str] = BACKGROUND
) -> ScoresByKind:
    """Test a model on streams of simulated people, and on each kind of background alone.

    minutes: of all people together, and of each kind of background; background: labels that are not
    gestures. There is no "gestures" entry if none of the model's gestures can be simulated.
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
) -> ScoresByKind:
    """Test a model on a stream with each recording once, and on each kind of background alone.

    recordings: gestures that it knows (:func:`gestures_among`), which are placed between pieces of
    simulated background; minutes: of each kind of background; background: labels that are not
    gestures.
    """
    between = simulate_streams(
        (), people=PEOPLE, minutes=1.0, seed=STREAM_SEED, rate_hz=model.rate_hz
    )
    return _played(model, join_recordings(recordings, between), minutes, background)


def cross_validate_streams(
    data: Dataset,
    folds: int = FOLDS,
    minutes: float = MINUTES,
    background: Sequence[str] = BACKGROUND,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Any,
) -> StreamsTest:
    """Hold out people, or recordings; train on the rest and play the held-out ones in streams.

    Every gesture of the data set is played once, to a model that has not seen it: whole people are
    held out where :func:`~microbit_ml.recordings.folds.assign_folds` can do so. minutes: of each
    kind of background, split among the folds; background: labels that are not gestures;
    ``options`` are training settings, as is ``seed``, which also assigns the folds.

    Raises SettingError for fewer than 2 folds, DataError when no recording is of a gesture, and
    as ``train`` does.
    """
    if folds < 2:
        raise SettingError(f"Cross-validation needs at least 2 folds, not {folds}.", "folds")
    labelled = [recording for recording in data if recording.label]
    if not gestures_among(labelled, data.labels, background):
        raise DataError(
            "The data set has no recordings of gestures, only of background "
            f"({', '.join(background)}). Add recordings of a gesture."
        )
    targets = np.array([data.labels.index(recording.label) for recording in labelled])
    people = np.array([recording.subject for recording in labelled])
    fold, held_out_by = assign_folds(targets, people, np.random.default_rng(seed), folds)
    numbers = np.unique(fold)
    n_folds = len(numbers)
    total: ScoresByKind = {}
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
) -> ScoresByKind:
    scores = evaluate_streams(model, streams, background)
    return {WITH_GESTURES: scores, **_background_alone(model, minutes, background)}


def _background_alone(model: Model, minutes: float, background: Sequence[str]) -> ScoresByKind:
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
