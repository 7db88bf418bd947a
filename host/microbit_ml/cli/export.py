"""``export``: a data set, or a part of it, in one file to hand on."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from microbit_ml.cli.learn import check_can_write
from microbit_ml.cli.screen import plural, print_table, progress_bar, say
from microbit_ml.errors import DataError
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.archive import write_zip
from microbit_ml.recordings.npz import write_npz
from microbit_ml.recordings.recording import composed

FORMATS = ("zip", "npz")
MOST_NAMES = 8  # of people, in one line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``export``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="the data set's folder")
    parser.add_argument(
        "-o",
        dest="output",
        required=True,
        type=Path,
        metavar="FILE",
        help="the file to write; its ending, .zip or .npz, is its format",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="zip: the folder as it is, for any tool; npz: arrays for NumPy",
    )
    parser.add_argument("--labels", metavar="A,B", help="only these labels, with commas")
    parser.add_argument("--subject", metavar="NAME", help="only what this person made")


def run(args: argparse.Namespace) -> None:
    """Write the file, and say what is in it and whom it names."""
    check_can_write(args.output, args.dataset)
    kind = args.format or args.output.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise DataError(
            f"The ending of {args.output} names no format. Let it end with .zip or .npz, or add: "
            "--format zip"
        )
    data = _part(Dataset.load(args.dataset), args.labels, args.subject)
    if kind == "zip":
        with progress_bar("Writing", len(data)) as update:
            name = args.output.name
            n_written = write_zip(data, args.output, lambda done, all: update(done, name, all))
    else:
        n_written = write_npz(data, args.output)
    print_table(
        ["label", "recordings", "people"],
        [
            [
                label or "(none)",
                sum(recording.label == label for recording in data),
                len({one.subject for one in data if one.label == label} - {""}),
            ]
            for label in sorted({recording.label for recording in data})
        ],
    )
    print(f"Wrote {args.output}: {plural(n_written, 'recording')}.")
    if n_written < len(data):
        say(
            f"Note: {plural(len(data) - n_written, 'recording')} of {args.dataset} "
            "stood there twice under one label and went in once."
        )
    n_unknown = sum(not recording.subject for recording in data)
    if n_unknown:
        say(
            f"Note: The file does not say who made {plural(n_unknown, 'recording')}. Whoever "
            "imports it can add: --subject NAME"
        )
    if people := data.subjects:
        more = f" and {len(people) - MOST_NAMES} more" if len(people) > MOST_NAMES else ""
        say(f"Note: The file says who moved: {', '.join(people[:MOST_NAMES])}{more}.")
    say(f"To add it to another data set: microbit-ml import {args.output} --into DATASET")


def _part(data: Dataset, labels: str | None, subject: str | None) -> Dataset:
    """What was asked for; DataError when the data set has none of it."""
    if labels is not None:
        wanted = _wanted_labels(labels, [*data.labels, *data.empty_labels])
        empty_labels = [label for label in data.empty_labels if label in wanted]
        data = data.subset(lambda recording: recording.label in wanted)
        data.empty_labels = empty_labels
    if subject is not None:
        name = composed(subject, "subject")
        people = ", ".join(data.subjects)
        there = f"There are some by: {people}." if people else "They do not say who moved."
        data = data.subset(lambda recording: recording.subject == name)
        if not data.recordings:
            raise DataError(f"None of the recordings is by {name!r}. {there}")
    if not data.recordings:
        raise DataError(f"The label {labels!r} has no recordings to hand on. Record some first.")
    return data


def _wanted_labels(text: str, there: Sequence[str]) -> list[str]:
    """The labels in a text with commas; a label may itself have commas in it."""
    text = composed(text, "label")
    labels = [text] if text in there else [part.strip() for part in text.split(",")]
    for label in labels:
        if label not in there:
            raise DataError(
                f"There is no label {label!r} to hand on. There are: {', '.join(there)}."
            )
    return labels
