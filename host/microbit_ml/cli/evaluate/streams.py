"""``evaluate --streams`` and ``--protocol streams``: continuous data instead of cut recordings."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from microbit_ml.cli.evaluate.screen import print_simulated
from microbit_ml.cli.training_arguments import training_settings
from microbit_ml.console.screen import plural, print_json, print_table, progress_bar, write
from microbit_ml.errors import DataError
from microbit_ml.evaluate.streams import StreamScores
from microbit_ml.evaluate.streams_protocol import (
    MINUTES,
    PEOPLE,
    ScoresByKind,
    cross_validate_streams,
    gestures_among,
    play_recordings,
    play_simulated,
    simulated_gestures,
)
from microbit_ml.model import Model
from microbit_ml.recordings import BACKGROUND
from microbit_ml.recordings.formats.any_file import read_source

MIN_MINUTES, MAX_MINUTES = 0.5, 600.0


def add_stream_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments for streams."""
    group = parser.add_argument_group("streams")
    group.add_argument(
        "--streams",
        action="store_true",
        help="play gestures between holding still, walking and fidgeting: those of simulated "
        "people, or the recordings of DATASET",
    )
    group.add_argument(
        "--minutes",
        type=float,
        default=MINUTES,
        metavar="M",
        help="minutes of each kind of background alone, to count false alarms "
        f"(default {MINUTES:g})",
    )
    group.add_argument(
        "--background",
        action="append",
        metavar="LABEL",
        help=f"a label that is not a gesture; can be repeated (default: {', '.join(BACKGROUND)})",
    )


def evaluate_model_streams(args: argparse.Namespace) -> None:
    """Play streams through a model: simulated people, or the recordings of a data set."""
    model = Model.load(args.paths[0])
    background = _background(args)
    if len(args.paths) == 2:
        known = gestures_among(read_source(args.paths[1]), model.labels, background)
        if not known:
            raise DataError(
                f"{args.paths[1]} has no recordings of the gestures that the model knows: "
                f"{', '.join(sorted({*model.labels} - {*background})) or 'none'}. "
                "Give recordings of these, or choose the background: --background LABEL"
            )
        what = f"{plural(len(known), 'recording')} of {args.paths[1]}"
        by_kind = play_recordings(model, known, args.minutes, background)
    else:
        known = []
        known_names = simulated_gestures(model)
        what = f"gestures of {PEOPLE} simulated people" if known_names else "no gestures"
        by_kind = play_simulated(model, args.minutes, background)
    _report({"model": str(args.paths[0]), "played": what}, by_kind, args)
    if not args.json:
        print_simulated(known, model)


def evaluate_streams_protocol(args: argparse.Namespace) -> None:
    """Hold out people, or recordings, train on the rest, and play those held out in streams."""
    (path,) = args.paths
    settings = training_settings(args)
    data = read_source(path)
    background = _background(args)
    if not gestures_among(data, data.labels, background):
        raise DataError(
            f"{path} has no recordings of gestures, only of background ({', '.join(background)}). "
            "Add recordings of a gesture, or choose the background: --background LABEL"
        )
    with progress_bar("Streams", args.folds) as update:
        result = cross_validate_streams(
            data,
            args.folds,
            args.minutes,
            background,
            args.seed,
            lambda done, folds: update(done, "folds", folds),
            **settings,
        )
    head = {"dataset": str(path), "protocol": "streams", "folds": result.folds}
    _report({**head, "held_out_by": result.held_out_by}, result.by_kind, args)
    if not args.json:
        print_simulated(data)


def _background(args: argparse.Namespace) -> Sequence[str]:
    return tuple(args.background) if args.background else BACKGROUND


def _report(head: dict[str, object], by_kind: ScoresByKind, args: argparse.Namespace) -> None:
    if args.json:
        print_json({**head, **{name: scores.as_json() for name, scores in by_kind.items()}})
        return
    subject = head.get("model") or head["dataset"]
    write(f"Integer model with the board's debouncing, on streams: {subject}.")
    if "model" in head:
        write(f"Played: {head['played']}, and background alone.\n")
    elif head["held_out_by"] == "person":
        write("Each person was tested by a model that had never seen them.\n")
    else:
        write("Each recording was played to a model that had not seen it.\n")
    print_table(
        ["played", "minutes", "gestures", "found", "missed", "repeated", "wrong name",
         "false alarms", "per minute", "delay ms", "90 % in ms"],
        [[name, *_row(scores)] for name, scores in by_kind.items()],
    )  # fmt: skip
    every = by_kind.values()
    wrong = [f"{predicted} instead of {label}"
             for one in every for label, predicted in one.wrong_names]  # fmt: skip
    for text, names in (
        ("Missed", [name for one in every for name in one.missed]),
        ("Wrong names", wrong),
        ("False alarms", [name for one in every for name in one.false_alarms]),
    ):
        if names:
            counted = ", ".join(f"{name} ({n})" for name, n in sorted(Counter(names).items()))
            write(f"\n{text}: {counted}.")


def _row(scores: StreamScores) -> list[object]:
    counts: list[object] = [""] * 5
    if scores.gestures:
        counts = [
            scores.gestures,
            f"{scores.recall:.1%}",
            len(scores.missed),
            scores.repeated,
            len(scores.wrong_names),
        ]
    delays = [scores.median_delay_ms, scores.percentile_90_delay_ms]
    return [
        f"{scores.minutes:.1f}",
        *counts,
        len(scores.false_alarms),
        f"{scores.false_alarms_per_minute:.2f}",
        *("" if delay is None else f"{delay:.0f}" for delay in delays),
    ]
