"""``build``: from the model to a hex file for boards."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import (
    add_model_and_program,
    check_can_write,
    warn_if_too_large,
)
from microbit_ml.common.files import write_whole
from microbit_ml.console.screen import print_table, say, write
from microbit_ml.model import Model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``build``."""
    add_model_and_program(parser)
    parser.add_argument(
        "-o", dest="output", required=True, type=Path, metavar="HEX", help="the .hex file to write"
    )


def run(args: argparse.Namespace) -> None:
    """Write a universal hex with MicroPython, the recognizer, the model and a program."""
    check_can_write(args.output, args.model, *([args.program] if args.program else []))
    model = Model.load(args.model)
    write_whole(args.output, model.hex(args.program))
    print_table(
        ["file on the board", "bytes"],
        [[name, len(content)] for name, content in model.board_files(args.program).items()],
    )
    write(f"\nSaved {args.output}, {args.output.stat().st_size} bytes, for V1 and V2.")
    warn_if_too_large(model)
    say(f"Drag {args.output} onto the MICROBIT drive, or: microbit-ml flash {args.model}")
