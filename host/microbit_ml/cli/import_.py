"""``import``: recordings from other programs and other people into a data set."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from microbit_ml.cli.arguments import is_same, label_text, subject_text
from microbit_ml.common.wording import command
from microbit_ml.console.screen import plural, print_table, progress_bar, say
from microbit_ml.errors import DataError
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.formats.archive import Progress
from microbit_ml.recordings.formats.tables import COUNTS_PER_UNIT
from microbit_ml.recordings.merging import merge


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``import``."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="another data set (.zip or folder), JSON from CreateAI, ml-machine or Edge Impulse, "
        "a project of CreateAI (.hex), npz, a micro:bit's data log (MY_DATA.HTM), or a CSV table; "
        "*.zip imports every zip file in a folder",
    )
    parser.add_argument(
        "--into",
        required=True,
        type=Path,
        metavar="DATASET",
        help="the data set's folder; created if it does not exist",
    )
    parser.add_argument(
        "--subject",
        type=subject_text,
        default="",
        metavar="NAME",
        help="who made the movement, if the file does not say",
    )
    parser.add_argument(
        "--label",
        type=label_text,
        default="",
        metavar="NAME",
        help="the name of the movement, if the file does not say",
    )
    parser.add_argument(
        "--columns",
        metavar="x,y,z,time",
        help="what the columns of a CSV file or a data log are, in order; also time_s, label, "
        "person, or - for a column to skip",
    )
    parser.add_argument(
        "--unit",
        choices=tuple(COUNTS_PER_UNIT),
        help="the unit of x, y and z, if the CSV file does not say; counts are 1/1024 g, as on a "
        "micro:bit",
    )


def run(args: argparse.Namespace) -> None:
    """Add all recordings of all files to the data set, or nothing when a file is bad.

    Spaces around a label go: nobody sees them, and they would make another label of it.
    """
    sources = []
    with progress_bar("Reading", 1) as update:
        for path in (path for name in args.files for path in _matching(name)):
            sources.append((path, _read_for_import(path, args, partial(_show, update, path.name))))
    n_incoming = sum(len(data) for _, data in sources)
    with progress_bar("Saving", n_incoming) as update:
        merged = merge(
            args.into,
            sources,
            partial(_show, update, args.into.name),
            lambda: say(f"Waiting for another program that writes to {args.into} ..."),
        )
    print_table(
        ["label", "added", "already there"],
        [
            [label or "(none)", merged.added[label], merged.present[label]]
            for label in sorted({*merged.added, *merged.present})
        ],
    )
    for label in merged.empty_labels:
        say(f'Note: "{label}" has no recordings yet. Record some, or delete its folder.')
    for path, data in sources:
        if args.subject and args.subject not in data.subjects:
            say(
                f"Note: {path} already says who made the recordings, so --subject {args.subject} "
                "was not used."
            )
    for note in merged.notes:
        say(f"Note: {note}")
    if merged.n_named:
        n_named = plural(merged.n_named, "recording")
        say(f"Noted who made {n_named} that were already there.")
    say(f"{plural(merged.added.total(), 'recording')} added to {args.into}.")
    say(f"Next: {command('show', args.into)}")


def _matching(path: Path) -> list[Path]:
    """The path, or the files that match a pattern like ``*.zip``: not every shell expands it."""
    if path.exists() or not set(path.name) & set("*?["):
        return [path]
    return sorted(path.parent.glob(path.name)) or [path]


def _show(update: Callable[..., None], remark: str, done: int, total: int) -> None:
    update(done, remark, total)


def _read_for_import(path: Path, args: argparse.Namespace, progress: Progress) -> Dataset:
    if path.is_dir() and is_same(path, args.into):
        raise DataError(
            f"{path} is the data set itself. Name the file to import before --into {path}."
        )
    data = read_source(path, progress, args.columns, args.unit)
    data.empty_labels = sorted({label.strip() for label in data.empty_labels} - {""})
    data.recordings = [
        replace(
            recording,
            label=recording.label.strip() or args.label,
            subject=recording.subject or args.subject,
        )
        for recording in data
    ]
    may_lack_labels = path.is_dir() or path.suffix.lower() in (".zip", ".npz")
    if not may_lack_labels and not all(recording.label for recording in data):
        raise DataError(f"{path} does not say which movement it is. Add: --label NAME")
    return data
