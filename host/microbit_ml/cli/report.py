"""``microbit-ml report``: one page with everything about a model."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import check_can_write, check_order, default_output
from microbit_ml.common.files import write_whole
from microbit_ml.common.wording import command
from microbit_ml.console.screen import plural, say, working, write
from microbit_ml.deploy.predict import roomy_boards
from microbit_ml.errors import DataError
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.simulated_people import about_test
from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.report import Evidence, advise, find_dataset, report_html


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``report``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model (.mbml)")
    parser.add_argument(
        "dataset",
        nargs="?",
        type=Path,
        metavar="DATASET",
        help="the recordings that it was trained on, to show examples; it is tested on any new "
        "ones (default: a data set found in this folder or beside MODEL)",
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="FILE.html",
        help="the page to write (default: MODEL-report.html in this folder)",
    )


def run(args: argparse.Namespace) -> None:
    """Write the page and print a summary of it."""
    if args.dataset:
        check_order(args, args.model, args.dataset)
    if args.model.is_dir():
        raise DataError(
            f"{args.model} is a folder, but report needs a model. Train one with: "
            f"{command('train', args.model)}. Or look at the recordings with: "
            f"{command('show', args.model, '--plot')}"
        )
    sources = [args.model, *([args.dataset] if args.dataset else [])]
    output = args.output or default_output(args.model, "-report.html")
    check_can_write(output, *sources)
    model = Model.load(args.model)
    with working("Writing the report"):
        folder, data = _recordings(args, model, output)
        # The page may be passed on: it gives the folder's name, not its whole path.
        evidence = Evidence.of(args.model, model, data, folder.resolve().name if folder else "")
        write_whole(output, report_html(evidence))
    _print_summary(evidence, folder)
    write(f"Saved {output}, {output.stat().st_size} bytes. Open it in a browser.")
    say(f"Next: {_to_play(args.model, model, folder)}")
    say(f"For a micro:bit: {command('build', args.model)}")


def _to_play(path: Path, model: Model, folder: Path | None) -> str:
    """The command for a virtual board that keys move; it plays what cannot be simulated."""
    board = roomy_boards()[0].removeprefix("virtual:")
    is_needed = folder is not None and not set(model.labels) <= set(MOTIONS)
    return command("virtual", board, "--model", path, *(("--data", folder) if is_needed else ()))


def _recordings(
    args: argparse.Namespace, model: Model, output: Path
) -> tuple[Path | None, Dataset | None]:
    """The data set that was given, or one found with the model's recordings, or none."""
    if args.dataset:
        return args.dataset, read_source(args.dataset)
    found = find_dataset(model, [Path(), args.model.parent])
    if found:
        check_can_write(output, found[0])
    return found or (None, None)


def _print_summary(evidence: Evidence, folder: Path | None) -> None:
    """Print what is on the page and, on stderr, what is missing from it and why."""
    name = evidence.name
    if folder is None:
        say(
            "Note: The recordings that the model was trained on were not found here, so the page "
            f"shows no examples. To add them: {command('report', name, 'DATASET')}"
        )
    elif not evidence.training_data:
        say(
            f"Note: {name} was trained on none of the recordings in {folder}, so the page tests "
            "the model on them. To see examples too, give the data set that it was trained on."
        )
    elif evidence.n_missing:
        say(
            f"Note: {plural(evidence.n_missing, 'recording')} that {name} was trained on "
            f"{'is' if evidence.n_missing == 1 else 'are'} not in {folder}."
        )
    if folder is not None:
        write(f"Recordings: {folder}")
    if evidence.top1_scores is None:
        say(f"Note: {name} holds no results for single recordings. Train it again to see them.")
    else:
        scores = evidence.top1_scores
        write(f"It got {scores.right} of {plural(scores.recordings, 'held-out recording')} right.")
    if remark := about_test(evidence.trained_simulated, evidence.tested_simulated):
        write(remark)
    n = len(advise(evidence))
    write(f"The page has {plural(n, 'piece')} of advice." if n else "We found no problems.")
