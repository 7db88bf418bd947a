"""``import`` and ``show``: recordings into a data set, and a look at what is in it."""

from __future__ import annotations

import argparse
import contextlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from microbit_ml.cli.problems import clipped_share, find_problems, seconds_of
from microbit_ml.cli.screen import plural, print_json, print_table, say
from microbit_ml.cli.sources import read_file
from microbit_ml.errors import DataError
from microbit_ml.recordings import Dataset, Recording, read_csv
from microbit_ml.recordings.names import text_of


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``import``."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="CreateAI or ml-machine JSON, npz, or a recording as CSV",
    )
    parser.add_argument(
        "--into",
        required=True,
        type=Path,
        metavar="DATASET",
        help="the data set's folder; made when it is not there",
    )
    parser.add_argument(
        "--subject", default="", metavar="NAME", help="who moved, where the file does not say"
    )
    parser.add_argument(
        "--label", default="", metavar="NAME", help="what the movement is, for CSV files"
    )


def import_files(args: argparse.Namespace) -> None:
    """Add all recordings of all files to the data set, or nothing when a file is bad."""
    incoming = _merge([_read_for_import(path, args.label, args.subject) for path in args.files])
    stored = _stored(args.into)
    added: Counter[str] = Counter()
    present: Counter[str] = Counter()
    for recording in incoming:
        key = (recording.label, recording.digest)
        (present if key in stored else added)[recording.label] += 1
        stored.add(key)
    incoming.save(args.into)
    print_table(
        ["label", "added", "already there"],
        [[label, added[label], present[label]] for label in incoming.labels],
    )
    for label in incoming.empty_labels:
        say(f'Note: "{label}" has no recordings yet. Record some, or delete its folder.')
    say(f"{plural(added.total(), 'recording')} added to {args.into}.")


def _read_for_import(path: Path, label: str, subject: str) -> Dataset:
    data = read_file(path)
    data.recordings = [
        replace(recording, label=recording.label or label, subject=recording.subject or subject)
        for recording in data
    ]
    if any(not recording.label for recording in data):
        raise DataError(f"{path} does not say which movement it is. Add: --label NAME")
    return data


def _merge(parts: list[Dataset]) -> Dataset:
    """All files as one data set, so that it is checked as a whole before anything is written."""
    recordings = [recording for part in parts for recording in part]
    filled = {recording.label for recording in recordings}
    return Dataset(
        recordings,
        parts[0].rate_hz,
        [entry for part in parts for entry in part.provenance],
        sorted({label for part in parts for label in part.empty_labels} - filled),
    )


def _stored(folder: Path) -> set[tuple[str, str]]:
    """Label and digest of what the folder holds already, as far as it can be read."""
    stored = set()
    for path in folder.glob("*/*.csv"):
        with contextlib.suppress(DataError):  # a damaged file is no reason not to add others
            stored.add((text_of(path.parent.name), read_csv(path).digest))
    return stored


def add_show_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``show``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="the data set's folder")
    parser.add_argument("--json", action="store_true", help="print JSON for a program")


def show(args: argparse.Namespace) -> None:
    """Print what each label holds, and the problems that were found."""
    data = Dataset.load(args.dataset)
    summaries = {
        label: _summary([r for r in data if r.label == label], data.rate_hz)
        for label in sorted({recording.label for recording in data})
    }
    problems = find_problems(data)
    if args.json:
        print_json(
            {
                "dataset": str(args.dataset),
                "recordings": len(data),
                "rate_hz": data.rate_hz,
                "subjects": data.subjects,
                "labels": summaries,
                "problems": problems,
            }
        )
        return
    people = plural(len(data.subjects), "person", "people") if data.subjects else "people not noted"
    print(
        f"{args.dataset}: {plural(len(data), 'recording')}, {plural(len(data.labels), 'label')}, "
        f"{people}, {data.rate_hz:g} samples a second\n"
    )
    print_table(
        ["label", "recordings", "people", "seconds: min", "median", "max", "samples", "clipped"],
        [
            [
                label or "(none)",
                one["recordings"],
                one["subjects"],
                *(f"{one['seconds'][which]:.2f}" for which in ("min", "median", "max")),
                one["samples"],
                f"{one['clipped']:.1%}",
            ]
            for label, one in summaries.items()
        ],
    )
    print("\nProblems:" if problems else "\nNo problems found.")
    for problem in problems:
        print(f"- {problem}")


def _summary(recordings: list[Recording], rate_hz: float) -> dict:
    seconds = [seconds_of(recording, rate_hz) for recording in recordings]
    return {
        "recordings": len(recordings),
        "subjects": len({recording.subject for recording in recordings} - {""}),
        "seconds": {
            "min": round(min(seconds), 3),
            "median": round(float(np.median(seconds)), 3),
            "max": round(max(seconds), 3),
        },
        "samples": sum(len(recording) for recording in recordings),
        "clipped": round(clipped_share(recordings), 4),
    }
