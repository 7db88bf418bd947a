"""``export``: a data set, or a part of it, in one file to hand on."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from microbit_ml.cli.arguments import check_can_write, subject_text
from microbit_ml.console.screen import plural, print_table, progress_bar, say
from microbit_ml.errors import DataError, UsageError
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.createai import LONG_SAMPLES, RATE_HZ
from microbit_ml.recordings.formats.writing import BY_ENDING, FORMATS, write_file
from microbit_ml.recordings.recording import composed
from microbit_ml.recordings.window import resample

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
        help="the file to write; its ending, .zip, .npz or .csv, is its format",
    )
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        metavar="FORMAT",
        help="zip: the folder as it is, for any tool; npz: arrays for NumPy; csv: one table for a "
        "spreadsheet; createai, ml-machine: a JSON file that they open; edge-impulse (JSON) and "
        "edge-impulse-csv: a zip to unpack and upload there",
    )
    parser.add_argument("--labels", metavar="A,B", help="only these labels, with commas")
    parser.add_argument(
        "--subject", type=subject_text, metavar="NAME", help="only what this person made"
    )


def run(args: argparse.Namespace) -> None:
    """Write the file, and say what is in it and whom it names."""
    check_can_write(args.output, args.dataset)
    kind = args.format or _format_of(args.output)
    data = _part(Dataset.load(args.dataset), args.labels, args.subject)
    n_written = _write(data, args.output, kind)
    print_table(
        ["label", "recordings", "people"],
        [
            [
                label or "(none)",
                len(recordings),
                len({one.subject for one in recordings} - {""}),
            ]
            for label, recordings in data.by_label().items()
        ],
    )
    print(f"Wrote {args.output}: {plural(n_written, 'recording')}.")
    if n_written < len(data):
        say(
            f"Note: {plural(len(data) - n_written, 'recording')} of {args.dataset} "
            "stood there twice under one label and went in once."
        )
    _say_what_is_lost(data, kind)
    if FORMATS[kind].has_people:
        _say_whom_it_names(data)
    say(f"To add it to another data set: microbit-ml import {args.output} --into DATASET")


def _format_of(path: Path) -> str:
    kind = BY_ENDING.get(path.suffix.lower())
    if kind is None and path.suffix.lower() == ".json":
        raise UsageError(
            f"{path} may be for CreateAI or for ml-machine. Add --format createai or --format "
            "ml-machine; for Edge Impulse, let it end with .zip and add: --format edge-impulse"
        )
    if kind is None:
        raise UsageError(
            f"The ending of {path} names no format. Let it end with .zip, .npz or .csv, or add: "
            "--format zip"
        )
    return kind


def _write(data: Dataset, path: Path, kind: str) -> int:
    """Write the file in its format; how many recordings it holds."""
    if kind != "zip":
        return write_file(data, path, kind)
    with progress_bar("Writing", len(data)) as update:
        return write_file(data, path, kind, lambda done, all: update(done, path.name, all))


def _say_what_is_lost(data: Dataset, kind: str) -> None:
    """One line about what the format has no place for, and one about what had to change."""
    form = FORMATS[kind]
    if form.lacks:
        say(f"Note: This format has no place for {form.lacks}.")
    if n_changed := form.n_changed(data):
        what = "brought to 50 samples a second" if form.at_50_hz else "given even time stamps"
        verb = "was" if n_changed == 1 else "were"
        say(f"Note: {plural(n_changed, 'recording')} {verb} {what}.")
    if kind == "createai":
        _say_which_window(data)


def _say_which_window(data: Dataset) -> None:
    first = resample(min(data, key=lambda recording: recording.label), RATE_HZ)
    if len(first) >= LONG_SAMPLES:
        say(
            f"Note: The first recording has {len(first)} samples. From {LONG_SAMPLES} on, CreateAI "
            "takes windows of 1.8 s instead of 1 s for all."
        )


def _say_whom_it_names(data: Dataset) -> None:
    n_unknown = sum(not recording.subject for recording in data)
    if n_unknown:
        say(
            f"Note: The file does not say who made {plural(n_unknown, 'recording')}. Whoever "
            "imports it can add: --subject NAME"
        )
    if people := data.subjects:
        more = f" and {len(people) - MOST_NAMES} more" if len(people) > MOST_NAMES else ""
        say(f"Note: The file says who moved: {', '.join(people[:MOST_NAMES])}{more}.")


def _part(data: Dataset, labels: str | None, subject: str | None) -> Dataset:
    """What was asked for; DataError when the data set has none of it."""
    if labels is not None:
        wanted = _wanted_labels(labels, [*data.labels, *data.empty_labels])
        empty_labels = [label for label in data.empty_labels if label in wanted]
        data = data.subset(lambda recording: recording.label in wanted)
        data.empty_labels = empty_labels
    if subject is not None:
        people = ", ".join(data.subjects)
        there = f"There are some by: {people}." if people else "They do not say who moved."
        data = data.subset(lambda recording: recording.subject == subject)
        if not data.recordings:
            raise DataError(f"None of the recordings is by {subject!r}. {there}")
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
