"""``microbit-ml report``: one page with all that there is to see of a model."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import check_can_write
from microbit_ml.common.files import write_whole
from microbit_ml.console.screen import plural, say, working
from microbit_ml.errors import DataError
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.report import Evidence, advise, find_dataset, report_html


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``report``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model (.mbml)")
    parser.add_argument(
        "dataset",
        nargs="?",
        type=Path,
        metavar="DATASET",
        help="the recordings that it was trained on, for examples; new ones among them are a "
        "test (default: looked for in this folder and beside MODEL)",
    )
    parser.add_argument(
        "-o", dest="output", required=True, type=Path, metavar="FILE.html", help="the page to write"
    )


def run(args: argparse.Namespace) -> None:
    """Write the page, and say in short what stands in it."""
    if args.model.is_dir():
        raise DataError(
            f"{args.model} is a folder, and report wants a model. Train one with: "
            f"microbit-ml train {args.model} -o {args.model.resolve().name}.mbml; or look at "
            f"the recordings with: microbit-ml show {args.model} --plot"
        )
    sources = [args.model, *([args.dataset] if args.dataset else [])]
    check_can_write(args.output, *sources)
    model = Model.load(args.model)
    with working("Writing the report"):
        place, data = _recordings(args, model)
        # The page is for others too: it says a folder's name, not where it lies.
        evidence = Evidence.of(args.model, model, data, place.resolve().name if place else "")
        write_whole(args.output, report_html(evidence))
    _tell(evidence, place)
    print(f"Saved {args.output}, {args.output.stat().st_size} bytes. Open it in a browser.")


def _recordings(args: argparse.Namespace, model: Model) -> tuple[Path | None, Dataset | None]:
    """The data set that was named, or one that holds the model's recordings, or none."""
    if args.dataset:
        return args.dataset, read_source(args.dataset)
    found = find_dataset(model, [Path(), args.model.parent])
    return found or (None, None)


def _tell(evidence: Evidence, place: Path | None) -> None:
    """What is in the page and, on stderr, what is not, and why."""
    name = evidence.name
    if place is None:
        say(
            "Note: The recordings that the model was trained on were not found here, so the page "
            f"has no examples. Say where they are: microbit-ml report {name} DATASET -o FILE.html"
        )
    elif not evidence.learned:
        say(
            f"Note: {name} was trained on none of the recordings in {place}, so the page "
            "takes them for a test of the model. Give the data set that it was trained on to see "
            "examples."
        )
    elif evidence.n_missing:
        say(
            f"Note: {plural(evidence.n_missing, 'recording')} that {name} was trained on "
            f"{'is' if evidence.n_missing == 1 else 'are'} not in {place}."
        )
    if place is not None:
        print(f"Recordings: {place}")
    if evidence.best is None:
        say(f"Note: {name} holds no judgements of single recordings. Train it again to see them.")
    else:
        scores = evidence.best
        print(f"Right in {scores.right} of {plural(scores.recordings, 'held-out recording')}.")
    print(f"Pieces of advice: {len(advise(evidence))}.")
