"""``export``: a data set, or part of it, in one file to share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from microbit_ml.cli.arguments import check_can_write, subject_text
from microbit_ml.common.wording import command, in_words
from microbit_ml.console.screen import plural, print_table, progress_bar, say, write
from microbit_ml.errors import DataError, UsageError
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.folders import folder_for
from microbit_ml.recordings.formats.createai import LONG_SAMPLES, RATE_HZ
from microbit_ml.recordings.formats.writing import BY_ENDING, FORMATS, write_file
from microbit_ml.recordings.recording import composed
from microbit_ml.recordings.simulated_people import about_recordings
from microbit_ml.recordings.window import resample

MOST_NAMES = 8  # of people in one line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``export``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="the data set's folder")
    parser.add_argument(
        "-o",
        dest="output",
        required=True,
        type=Path,
        metavar="FILE",
        help="the file to write; its ending, .zip, .npz or .csv, sets the format",
    )
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        metavar="FORMAT",
        help="zip: the folder as it is, for any tool; npz: arrays for NumPy; csv: one table for a "
        "spreadsheet; createai, ml-machine: a JSON file to open there; edge-impulse (JSON) and "
        "edge-impulse-csv: a zip to unpack and upload there (edge-impulse-uploader --directory)",
    )
    parser.add_argument("--labels", metavar="A,B", help="only these labels, separated by commas")
    parser.add_argument(
        "--subject", type=subject_text, metavar="NAME", help="only this person's recordings"
    )


def run(args: argparse.Namespace) -> None:
    """Write the file, and report what is in it and which people it names."""
    check_can_write(args.output, args.dataset)
    kind = args.format or _format_of(args.output)
    data = _selection(Dataset.load(args.dataset), args.labels, args.subject)
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
    write(f"Wrote {args.output}: {plural(n_written, 'recording')}.")
    if n_written < len(data):
        say(
            f"Note: {args.dataset} has {plural(len(data) - n_written, 'duplicate')} under the same "
            "label. Each recording was written once."
        )
    _say_what_is_lost(data, kind)
    if FORMATS[kind].has_people:
        _say_whom_it_names(data)
    into = folder_for(args.output)
    say(f"To make it a data set again: {command('import', args.output, '--into', into)}")


def _format_of(path: Path) -> str:
    kind = BY_ENDING.get(path.suffix.lower())
    if kind is None and path.suffix.lower() == ".json":
        raise UsageError(
            f"{path} may be for CreateAI or for ml-machine. Add --format createai or --format "
            "ml-machine. For Edge Impulse, use the ending .zip and add: --format edge-impulse"
        )
    if kind is None:
        raise UsageError(
            f"The ending of {path} is not a format that we know. Use .zip, .npz or .csv, or add: "
            "--format zip"
        )
    return kind


def _write(data: Dataset, path: Path, kind: str) -> int:
    """Write the file in its format; returns the number of recordings in it."""
    if kind != "zip":
        return write_file(data, path, kind)
    with progress_bar("Writing", len(data)) as update:
        return write_file(data, path, kind, lambda done, all: update(done, path.name, all))


def _say_what_is_lost(data: Dataset, kind: str) -> None:
    """Report what the format cannot hold, and what had to change."""
    form = FORMATS[kind]
    if form.lacks:
        say(f"Note: This format has no place for {form.lacks}.")
    if labels := form.lost_faces(data):
        say(f"Note: It can't keep the icon or the sound of {in_words(labels)}.")
    if data.n_simulated and not form.has_sources:
        about = about_recordings(data.n_simulated, len(data))
        say(f"Note: {about} The file can't say so: tell whoever gets it.")
    if n_changed := form.n_changed(data):
        what = "resampled to 50 samples a second" if form.at_50_hz else "given even time stamps"
        verb = "was" if n_changed == 1 else "were"
        say(f"Note: {plural(n_changed, 'recording')} {verb} {what}.")
    if kind == "createai":
        _say_which_window(data)


def _say_which_window(data: Dataset) -> None:
    first = resample(min(data, key=lambda recording: recording.label), RATE_HZ)
    if len(first) >= LONG_SAMPLES:
        say(
            f"Note: The first recording has {len(first)} samples. With {LONG_SAMPLES} or "
            "more, CreateAI uses windows of 1.8 s instead of 1 s for all recordings."
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
        say(f"Note: The file says who made the recordings: {', '.join(people[:MOST_NAMES])}{more}.")


def _selection(data: Dataset, labels: str | None, subject: str | None) -> Dataset:
    """The recordings with these labels and subject. Raises DataError when there are none."""
    if labels is not None:
        chosen = _chosen_labels(labels, [*data.labels, *data.empty_labels])
        empty_labels = [label for label in data.empty_labels if label in chosen]
        data = data.subset(lambda recording: recording.label in chosen)
        data.empty_labels = empty_labels
    if subject is not None:
        people = ", ".join(data.subjects)
        advice = (
            f"There are recordings by: {people}." if people else "They do not say who made them."
        )
        data = data.subset(lambda recording: recording.subject == subject)
        if not data.recordings:
            raise DataError(f"No recording is by {subject!r}. {advice}")
    if not data.recordings:
        raise DataError(f"The label {labels!r} has no recordings. Record some first.")
    return data


def _chosen_labels(text: str, present: Sequence[str]) -> list[str]:
    """Split a text at its commas into labels; a label may itself contain commas."""
    text = composed(text, "label")
    labels = [text] if text in present else [one.strip() for one in text.split(",")]
    for label in labels:
        if label not in present:
            raise DataError(f"There is no label {label!r}. There are: {', '.join(present)}.")
    return labels
