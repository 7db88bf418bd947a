"""``evaluate --prefer recall:fall``: choose a threshold, and save a model that has it."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import again, check_can_write
from microbit_ml.cli.evaluate.screen import print_simulated, three_digits
from microbit_ml.common.wording import some_of
from microbit_ml.console.screen import plural, print_json, print_table, say, write
from microbit_ml.errors import DataError
from microbit_ml.evaluate.preference import (
    AT_LEAST,
    PURPOSES,
    choose,
    precision_recall_curve,
    with_shift,
)
from microbit_ml.model import Model
from microbit_ml.recordings.formats.any_file import read_source

ROWS = 12  # of the curve that are shown


def add_prefer_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments that choose a threshold."""
    group = parser.add_argument_group("choosing a threshold")
    group.add_argument(
        "--prefer",
        type=_preference,
        metavar="recall:LABEL",
        help="use DATASET to choose the threshold at which MODEL reports LABEL: recall:LABEL to "
        "miss few, precision:LABEL for few false alarms",
    )
    group.add_argument(
        "--at-least",
        type=float,
        default=AT_LEAST,
        metavar="X",
        help=f"the recall or precision to reach, 0 to 1 (default {AT_LEAST:g})",
    )
    group.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="MODEL2",
        help="where to save the model with the new threshold",
    )


def _preference(text: str) -> tuple[str, str]:
    purpose, colon, label = text.partition(":")
    if purpose not in PURPOSES or not colon or not label:
        raise argparse.ArgumentTypeError(f"give recall:LABEL or precision:LABEL, not {text!r}")
    return purpose, label


def evaluate_preference(args: argparse.Namespace) -> None:
    """Choose a threshold for one label, show its cost, and save the model with it."""
    model_path, data_path = args.paths
    purpose, label = args.prefer
    if args.output:
        check_can_write(args.output, model_path, data_path)
    model, data = Model.load(model_path), read_source(data_path)
    if label not in model.labels:
        raise DataError(
            f'{model_path} does not know "{label}". It knows: {", ".join(model.labels)}.'
        )
    labelled = [recording for recording in data if recording.label]
    predicted = model.predict(labelled)
    truth = [one.label for one in labelled]
    points = precision_recall_curve(label, truth, predicted.best, predicted.confidence)
    chosen = choose(points, purpose, args.at_least)
    seen = model.count_trained_on(labelled)
    if args.output:
        with_shift(model, label, chosen.shift).save(args.output)
    if args.json:
        print_json(
            {
                "model": str(model_path),
                "dataset": str(data_path),
                "prefer": purpose,
                "label": label,
                "at_least": args.at_least,
                "seen_in_training": seen,
                "chosen": chosen.as_json(),
                "curve": [one.as_json() for one in points],
                "saved": args.output and str(args.output),
            }
        )
        return
    write(
        f"When should {model_path} report {label!r}? Target: {purpose} of {args.at_least:g} or "
        f"more, on {plural(len(labelled), 'recording')} of {data_path}.\n"
        "The shift is added to the confidence. With 0, the model stays as it is.\n"
    )
    shown = points[:: max(1, -(-len(points) // ROWS))]
    others = [one for one in shown if one.detected != chosen.detected]
    shown = sorted([*others, chosen], key=lambda one: one.detected)
    print_table(
        ["", "shift", "detected", "correct", "precision", "recall"],
        [
            ["chosen" if one == chosen else "", one.shift, one.detected, one.correct,
             *three_digits(one.precision, one.recall)]
            for one in shown
        ],
    )  # fmt: skip
    if getattr(chosen, purpose) < args.at_least:
        write(
            f"\nNo threshold reaches that. The highest {purpose} is "
            f"{getattr(chosen, purpose):.3f}. Record more of {label!r}, and of the labels that it "
            "is confused with."
        )
    print_simulated(labelled, model)
    if seen:
        write(
            f"\nCareful: the model was trained on {some_of(seen, len(labelled), 'recording')}, "
            "so it recognises them better than new ones. "
            "Choose with other recordings."
        )
    if args.output:
        write(f"\nSaved {args.output}.")
    else:
        output = f"{model_path.stem}-{purpose}.mbml"
        say(f"To save a model with this threshold: {again(args, '-o', output)}")
