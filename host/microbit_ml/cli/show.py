"""``show``: the contents of a data set, and what may be wrong with it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from microbit_ml.cli.arguments import check_can_write
from microbit_ml.cli.nearby import collect_more
from microbit_ml.common.files import write_whole
from microbit_ml.common.wording import command
from microbit_ml.console.screen import plural, print_json, print_table, say, working, write
from microbit_ml.evaluate.label_summary import LabelSummary, summarize
from microbit_ml.evaluate.problems import find_problems
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.simulated_people import about_recordings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``show``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="the data set's folder")
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "--plot",
        action="store_true",
        help="also write a page with pictures: movements, lengths, clipping, which are alike",
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="FILE.html",
        help="the page to write (default: DATASET.html in this folder)",
    )


def run(args: argparse.Namespace) -> None:
    """Print the labels and the problems found; write the page if asked for."""
    page_path = _page_path(args)
    data = Dataset.load(args.dataset)
    summaries = summarize(data)
    problems = find_problems(data)
    if args.json:
        print_json(
            {
                "dataset": str(args.dataset),
                "recordings": len(data),
                "rate_hz": data.rate_hz,
                "simulated": data.n_simulated,
                "subjects": data.subjects,
                "labels": {label: one.as_json() for label, one in summaries.items()},
                "problems": problems,
            }
        )
    else:
        _print_data(args.dataset, data, summaries, problems)
    if page_path:
        _write_page(page_path, data, args.dataset.resolve().name, problems)
    if not args.json:
        say(f"Next: {_next(args.dataset, data)}")


def _next(path: Path, data: Dataset) -> str:
    """What to do with the data set: record a second label, or train."""
    if len(data.labels) < 2:
        return collect_more(data=path, labels=data.labels)
    return command("train", path)


def _print_data(
    path: Path, data: Dataset, summaries: Mapping[str, LabelSummary], problems: Sequence[str]
) -> None:
    people = plural(len(data.subjects), "person", "people") if data.subjects else "people not noted"
    write(
        f"{path}: {plural(len(data), 'recording')}, {plural(len(data.labels), 'label')}, "
        f"{people}, {data.rate_hz:g} samples a second"
    )
    if remark := about_recordings(data.n_simulated, len(data)):
        write(remark)
    write()
    print_table(
        ["label", "recordings", "people", "seconds: min", "median", "max", "samples", "clipped"],
        [_row(label, one) for label, one in summaries.items()],
    )
    write("\nProblems:" if problems else "\nNo problems found.")
    for problem in problems:
        write(f"- {problem}")


def _row(label: str, one: LabelSummary) -> list[object]:
    """A label's line in the table."""
    return [
        label or "(none)",
        one.recordings,
        one.subjects or "-",
        *(f"{seconds:.2f}" for seconds in (one.shortest_s, one.median_s, one.longest_s)),
        one.samples,
        f"{one.clipped:.1%}",
    ]


def _page_path(args: argparse.Namespace) -> Path | None:
    """The path of the page, if one is asked for. Raises when it cannot be written there."""
    if not (args.plot or args.output):
        return None
    path = args.output or Path(f"{args.dataset.resolve().name}.html")
    check_can_write(path, args.dataset)
    return path


def _write_page(path: Path, data: Dataset, name: str, problems: list[str]) -> None:
    from microbit_ml.report.data_set_page import data_set_html  # slow to load: draws pictures

    with working("Drawing"):
        html = data_set_html(data, name, problems)
    write_whole(path, html)
    say(f"Wrote {path}. Open it in a browser.")
