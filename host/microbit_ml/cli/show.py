"""``show``: what is in a data set, and what may be wrong with it."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from microbit_ml.cli.arguments import check_can_write
from microbit_ml.common.files import write_whole
from microbit_ml.console.screen import plural, print_json, print_table, say, working
from microbit_ml.evaluate.problems import clipped_share, find_problems, seconds_of
from microbit_ml.recordings import Dataset, Recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``show``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="the data set's folder")
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "--plot",
        action="store_true",
        help="write a page with pictures too: movements, lengths, clipping, what is alike",
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="FILE.html",
        help="where to write the page (without it DATASET.html in this folder)",
    )


def run(args: argparse.Namespace) -> None:
    """Print what each label holds, and the problems that were found; write the page."""
    page_path = _page_path(args)
    data = Dataset.load(args.dataset)
    summaries = {
        label: _summary([r for r in data if r.label == label], data.rate_hz)
        for label in sorted({recording.label for recording in data})
    }
    rows = [_row(label, one) for label, one in summaries.items()]
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
    else:
        _print_data(args.dataset, data, rows, problems)
    if page_path:
        _write_page(page_path, data, args.dataset.resolve().name, rows, problems)


def _print_data(path: Path, data: Dataset, rows: list[list], problems: list[str]) -> None:
    people = plural(len(data.subjects), "person", "people") if data.subjects else "people not noted"
    print(
        f"{path}: {plural(len(data), 'recording')}, {plural(len(data.labels), 'label')}, "
        f"{people}, {data.rate_hz:g} samples a second\n"
    )
    print_table(
        ["label", "recordings", "people", "seconds: min", "median", "max", "samples", "clipped"],
        rows,
    )
    print("\nProblems:" if problems else "\nNo problems found.")
    for problem in problems:
        print(f"- {problem}")


def _row(label: str, one: dict) -> list:
    """A label's line in the table of ``show``."""
    return [
        label or "(none)",
        one["recordings"],
        one["subjects"] or "-",
        *(f"{one['seconds'][which]:.2f}" for which in ("min", "median", "max")),
        one["samples"],
        f"{one['clipped']:.1%}",
    ]


def _page_path(args: argparse.Namespace) -> Path | None:
    """Where the page goes, if one is wanted; an error when it cannot be written there."""
    if not (args.plot or args.output):
        return None
    path = args.output or Path(f"{args.dataset.resolve().name}.html")
    check_can_write(path, args.dataset)
    return path


def _write_page(
    path: Path, data: Dataset, name: str, rows: list[list], problems: list[str]
) -> None:
    from microbit_ml.report.data_set_page import show_page

    with working("Drawing"):
        html = show_page(data, name, rows, problems)
    write_whole(path, html)
    say(f"Wrote {path}. Open it in a browser.")


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
