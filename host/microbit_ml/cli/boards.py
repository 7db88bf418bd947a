"""``boards``: the micro:bits that are plugged in, and what is on them."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from microbit_ml.board.boards import AttachedBoard, find_boards
from microbit_ml.board.installed import Contents, ask_contents
from microbit_ml.board.link import VIRTUAL, open_link
from microbit_ml.board.repl import RawRepl
from microbit_ml.board.upload import restart
from microbit_ml.console.screen import print_json, print_table, say, working
from microbit_ml.errors import BoardError

_COLUMNS = ("board", "port", "drive", "id")
# What a board says of itself; None where it was not asked, or did not answer.
_NOT_ASKED: dict[str, object] = {
    "runtime": None,
    "labels": None,
    "files": None,
    "not_asked": None,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``boards``."""
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="do not ask the boards what is on them: their programs go on running",
    )


def run(args: argparse.Namespace) -> None:
    """List the micro:bits that are plugged in, and the virtual ones."""
    boards = find_boards()
    real = [described(board) for board in boards]
    if not args.quick:
        with working("Asking the boards"):
            for entry, told in zip(real, ask_all(boards), strict=True):
                entry |= told
    virtual: list[dict[str, object]] = [
        {"board": kind.upper(), "port": name, "drive": None, "id": None}
        for name, kind in VIRTUAL.items()
    ]
    if args.json:
        print_json([*real, *virtual])
        return
    rows = [[entry[column] or "-" for column in _COLUMNS] for entry in [*real, *virtual]]
    print_table(_COLUMNS, rows, left=len(_COLUMNS))
    for entry in real:
        for line in _remarks(entry, quick=args.quick):
            print(line)
    if not real:
        say("No micro:bit is plugged in, or its cable only charges.")


def described(board: AttachedBoard) -> dict[str, object]:
    """What the computer tells of a board without asking it."""
    drive = board.drive
    return {
        "board": board.board.upper() or "unknown",
        "port": board.port.device if board.port else None,
        "drive": str(drive.path) if drive else None,
        "id": board.unique_id or None,
        "maintenance": bool(drive and drive.maintenance),
        "interface_version": (drive.interface_version or None) if drive else None,
    }


def ask_all(boards: Sequence[AttachedBoard]) -> list[dict[str, object]]:
    """What each board says of itself over serial, all asked at once; their programs start anew."""
    if not boards:
        return []
    with ThreadPoolExecutor(len(boards)) as pool:
        return list(pool.map(_ask, boards))


def _ask(board: AttachedBoard) -> dict[str, object]:
    if board.drive is not None and board.drive.maintenance:
        return {**_NOT_ASKED, "not_asked": "It is in maintenance mode."}
    if board.port is None:
        return {**_NOT_ASKED, "not_asked": "It has no serial port."}
    try:
        told = _contents(board.port.device)
    except BoardError as error:
        return {**_NOT_ASKED, "not_asked": str(error)}
    return {
        "runtime": told.version,
        "labels": list(told.labels),
        "files": told.files,
        "not_asked": None,
    }


def _contents(place: str) -> Contents:
    with open_link(place) as link:
        repl = RawRepl(link.port, link.clock)
        restart(repl)
        try:
            return ask_contents(repl)
        finally:
            with contextlib.suppress(BoardError):
                repl.soft_reset()  # its own program runs again


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
            f"the kit's model of {', '.join(entry['labels'])}" if entry["labels"] else "no model"
        )
        listed = ", ".join(f"{file} {size}" for file, size in sorted(files.items())) or "none"
        lines.append(f"{name}: MicroPython {entry['runtime']}, {model}. Files (bytes): {listed}")
    if entry["interface_version"]:
        lines.append(f"{name}: interface firmware {entry['interface_version']}")
    return lines
