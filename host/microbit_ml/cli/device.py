"""``build``, ``flash`` and ``boards``: from the model to a board."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.board import choose_board, drive_of, find_boards, flash_hex
from microbit_ml.board_predict import VIRTUAL
from microbit_ml.cli.learn import check_can_write, warn_if_too_large
from microbit_ml.cli.screen import print_json, print_table, say
from microbit_ml.errors import BoardError
from microbit_ml.files import write_whole
from microbit_ml.model import Model


def _add_model_and_program(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .mbml file")
    parser.add_argument(
        "--program",
        type=Path,
        metavar="FILE",
        help="your own main.py; without it, the board shows and prints what it recognises",
    )


def add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``build``."""
    _add_model_and_program(parser)
    parser.add_argument(
        "-o", dest="output", required=True, type=Path, metavar="HEX", help="the file to write, .hex"
    )


def build(args: argparse.Namespace) -> None:
    """Write a universal hex with MicroPython, the recognizer, the model and a program."""
    check_can_write(args.output, args.model, *([args.program] if args.program else []))
    model = Model.load(args.model)
    write_whole(args.output, model.hex(args.program))
    print_table(
        ["file on the board", "bytes"],
        [[name, len(content)] for name, content in model.board_files(args.program).items()],
    )
    print(f"\nSaved {args.output}, {args.output.stat().st_size} bytes, for V1 and V2.")
    warn_if_too_large(model)
    say(f"Drag {args.output} onto the MICROBIT drive, or: microbit-ml flash {args.model}")


def add_flash_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``flash``."""
    _add_model_and_program(parser)
    parser.add_argument(
        "--board",
        default="",
        metavar="BOARD",
        help="port, drive or id of the board, where several are plugged in",
    )


def flash_model(args: argparse.Namespace) -> None:
    """Build the hex and copy it to the board's drive; say what the board answers."""
    if args.board in VIRTUAL:
        raise BoardError(
            "A virtual board gets its model when it starts and needs no flashing. "
            f"Try: microbit-ml predict {args.model} DATASET --board {args.board}"
        )
    model = Model.load(args.model)
    drive = drive_of(choose_board(find_boards(), args.board))
    hex_text = model.hex(args.program)
    say(f"Copying {len(hex_text)} bytes to {drive.path}. Leave the board plugged in ...")
    drive = flash_hex(hex_text, drive)
    print(f"The micro:bit at {drive.path} took the model: {', '.join(model.labels)}.")


def add_boards_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``boards``."""
    parser.add_argument("--json", action="store_true", help="print JSON for a program")


def boards(args: argparse.Namespace) -> None:
    """List the micro:bits that are plugged in, and the virtual ones."""
    real = [
        {
            "board": board.board.upper() or "unknown",
            "port": board.port.device if board.port else None,
            "drive": str(board.drive.path) if board.drive else None,
            "id": board.unique_id or None,
        }
        for board in find_boards()
    ]
    virtual = [
        {"board": kind.upper(), "port": name, "drive": None, "id": None}
        for name, kind in VIRTUAL.items()
    ]
    if args.json:
        print_json(real + virtual)
        return
    columns = ("board", "port", "drive", "id")
    print_table(
        columns,
        [[board[column] or "-" for column in columns] for board in real + virtual],
        left=len(columns),
    )
    if not real:
        say("No micro:bit is plugged in, or its cable only charges.")
