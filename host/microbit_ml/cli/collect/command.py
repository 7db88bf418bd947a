"""``collect``: recordings from boards into a data set, live or fetched."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path

from microbit_ml.board.boards import board_address, find_boards
from microbit_ml.board.link import URL, is_virtual
from microbit_ml.board.recorder import RATE_HZ
from microbit_ml.cli.arguments import again, board_name, label_text, or_virtual, subject_text
from microbit_ml.cli.collect.away import fetch, send_away
from microbit_ml.cli.collect.live import record_alone, record_class
from microbit_ml.cli.nearby import example_label
from microbit_ml.common.numbers import number_in
from microbit_ml.common.wording import command
from microbit_ml.console.screen import say
from microbit_ml.deploy.collect.record_all import plans_for_class
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.deploy.predict import roomy_boards
from microbit_ml.errors import DataError, UsageError
from microbit_ml.recordings.folders import folder_for, label_folders
from microbit_ml.recordings.keeping import Keeper

LONGEST_S = 60.0
COUNT = 10  # recordings by default


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``collect``."""
    parser.add_argument(
        "dataset",
        type=Path,
        metavar="DATASET",
        help="the data set's folder; created if it does not exist",
    )
    parser.add_argument(
        "label",
        nargs="?",
        type=label_text,
        default="",
        metavar="LABEL",
        help="the name of the movement (not with --fetch)",
    )
    parser.add_argument(
        "--count", type=_count, metavar="N", help=f"number of recordings (default {COUNT})"
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=1.0,
        metavar="S",
        help="length of each recording (default 1)",
    )
    parser.add_argument(
        "--subject", type=subject_text, default="", metavar="NAME", help="who moves the board"
    )
    parser.add_argument(
        "--auto",
        action="store_true",
        help="record continuously, and cut out each movement as a recording",
    )
    parser.add_argument("--no-countdown", action="store_true", help="start at once, without 3-2-1")
    parser.add_argument(
        "--board",
        type=board_name,
        default="",
        metavar="BOARD",
        help="the board's port, drive or id; virtual:v1 or virtual:v2 for a virtual board, moved "
        "by a simulated person",
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--all", action="store_true", help="record with all boards at once, one for each person"
    )
    way.add_argument(
        "--away",
        action="store_true",
        help="let the board record on its own from now on, without the laptop",
    )
    way.add_argument(
        "--fetch",
        action="store_true",
        help="fetch what a board recorded on its own, and restore its usual program",
    )
    parser.add_argument(
        "--subjects",
        type=subject_text,
        default="",
        metavar="A,B,...",
        help="with --all: the people, in the order of the ports (default person-1, person-2 ...)",
    )
    parser.epilog = (
        "Button A on the board, or Enter, starts a recording. Button B, or b, throws the last one "
        "away.\nEach recording is saved as soon as it ends. To stop, press q or Ctrl-C."
    )


def run(args: argparse.Namespace) -> None:
    """Record with one board or all, let a board record on its own, or fetch from it."""
    _check(args)
    keeper = Keeper(args.dataset)
    if args.label:
        keeper.check(args.label)
    if args.all:
        plans = plans_for_class(find_boards(), plan_of(args), names_of(args.subjects))
        record_class(plans, args.label, keeper)
        _say_next(args)
        return
    # A virtual board records live only.
    live = nullcontext() if args.fetch or args.away else or_virtual(_on_virtual(args))
    with live:
        board = board_address(args.board, find_boards)
    if args.fetch:
        fetch(board, keeper)
    elif args.away:
        send_away(board, plan_of(args), args.dataset, args.board)
    else:
        record_alone(board, plan_of(args), keeper)
        _say_next(args)


def _on_virtual(args: argparse.Namespace) -> str:
    return again(args, "--board", roomy_boards()[0], without="--board")


def _say_next(args: argparse.Namespace) -> None:
    """Another label, recorded in the same way, or what is there."""
    there = {label for _, label in label_folders(args.dataset)} if args.dataset.is_dir() else set()
    words = list(args.words)
    at = max(i for i, word in enumerate(words) if word.strip() == args.label or i == 0)
    if at:
        words[at] = example_label(there)
    say(
        f"Next: another label, for example: {command(*words)}, or look at all: "
        f"{command('show', args.dataset)}"
    )


def plan_of(args: argparse.Namespace) -> Plan:
    """The plan of the recordings, from the command line."""
    return Plan(
        args.label,
        args.count or COUNT,
        round(args.seconds * RATE_HZ),
        args.subject,
        not args.no_countdown,
        args.auto,
    )


def names_of(text: str) -> list[str]:
    """``Ann,Ben`` -> the names. Raises UsageError when one is listed twice."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UsageError(
            f"--subjects lists {twice.pop()!r} twice. Give each person a different name."
        )
    return names


def _check(args: argparse.Namespace) -> None:
    """Refuse options that do not go together, before a board is touched."""
    if args.fetch and args.label:
        raise UsageError("--fetch takes each label from the board. Leave out LABEL.")
    if not args.fetch and not args.label:
        raise UsageError(f"Say which movement (LABEL), for example: {again(args, example_label())}")
    if args.fetch and (args.subject or args.auto):
        raise UsageError(
            "--fetch takes each recording as it was made, with its subject and length. "
            "Leave out --subject and --auto."
        )
    if args.subjects and not args.all:
        raise UsageError("--subjects goes with --all. For one person, use --subject NAME.")
    if args.all and (args.subject or args.board):
        raise UsageError(
            "--all uses all boards, one for each person of --subjects. Leave out "
            f"{'--subject' if args.subject else '--board'}."
        )
    if args.away and args.auto:
        raise UsageError("--auto needs the laptop. Leave out --away or --auto.")
    if (args.away or args.fetch) and args.count is not None:
        raise UsageError(
            "A board that records on its own has no fixed number of recordings. Leave out --count."
        )
    if (args.away or args.fetch) and is_virtual(args.board) and not args.board.startswith(URL):
        raise UsageError(
            "This virtual board and its recordings are gone when the command ends. Use a real "
            f"micro:bit, or leave out {'--away' if args.away else '--fetch'} to record live."
        )
    if args.dataset.exists() and not args.dataset.is_dir():
        raise DataError(
            f"{args.dataset} is a file, not the folder of a data set. To use it: "
            f"{command('import', args.dataset, '--into', folder_for(args.dataset))}"
        )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 0 < int(text) <= 1000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of recordings, 1 to 1000")
    return int(text)


def _seconds(text: str) -> float:
    seconds = number_in(text)
    if not 0.1 <= seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a length in seconds, 0.1 to 60")
    return seconds
