"""``train``: make a model file from a data set."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from microbit_ml.cli.arguments import (
    MODEL_ENDING,
    check_can_write,
    default_output,
    warn_if_too_large,
)
from microbit_ml.cli.training_arguments import add_training_arguments, training_settings
from microbit_ml.common.wording import command, percent
from microbit_ml.console.screen import plural, progress_bar, say, write
from microbit_ml.errors import DataError
from microbit_ml.evaluate.problems import seconds_of
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.names import alike_labels
from microbit_ml.recordings.notes import FILE_NAME as NOTES
from microbit_ml.recordings.simulated_people import REAL_PEOPLE, about_training
from microbit_ml.training import Settings, train

ROUNDING = 0.03  # of a window: a recording of 49 samples is a second, too
UNSEEN = {
    "person": "the person who made the recording.",
    "recording": "the recording, but may have seen others by the same person. For new people, "
    "expect less.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``train``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="the data set's folder")
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="MODEL",
        help="the .mbml file to write (default: DATASET.mbml in this folder)",
    )
    parser.add_argument(
        "--from",
        dest="start",
        type=Path,
        metavar="MODEL",
        help="fine-tune this model: it keeps its gestures and learns those of DATASET too",
    )
    add_training_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Train, save, and report how well the model does on recordings that it has not seen."""
    settings = training_settings(args)
    _check_folder(args.dataset)
    output = args.output or default_output(args.dataset, MODEL_ENDING)
    check_can_write(output, args.dataset, *([args.start] if args.start else []))
    data = Dataset.load(args.dataset)
    for sentence in alike_labels(data.labels):
        say(f"Note: {sentence}")
    _check_labels(args, data)
    _warn_of_long_windows(args, data)
    start = Model.load(args.start) if args.start else None
    with progress_bar("Training", 1) as update:

        def progress(step: int, steps: int, loss: float, validation: float | None) -> None:
            unseen = "" if validation is None else f"  held out {validation:.3f}"
            update(step, f"loss: training {loss:.3f}{unseen}", steps)

        model = train(data, start=start, seed=args.seed, progress=progress, **settings)
    model.save(output)
    _print_counts(model, start, len(data))
    metrics = model.metrics
    write(
        f"It got {percent(metrics['held_out_accuracy'])} of the held-out recordings right. Each "
        f"prediction came from a model that had never seen {UNSEEN[metrics['held_out_by']]}"
    )
    _report_false_accepts(model)
    if remark := about_training(model.n_simulated, len(model.trained_on)):
        write(f"{remark} {REAL_PEOPLE}")
    write(f"Saved {output}, {output.stat().st_size} bytes.")
    warn_if_too_large(model)
    say(f"Next: {command('report', output)}")
    say(f"For a micro:bit: {command('build', output)}")


def _check_folder(folder: Path) -> None:
    """Raise DataError for a folder that holds data sets and is none."""
    inner = sorted(path.parent for path in folder.glob(f"*/{NOTES}"))
    if inner and not (folder / NOTES).exists():
        names = ", ".join(path.name for path in inner)
        raise DataError(
            f"{folder} is no data set, but holds some: {names}. Choose one: "
            f"{command('train', inner[0])}"
        )


def _check_labels(args: argparse.Namespace, data: Dataset) -> None:
    """Raise DataError for the folder of one label instead of the data set's."""
    if data.labels or data.empty_labels or not len(data):
        return
    whole = args.dataset.resolve()
    above = Path(os.path.relpath(whole.parent))
    raise DataError(
        f"{args.dataset} has recordings, but no labels: it may be the folder of one label "
        f"({whole.name}). Give the data set's folder, which has a folder for each label: "
        f"{command('train', above)}"
    )


def _warn_of_long_windows(args: argparse.Namespace, data: Dataset) -> None:
    """Warn when --window is longer than most of the recordings."""
    if args.window is None:
        return
    window_s = args.window / (args.rate_hz or Settings.rate_hz)
    lengths = [seconds_of(one, data.rate_hz) for one in data]
    n_shorter = sum(length < window_s * (1 - ROUNDING) for length in lengths)
    if 2 * n_shorter > len(data):
        say(
            f"Careful: --window {args.window} takes {window_s:.1f} s, and {n_shorter} of "
            f"{plural(len(data), 'recording')} are shorter, the longest {max(lengths):.1f} s. "
            "What is missing is filled with their first and last sample, which a board never "
            "sees. Record for longer, or choose a shorter window."
        )


def _print_counts(model: Model, start: Model | None, n_recordings: int) -> None:
    before = f" and replayed {len(start.replay.people)} earlier ones" if start else ""
    write(f"Trained on {n_recordings} recordings{before}:")
    for label, count in model.provenance["counts"].items():
        write(f"  {label}: {count}")


def _report_false_accepts(model: Model) -> None:
    """Print the false-accept rate of the chosen threshold for "unknown", and of two others."""
    chosen = model.provenance["settings"]["accept_known"]
    *others, accepted = sorted(
        model.metrics["false_accept_rates"], key=lambda one: one["accept_known"] == chosen
    )
    alternatives = ", ".join(
        f"{percent(one['false_accept_rate'])} with --accept-known {one['accept_known']:g}"
        for one in others
    )
    write(
        f'It accepts {chosen:.0%} of known gestures and answers "unknown" to the rest. It would '
        f"also give a name to {percent(accepted['false_accept_rate'])} of random movements "
        f"({alternatives})."
    )
