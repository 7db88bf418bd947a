"""``simulate``: practice data, made by simulated people."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from microbit_ml.common.wording import command
from microbit_ml.console.screen import plural, print_table, progress_bar, say, write
from microbit_ml.errors import DataError, UsageError
from microbit_ml.recordings import BACKGROUND, DIGITS, GESTURES, Dataset
from microbit_ml.recordings.names import file_name
from microbit_ml.recordings.simulation.simulate import simulate_in_full
from microbit_ml.recordings.store import Store

PEOPLE, REPEATS = 8, 4
MOST = 1000  # people, and repeats
MOST_RECORDINGS = 50_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``simulate``."""
    parser.add_argument(
        "dataset",
        type=Path,
        metavar="DATASET",
        help="the data set's folder; created if it does not exist, else it gets more recordings",
    )
    parser.add_argument(
        "--labels",
        metavar="A,B",
        help=f"which movements, of: {', '.join(known_labels())}; and the digits 0 to 9 "
        f"(default: {', '.join(GESTURES)})",
    )
    parser.add_argument(
        "--people",
        type=_number,
        default=PEOPLE,
        metavar="N",
        help=f"number of simulated people (default {PEOPLE})",
    )
    parser.add_argument(
        "--repeats",
        type=_number,
        default=REPEATS,
        metavar="N",
        help=f"how often each person makes each movement (default {REPEATS})",
    )
    parser.add_argument(
        "--background",
        action="store_true",
        help=f"also movements that are not gestures: {', '.join(BACKGROUND)}",
    )
    parser.add_argument(
        "--digits",
        action="store_true",
        help="the ten digits, drawn in the air: harder than the gestures",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="another number simulates other people (default 0)",
    )
    parser.epilog = (
        "The data set says that these are simulated people, not real ones, and so does\n"
        "everything that is made from it. The same options always give the same\nrecordings."
    )


def known_labels() -> list[str]:
    """The movements that can be simulated, without the digits."""
    return [*GESTURES, *BACKGROUND]


def run(args: argparse.Namespace) -> None:
    """Simulate, save, and report what was saved and what to do with it."""
    labels = _chosen(args)
    if args.dataset.exists() and not args.dataset.is_dir():
        raise DataError(
            f"{args.dataset} is a file, not the folder of a data set. Give another name."
        )
    n = len(labels) * args.people * args.repeats
    if n > MOST_RECORDINGS:
        raise UsageError(
            f"{len(labels)} labels, {args.people} people and {args.repeats} repeats make {n:,} "
            f"recordings, but {MOST_RECORDINGS:,} is the most. Take fewer people or repeats."
        )
    data = simulate_in_full(labels, args.people, args.repeats, args.seed)
    if args.seed:  # so that the people of another seed in the same data set stay different people
        named = [replace(one, subject=f"{one.subject}-seed-{args.seed}") for one in data]
        data = replace(data, recordings=named)
    added = _save(data, args.dataset)
    print_table(
        ["label", "added", "already there"],
        [
            [label, sum(added[i] for i in rows), sum(not added[i] for i in rows)]
            for label in data.labels
            for rows in [[i for i, one in enumerate(data) if one.label == label]]
        ],
    )
    if not any(added):
        write(f"\n{args.dataset} has all of these already. For other people, add another --seed.")
    else:
        write(
            f"\n{plural(sum(added), 'recording')} added to {args.dataset}, of "
            f"{_crowd(args.people)}, not real ones. The data set says so."
        )
    model = f"{file_name(args.dataset.resolve().name)}.mbml"
    say(f"Look at it: {command('show', args.dataset)}")
    say(f"Next: {command('train', args.dataset, '-o', model)}")


def _crowd(people: int) -> str:
    return plural(people, "simulated person", "simulated people")


def _chosen(args: argparse.Namespace) -> list[str]:
    """The labels that the options ask for, each once. Raises UsageError for an unknown one."""
    given = [label.strip() for label in (args.labels or "").split(",") if label.strip()]
    if args.labels is not None and not given:
        raise UsageError(f"No movement was named. {_choose_from()}", "labels")
    for label in given:
        if label not in (*known_labels(), *DIGITS):
            raise UsageError(f"{label!r} cannot be simulated. {_choose_from()}", "labels")
    chosen = given or ([] if args.digits else [*GESTURES])
    chosen += DIGITS if args.digits else ()
    chosen += BACKGROUND if args.background else ()
    return list(dict.fromkeys(chosen))


def _choose_from() -> str:
    return f"Choose from: {', '.join(known_labels())}, and the digits 0 to 9."


def _save(data: Dataset, folder: Path) -> list[bool]:
    """Save the recordings; of each whether it is new in the folder."""
    with progress_bar("Saving", len(data)) as update:
        paths = data.save_in(
            Store(folder),
            lambda done, total: update(done, folder.name, total),
            lambda: say(f"Waiting for another program that writes to {folder} ..."),
        )
    return [path is not None for path in paths]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST}")
    return int(text)
