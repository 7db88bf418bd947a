"""``train``: make a model file from a data set."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import check_can_write, warn_if_too_large
from microbit_ml.cli.training_arguments import add_training_arguments, training_settings
from microbit_ml.console.screen import progress_bar, say, write
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.names import alike_labels
from microbit_ml.recordings.simulated_people import REAL_PEOPLE, about_training
from microbit_ml.training import train

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
        required=True,
        type=Path,
        metavar="MODEL",
        help="the .mbml file to write",
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
    check_can_write(args.output, args.dataset, *([args.start] if args.start else []))
    data = Dataset.load(args.dataset)
    for sentence in alike_labels(data.labels):
        say(f"Note: {sentence}")
    start = Model.load(args.start) if args.start else None
    with progress_bar("Training", 1) as update:

        def progress(step: int, steps: int, loss: float, validation: float | None) -> None:
            unseen = "" if validation is None else f"  held out {validation:.3f}"
            update(step, f"loss: training {loss:.3f}{unseen}", steps)

        model = train(data, start=start, seed=args.seed, progress=progress, **settings)
    model.save(args.output)
    _print_counts(model, start, len(data))
    metrics = model.metrics
    write(
        f"It got {metrics['held_out_accuracy']:.1%} of the held-out recordings right. Each "
        f"prediction came from a model that had never seen {UNSEEN[metrics['held_out_by']]}"
    )
    _report_false_accepts(model)
    if remark := about_training(model.n_simulated, len(model.trained_on)):
        write(f"{remark} {REAL_PEOPLE}")
    write(f"Saved {args.output}, {args.output.stat().st_size} bytes.")
    warn_if_too_large(model)
    name = args.output.with_suffix("")
    say(f"Look at it: microbit-ml report {args.output} -o {name}-report.html")
    say(f"Next: microbit-ml build {args.output} -o {name}.hex")


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
        f"{one['false_accept_rate']:.0%} with --accept-known {one['accept_known']:g}"
        for one in others
    )
    write(
        f'It accepts {chosen:.0%} of known gestures and answers "unknown" to the rest. It would '
        f"also give a name to {accepted['false_accept_rate']:.0%} of random movements "
        f"({alternatives})."
    )
