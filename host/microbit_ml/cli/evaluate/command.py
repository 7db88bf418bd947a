"""``evaluate``: test a model on recordings, or a way of training by a protocol."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import check_order, to_train
from microbit_ml.cli.evaluate.importance import evaluate_importance
from microbit_ml.cli.evaluate.model import evaluate_model
from microbit_ml.cli.evaluate.prefer import add_prefer_arguments, evaluate_preference
from microbit_ml.cli.evaluate.protocols import PROTOCOLS, evaluate_by_protocol
from microbit_ml.cli.evaluate.streams import (
    MAX_MINUTES,
    MIN_MINUTES,
    MINUTES,
    add_stream_arguments,
    evaluate_model_streams,
    evaluate_streams_protocol,
)
from microbit_ml.cli.training_arguments import add_training_arguments, differs_from_defaults
from microbit_ml.common.wording import command
from microbit_ml.console.screen import say
from microbit_ml.errors import UsageError
from microbit_ml.evaluate.preference import AT_LEAST
from microbit_ml.evaluate.protocols import SHOTS

FOLDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``evaluate``."""
    parser.usage = (
        "microbit-ml evaluate [--against MODEL2] [--json] MODEL DATASET\n"
        "       microbit-ml evaluate --importance [--json] MODEL DATASET\n"
        "       microbit-ml evaluate --prefer recall:LABEL [-o MODEL2] [--json] MODEL DATASET\n"
        "       microbit-ml evaluate --streams [--minutes M] [--json] MODEL [DATASET]\n"
        "       microbit-ml evaluate --protocol P [--folds N] [--shots N] [--json] DATASET"
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="MODEL DATASET",
        help="a .mbml file, and the recordings to test it on (a data set's folder or a file)",
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="MODEL2",
        help="a second model to test on the same recordings: is the difference more than luck?",
    )
    parser.add_argument(
        "--protocol",
        choices=[*PROTOCOLS, "streams"],
        help="instead of testing MODEL, train models on part of the data set and test each on the "
        "rest. "
        "k-fold: cross-validation; few-shot: train on a few recordings of each label; "
        "leave-one-subject-out: test each person with a model trained on the others; unknown: "
        "leave out each label in turn; learning-curve: train on more and more recordings; "
        "streams: play the rest between walking and fidgeting (holding out whole people if known)",
    )
    parser.add_argument(
        "--folds",
        type=int,
        default=FOLDS,
        metavar="N",
        help=f"number of folds (default {FOLDS})",
    )
    parser.add_argument(
        "--shots",
        type=int,
        default=SHOTS,
        metavar="N",
        help=f"training recordings of each label for few-shot (default {SHOTS})",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "--importance",
        action="store_true",
        help="show which features matter to MODEL, and why it gets recordings wrong",
    )
    add_prefer_arguments(parser)
    add_stream_arguments(parser)
    add_training_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Test a model on recordings, or a way of training by a protocol."""
    _check_usage(args)
    if args.protocol == "streams":
        evaluate_streams_protocol(args)
    elif args.protocol:
        evaluate_by_protocol(args)
    elif args.streams:
        evaluate_model_streams(args)
    elif args.prefer:
        evaluate_preference(args)
    elif args.importance:
        evaluate_importance(args)
    else:
        evaluate_model(args)
    if not args.json:
        say(f"Next: {_next(args)}")


def _next(args: argparse.Namespace) -> str:
    """After a way of training: train so. After a model: see it all on a page."""
    if args.protocol:
        return to_train(args.paths[0])
    if args.prefer and args.output:
        return command("build", args.output)
    return command("report", *args.paths)


_WITHOUT_FOLDS = ("leave-one-subject-out", "few-shot", "learning-curve")


def _check_usage(args: argparse.Namespace) -> None:
    """Raise UsageError when paths and options do not fit together."""
    expected = ["DATASET"] if args.protocol else ["MODEL", "DATASET"]
    lengths = (1, 2) if args.streams and not args.protocol else (len(expected),)
    if len(args.paths) not in lengths:
        given = " and ".join(map(str, args.paths))
        raise UsageError(f"Give {' and '.join(expected)}, not {given}.")
    if len(args.paths) == 2:
        check_order(args, *args.paths)
    if args.protocol and args.streams:
        raise UsageError("--streams goes with MODEL. For a DATASET alone: --protocol streams")
    if not args.protocol and (args.folds != FOLDS or differs_from_defaults(args)):
        raise UsageError("--folds and training settings go with --protocol.")
    if args.protocol in _WITHOUT_FOLDS and args.folds != FOLDS:
        raise UsageError(f"--folds does not go with --protocol {args.protocol}.")
    if args.protocol != "few-shot" and args.shots != SHOTS:
        raise UsageError("--shots goes with --protocol few-shot.")
    if (args.against or args.prefer or args.importance) and (args.protocol or args.streams):
        raise UsageError("--against, --prefer and --importance go with MODEL and DATASET.")
    if bool(args.against) + bool(args.prefer) + args.importance > 1:
        raise UsageError("Give one of --against, --prefer and --importance.")
    if not args.prefer and (args.output or args.at_least != AT_LEAST):
        raise UsageError("-o and --at-least go with --prefer.")
    if not 0 <= args.at_least <= 1:
        raise UsageError(f"--at-least must be 0 to 1, not {args.at_least:g}.")
    plays = args.streams or args.protocol == "streams"
    if not plays and (args.minutes != MINUTES or args.background):
        raise UsageError("--minutes and --background go with --streams or --protocol streams.")
    if not MIN_MINUTES <= args.minutes <= MAX_MINUTES:
        raise UsageError(
            f"--minutes must be {MIN_MINUTES:g} to {MAX_MINUTES:g}, not {args.minutes:g}."
        )
