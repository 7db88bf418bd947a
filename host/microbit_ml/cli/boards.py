"""``boards``: the micro:bits that are plugged in, and what is on them."""

from __future__ import annotations

import argparse

from microbit_ml.board.boards import AttachedBoard, choose_boards, find_boards
from microbit_ml.board.inventory import Answer, ask_boards
from microbit_ml.board.link import VIRTUAL
from microbit_ml.cli.arguments import board_name
from microbit_ml.cli.nearby import collect_more, model_here
from microbit_ml.common.wording import command
from microbit_ml.console.screen import print_json, print_table, say, working, write
from microbit_ml.deploy.predict import roomy_boards
from microbit_ml.targets import TARGETS

_COLUMNS = ("board", "port", "drive", "id")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``boards``."""
    parser.add_argument(
        "--board",
        action="append",
        type=board_name,
        default=[],
        metavar="BOARD",
        help="only this board: its port, drive or id; also one that is not listed, such as the "
        "port of virtual --pty; can be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="do not ask the boards what is on them, so their programs keep running",
    )


def run(args: argparse.Namespace) -> None:
    """List the micro:bits that are plugged in, and the virtual ones."""
    boards = choose_boards(args.board, find=find_boards) if args.board else find_boards()
    real = [described(board) for board in boards]
    if not args.quick:
        with working("Asking the boards"):
            for entry, answer in zip(real, ask_boards(boards), strict=True):
                entry |= contents_of(answer)
    virtual: list[dict[str, object]] = [
        {"board": TARGETS[kind].title, "port": name, "drive": None, "id": None}
        for name, kind in VIRTUAL.items()
        if not args.board
    ]
    if args.json:
        print_json([*real, *virtual])
        return
    rows = [[entry[column] or "-" for column in _COLUMNS] for entry in [*real, *virtual]]
    print_table(_COLUMNS, rows, left=len(_COLUMNS))
    for entry in real:
        for line in _remarks(entry, quick=args.quick):
            write(line)
    if real:
        board = ("--board", args.board[0]) if args.board else ()
        model = model_here()
        flash = f", or: {command('flash', model, *board)}" if model else ""
        say(f"Next: {collect_more(*board)}{flash}")
        return
    say("No micro:bit is plugged in, or its cable only charges.")
    say(f"Next: {collect_more('--board', roomy_boards()[0])}")


def described(board: AttachedBoard) -> dict[str, object]:
    """What the computer knows about a board without asking it."""
    drive = board.drive
    return {
        "board": TARGETS[board.board].title if board.board else "unknown",
        "port": board.port.device if board.port else None,
        "drive": str(drive.path) if drive else None,
        "id": board.unique_id or None,
        "maintenance": bool(drive and drive.maintenance),
        "interface_version": (drive.interface_version or None) if drive else None,
    }


def contents_of(answer: Answer) -> dict[str, object]:
    """What a board answered; None where it did not answer."""
    contents = answer.contents
    return {
        "runtime": contents and contents.version,
        "labels": contents and list(contents.labels),
        "files": contents and contents.files,
        "not_asked": answer.reason,
    }


def _remarks(entry: dict[str, object], *, quick: bool) -> list[str]:
    """A line or two about one board, below the table."""
    name = entry["port"] or entry["drive"]
    lines = []
    if entry["maintenance"]:
        lines.append(
            f"{name}: maintenance mode. Unplug it, then plug it in again without holding its reset "
            "button."
        )
    elif not quick and entry["not_asked"]:
        lines.append(f"{name}: not asked. {entry['not_asked']}")
    elif not quick:
        files = entry["files"]
        assert isinstance(files, dict) and isinstance(entry["labels"], list)
        model = (
            f"the kit's model for {', '.join(entry['labels'])}" if entry["labels"] else "no model"
        )
        listed = ", ".join(f"{file} {size}" for file, size in sorted(files.items())) or "none"
        lines.append(f"{name}: MicroPython {entry['runtime']}, {model}. Files (bytes): {listed}")
    if entry["interface_version"]:
        lines.append(f"{name}: interface firmware {entry['interface_version']}")
    return lines
