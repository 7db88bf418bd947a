"""``compare``: the network compared with simpler methods, and which of them to choose."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping
from pathlib import Path

from microbit_ml.cli.arguments import to_train
from microbit_ml.cli.evaluate.protocols import SAME_PEOPLE, warn_of_copies
from microbit_ml.console.screen import plural, print_json, print_table, progress_bar, say, write
from microbit_ml.evaluate.comparison import Comparison, Method, compare, compared_kinds
from microbit_ml.evaluate.comparison_advice import advice, short_p
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.simulated_people import about_recordings
from microbit_ml.targets import TARGETS, smallest
from microbit_ml.training import Settings

FOLDS = 5
TEXT_WIDTH = 78


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``compare``."""
    parser.add_argument(
        "dataset", type=Path, metavar="DATASET", help="the data set's folder, or a file"
    )
    parser.add_argument(
        "--folds",
        type=int,
        default=FOLDS,
        metavar="N",
        help=f"folds of the cross-validation (default {FOLDS})",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of all random choices (default 0)",
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="count the layers' instructions on virtual boards instead of estimating them",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")


def run(args: argparse.Namespace) -> None:
    """Cross-validate all methods. Print a table and a recommendation, or JSON."""
    data = read_source(args.dataset)
    warn_of_copies(data)
    with progress_bar("Comparing", 100) as update:
        comparison, models = compare(
            data, args.folds, args.seed, lambda done, of, next_: update(done, next_, of)
        )
    if args.measure:
        comparison = _measured(comparison, models)
    if args.json:
        print_json({**_as_json(args, comparison), "simulated": data.n_simulated})
        return
    _print_table(args, comparison, data)
    write()
    remark = about_recordings(data.n_simulated, len(data))
    for line in [*advice(comparison), *([remark] if remark else [])]:
        write(textwrap.fill(line, TEXT_WIDTH, break_on_hyphens=False))
    kind = _kind(comparison)
    say(f"Next: {to_train(args.dataset, *([] if kind == Settings.kind else ['--kind', kind]))}")


def _kind(comparison: Comparison) -> str:
    """The recommended kind of model, for ``train --kind``."""
    return compared_kinds()[comparison.choice.name].NAME


def _measured(comparison: Comparison, models: Mapping[str, Model]) -> Comparison:
    from microbit_ml.evaluate.comparison_measured import measured  # loads virtual boards

    with progress_bar("Measuring", 1) as update:
        return measured(comparison, models, lambda done, of, next_: update(done, next_, of))


def _as_json(args: argparse.Namespace, comparison: Comparison) -> dict[str, object]:
    label, right = comparison.most_frequent
    return {
        "dataset": str(args.dataset),
        "recordings": len(comparison.truth),
        "folds": args.folds,
        "seed": args.seed,
        "most_frequent": {"label": label, "accuracy": right / len(comparison.truth)},
        "methods": {
            one.name: {
                "accuracy": one.scores.accuracy,
                "correct": one.scores.right,
                "macro_f1": one.scores.macro_f1,
                "bytes": one.footprint.n_bytes,
                "fits_v1": one.fits_all,
                "instructions": dict(one.footprint.instructions),
                "measured": one.footprint.measured,
                "against_best": comparison.test(comparison.best, one).as_json(),
                "significantly_worse": comparison.worse(one),
            }
            for one in comparison.methods
        },
        "best": comparison.best.name,
        "cheapest_close_to_best": comparison.cheapest.name,
        "false_accept_rate": dict(comparison.false_accept_rates),
        "choice": comparison.choice.name,
        "kind": _kind(comparison),
        "advice": advice(comparison),
    }


def _print_table(args: argparse.Namespace, comparison: Comparison, data: Dataset) -> None:
    n = len(comparison.truth)
    label, right = comparison.most_frequent
    write(
        f"{args.folds}-fold cross-validation of {args.dataset}: {plural(n, 'recording')}, "
        f'{len(set(comparison.truth))} labels.\nAlways answering "{label}" would give an accuracy '
        f"of {right / n:.3f}."
    )
    if len(data.subjects) > 1:
        write(textwrap.fill(SAME_PEOPLE, TEXT_WIDTH))
    write()
    print_table(
        [
            "method",
            "accuracy",
            "right",
            "p",
            "bytes",
            *(f"on {one.title}" for one in TARGETS.values()),
        ],
        [_row(comparison, one) for one in comparison.ranked],
    )
    estimated = not all(one.footprint.measured for one in comparison.methods)
    titles = [one.title for one in TARGETS.values()]
    too_large = f"\n   (!) too large for {smallest().title}"
    features = [f"{one.features_cost:,} more on {one.title}" for one in TARGETS.values()]
    features[1:] = [f"and {text.replace('more ', '')}" for text in features[1:]]
    write(
        "\n*: our choice for a board. Why: see below\n"
        "p: how often equally good methods would differ this much from the first by\n"
        "   chance alone (McNemar's exact test; below 0.05: hardly chance)\n"
        "right: for what can go on a board the top-1 class counts, even where the\n"
        '   answer would be "unknown"\n'
        "bytes: size of model.bin; for what can go on a board, with what it needs to\n"
        '   answer "unknown"'
        + ("" if all(one.fits_all for one in comparison.methods) else too_large)
        + f"\non {', '.join(titles)}: instructions from features to scores"
        + (" (~ estimated)." if estimated else ".")
        + f"\n   Computing the features takes about {' '.join(features)}"
    )


def _row(comparison: Comparison, one: Method) -> list[object]:
    is_best, is_choice = one is comparison.best, one is comparison.choice
    sign = "" if one.footprint.measured else "~"
    return [
        f"{one.name} *" if is_choice else one.name,
        f"{one.scores.accuracy:.3f}",
        f"{one.scores.right}/{one.scores.recordings}",
        "-" if is_best else short_p(comparison.test(comparison.best, one).p),
        f"{'' if one.fits_all else '(!) '}{one.footprint.n_bytes:,}",
        *(f"{sign}{one.footprint.instructions[kind]:,}" for kind in TARGETS),
    ]
