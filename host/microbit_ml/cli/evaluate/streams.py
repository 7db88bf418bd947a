"""``evaluate --streams`` and ``--protocol streams``: where nothing is cut for a model."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from microbit_ml.cli.train import training_settings
from microbit_ml.console.screen import plural, print_json, print_table, progress_bar
from microbit_ml.errors import DataError, UsageError
from microbit_ml.evaluate.streams import StreamScores, evaluate_streams
from microbit_ml.model import Model
from microbit_ml.recordings import BACKGROUND, GESTURES, Recording
from microbit_ml.recordings.folds import assign_folds
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.simulation.joined_streams import join_recordings
from microbit_ml.recordings.simulation.streams import BACKGROUND_KINDS, Stream, simulate_streams
from microbit_ml.training import train

MINUTES = 10.0
MIN_MINUTES, MAX_MINUTES = 0.5, 600.0
PEOPLE = 5
STREAM_SEED = 1000  # people whom nobody trains on by accident
Part = tuple[str, StreamScores]


def add_stream_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments that only streams have."""
    group = parser.add_argument_group("streams")
    group.add_argument(
        "--streams",
        action="store_true",
        help="play minutes of gestures between holding still, walking and fidgeting: those of "
        "simulated people, or the recordings of DATASET",
    )
    group.add_argument(
        "--minutes",
        type=float,
        default=MINUTES,
        metavar="M",
        help=f"of each kind of background alone, for false alarms (default {MINUTES:g})",
    )
    group.add_argument(
        "--background",
        action="append",
        metavar="LABEL",
        help=f"a label that is no gesture; may be given again (default: {', '.join(BACKGROUND)})",
    )


def evaluate_model_streams(args: argparse.Namespace) -> None:
    """Play streams through a model: simulated people, or the recordings of a data set."""
    model = Model.load(args.paths[0])
    background = _background(args)
    if len(args.paths) == 2:
        data = read_source(args.paths[1])
        known = _gestures(data, background, model.labels)
        if not known:
            raise DataError(
                f"{args.paths[1]} has no recording of a gesture that the model knows: "
                f"{', '.join(sorted({*model.labels} - {*background})) or 'none'}. "
                "Give recordings of one."
            )
        what = f"{plural(len(known), 'recording')} of {args.paths[1]}"
        streams = _joined(known, model.rate_hz)
    else:
        names = [name for name in GESTURES if name in model.labels]
        what = f"gestures of {PEOPLE} simulated people" if names else "no gestures"
        streams = _people(names, args.minutes, model.rate_hz) if names else []
    parts = [("gestures", evaluate_streams(model, streams, background))] if streams else []
    parts += _alarms(model, args.minutes, background)
    _report({"model": str(args.paths[0]), "played": what}, parts, args)


def evaluate_streams_protocol(args: argparse.Namespace) -> None:
    """Hold out people, or recordings, train on the rest and play what was held out in streams."""
    (path,) = args.paths
    if args.folds < 2:
        raise UsageError(f"What is held out needs at least 2 folds, not {args.folds}.", "folds")
    settings = training_settings(args)
    data = read_source(path)
    background = _background(args)
    labelled = [recording for recording in data if recording.label]
    if not _gestures(labelled, background, data.labels):
        raise DataError(
            f"{path} has no recording of a gesture, only of background ({', '.join(background)}). "
            "Add recordings of one, or say what is background: --background LABEL"
        )
    targets = np.array([data.labels.index(recording.label) for recording in labelled])
    people = np.array([recording.subject for recording in labelled])
    rng = np.random.default_rng(args.seed)
    fold, held_out_by = assign_folds(targets, people, rng, args.folds)
    folds = np.unique(fold)
    total: dict[str, StreamScores] = {}
    with progress_bar("Streams", len(folds)) as update:
        for done, k in enumerate(folds):
            update(done, "folds")
            rest = [labelled[i] for i in np.flatnonzero(fold != k)]
            model = train(rest, seed=args.seed, **settings)
            tested = [labelled[i] for i in np.flatnonzero(fold == k)]
            streams = _joined(_gestures(tested, background, model.labels), model.rate_hz)
            parts = [
                ("gestures", evaluate_streams(model, streams, background)),
                *_alarms(model, args.minutes / len(folds), background),
            ]
            for name, scores in parts:
                total[name] = total.get(name, StreamScores()) + scores
        update(len(folds), "folds")
    head = {"dataset": str(path), "protocol": "streams", "folds": len(folds)}
    _report({**head, "held_out_by": held_out_by}, list(total.items()), args)


def _background(args: argparse.Namespace) -> Sequence[str]:
    return tuple(args.background) if args.background else BACKGROUND


def _gestures(
    recordings: Iterable[Recording], background: Sequence[str], labels: Sequence[str]
) -> list[Recording]:
    return [one for one in recordings if one.label in labels and one.label not in background]


def _people(gestures: Sequence[str], minutes: float, rate_hz: float) -> list[Stream]:
    return simulate_streams(
        gestures, people=PEOPLE, minutes=minutes / PEOPLE, seed=STREAM_SEED, rate_hz=rate_hz
    )


def _joined(gestures: Sequence[Recording], rate_hz: float) -> list[Stream]:
    """The recordings between pieces of what simulated people do when they mean nothing."""
    lie_in = simulate_streams((), people=PEOPLE, minutes=1.0, seed=STREAM_SEED, rate_hz=rate_hz)
    return join_recordings(gestures, lie_in)


def _alarms(model: Model, minutes: float, background: Sequence[str]) -> list[Part]:
    """Each kind of background alone, where every gesture's name is a false alarm."""
    return [
        (
            kind,
            evaluate_streams(
                model,
                simulate_streams(
                    (), (kind,), PEOPLE, minutes / PEOPLE, STREAM_SEED + 1, rate_hz=model.rate_hz
                ),
                background,
            ),
        )
        for kind in BACKGROUND_KINDS
    ]


def _report(head: dict[str, object], parts: Sequence[Part], args: argparse.Namespace) -> None:
    if args.json:
        print_json({**head, **{name: scores.as_json() for name, scores in parts}})
        return
    subject = head.get("model") or head["dataset"]
    print(f"Integer model and the board's rule in streams: {subject}.")
    if "model" in head:
        print(f"Played: {head['played']}, and background alone.\n")
    else:
        print(f"Each {head['held_out_by']} was played to a model that had not seen it.\n")
    print_table(
        ["played", "minutes", "gestures", "found", "missed", "doubled", "wrong name",
         "false alarms", "a minute", "delay ms", "90 % in ms"],
        [[name, *_row(scores)] for name, scores in parts],
    )  # fmt: skip
    for text, names in (
        ("Missed", [name for _, one in parts for name in one.missed]),
        (
            "Wrong names",
            [f"{called} for {is_}" for _, one in parts for is_, called in one.wrong_names],
        ),
        ("False alarms", [name for _, one in parts for name in one.false_alarms]),
    ):
        if names:
            counted = ", ".join(f"{name} {n}" for name, n in sorted(Counter(names).items()))
            print(f"\n{text}: {counted}.")


def _row(scores: StreamScores) -> list[object]:
    counts: list[object] = [""] * 5
    if scores.gestures:
        counts = [
            scores.gestures,
            f"{scores.share_found:.1%}",
            len(scores.missed),
            scores.doubled,
            len(scores.wrong_names),
        ]
    delays = [scores.median_delay_ms, scores.slow_delay_ms]
    return [
        f"{scores.minutes:.1f}",
        *counts,
        len(scores.false_alarms),
        f"{scores.alarms_a_minute:.2f}",
        *("" if delay is None else f"{delay:.0f}" for delay in delays),
    ]
