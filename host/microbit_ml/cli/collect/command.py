"""``collect``: recordings from boards into a data set, live or fetched."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.board.boards import find_boards, place_of
from microbit_ml.board.link import URL, is_virtual
from microbit_ml.board.recorder import RATE_HZ
from microbit_ml.cli.arguments import board_name, label_text, subject_text
from microbit_ml.cli.collect.away import fetch, send_away
from microbit_ml.cli.collect.live import record_alone, record_class
from microbit_ml.common.numbers import number_in
from microbit_ml.deploy.collect.record_all import plans_for_class
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.errors import DataError, UsageError
from microbit_ml.recordings.keeping import Keeper

LONGEST_S = 60.0
COUNT = 10  # recordings, when nothing is said


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``collect``."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="a folder, or a new one")
    parser.add_argument(
        "label",
        nargs="?",
        type=label_text,
        default="",
        metavar="LABEL",
        help="the movement; not with --fetch",
    )
    parser.add_argument("--count", type=_count, metavar="N", help=f"recordings ({COUNT})")
    parser.add_argument(
        "--seconds", type=_seconds, default=1.0, metavar="S", help="length of each (1)"
    )
    parser.add_argument(
        "--subject", type=subject_text, default="", metavar="NAME", help="who moves the board"
    )
    parser.add_argument(
        "--auto",
        action="store_true",
        help="record on and on, and cut a recording out around each movement",
    )
    parser.add_argument("--no-countdown", action="store_true", help="begin at once, without 3-2-1")
    parser.add_argument(
        "--board",
        type=board_name,
        default="",
        metavar="BOARD",
        help="port, drive or id of the board; virtual:v1 or virtual:v2 for one that a simulated "
        "person moves",
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--all", action="store_true", help="all boards at once; each belongs to another person"
    )
    way.add_argument(
        "--away",
        action="store_true",
        help="let the board record by itself, without the laptop, from now on",
    )
    way.add_argument(
        "--fetch",
        action="store_true",
        help="bring in what a board recorded by itself, and give it its own program back",
    )
    parser.add_argument(
        "--subjects",
        type=subject_text,
        default="",
        metavar="A,B,...",
        help="with --all: the people, in the order of the ports; without: person-1, person-2 ...",
    )
    parser.epilog = (
        "Button A on the board, or Enter, starts a recording; button B, or b, throws the last one "
        "away.\nEach recording is on disk when it ends. q ends, Ctrl-C too."
    )


def run(args: argparse.Namespace) -> None:
    """Record with one board or all, prepare a board to record by itself, or fetch from it."""
    _check(args)
    keeper = Keeper(args.dataset)
    if args.label:
        keeper.check(args.label)
    if args.all:
        plans = plans_for_class(find_boards(), plan_of(args), names_of(args.subjects))
        record_class(plans, args.label, keeper)
        return
    board = place_of(args.board, find_boards)
    if args.fetch:
        fetch(board, keeper)
    elif args.away:
        send_away(board, plan_of(args), args.dataset)
    else:
        record_alone(board, plan_of(args), keeper)


def plan_of(args: argparse.Namespace) -> Plan:
    """What is to be recorded, as the command line says."""
    return Plan(
        args.label,
        args.count or COUNT,
        round(args.seconds * RATE_HZ),
        args.subject,
        not args.no_countdown,
        args.auto,
    )


def names_of(text: str) -> list[str]:
    """``Ann,Ben`` -> the names. Raises UsageError when one is there twice."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UsageError(f"--subjects names {twice.pop()!r} twice. Tell the two apart.")
    return names


def _check(args: argparse.Namespace) -> None:
    """Refuse what does not go together, before a board is touched."""
    if args.fetch and args.label:
        raise UsageError("--fetch brings each recording with its own label. Leave out LABEL.")
    if not args.fetch and not args.label:
        raise UsageError(f"Say which movement: microbit-ml collect {args.dataset} LABEL")
    if args.fetch and (args.subject or args.auto):
        raise UsageError(
            "--fetch brings each recording with the name and the length that it was made with. "
            "Leave out --subject and --auto."
        )
    if args.subjects and not args.all:
        raise UsageError("--subjects goes with --all. For one person there is --subject NAME.")
    if args.all and (args.subject or args.board):
        raise UsageError(
            "--all takes all boards, each for a person of --subjects. Leave out "
            f"{'--subject' if args.subject else '--board'}."
        )
    if args.away and args.auto:
        raise UsageError("--auto needs the laptop. Leave out --away, or --auto.")
    if (args.away or args.fetch) and args.count is not None:
        raise UsageError(
            "A board that records by itself is stopped by hand, and brings all that it has. Leave "
            "out --count."
        )
    if (args.away or args.fetch) and is_virtual(args.board) and not args.board.startswith(URL):
        raise UsageError(
            "What this virtual board records by itself is gone when the command ends. Try --away "
            "with a micro:bit, or record live: leave it out."
        )
    if args.dataset.exists() and not args.dataset.is_dir():
        raise DataError(
            f"{args.dataset} is a file, not the folder of a data set. To use it: "
            f"microbit-ml import {args.dataset} --into NEW_FOLDER"
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
