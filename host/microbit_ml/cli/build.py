"""``build``: from the model to a hex file for boards."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import (
    add_model_and_program,
    add_runtime,
    again,
    check_can_write,
    check_ending,
    default_output,
    warn_if_too_large,
)
from microbit_ml.common.files import write_whole
from microbit_ml.common.wording import command
from microbit_ml.console.screen import print_table, say, write
from microbit_ml.deploy.hex_files import read_runtime
from microbit_ml.image.hex import boards_of
from microbit_ml.image.program import Program
from microbit_ml.model import Model
from microbit_ml.targets import TARGETS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``build``."""
    add_model_and_program(parser)
    add_runtime(parser)
    parser.add_argument(
        "--board",
        choices=tuple(TARGETS),
        help="make the hex for this kind of board only (default: one hex for all)",
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="FILE.hex",
        help="the file to write (default: named after the model, or after the program, and after "
        "the board of --board, in this folder)",
    )


def run(args: argparse.Namespace) -> None:
    """Write a hex with MicroPython, the recognizer, the model and a program."""
    ending = f"-{args.board}.hex" if args.board else ".hex"
    output = args.output or default_output(args.program or args.model, ending)
    check_can_write(output, args.model, *([args.program] if args.program else []))
    check_ending(output, ".hex", "A board")
    program = Program.read(args.program) if args.program else None
    if program and args.board:
        program.check([args.board])
    model = Model.load(args.model)
    runtime = None if args.runtime is None else read_runtime(args.runtime)
    write_whole(output, model.hex(args.program, args.board, runtime=runtime))
    print_table(
        ["file on the board", "bytes"],
        [
            [name, len(content)]
            for name, content in model.board_files(args.program, args.board).items()
        ],
    )
    boards = [args.board] if args.board else boards_of(runtime)
    titles = " and ".join(TARGETS[board].title for board in boards)
    only = " only" if args.board else ""
    write(f"\nSaved {output}, {output.stat().st_size} bytes, for {titles}{only}.")
    warn_if_too_large(model)
    if program and not args.board:
        _warn_of_boards(program)
    if not args.board and not model.opens_in_editor(args.program, runtime=runtime):
        say(
            "Careful: the Python Editor cannot open this hex, because not all files fit on each "
            f"board. It opens a hex for one board: {again(args, '--board', next(iter(TARGETS)))}"
        )
    with_program = ("--program", args.program) if args.program else ()
    with_runtime = ("--runtime", args.runtime) if args.runtime else ()
    flash = command("flash", args.model, *with_program, *with_runtime)
    say(f"Next: drag {output} onto the MICROBIT drive, or: {flash}")


def _warn_of_boards(program: Program) -> None:
    """Name the boards that cannot run the program, and why. Others can, or it was refused."""
    for kind, target in TARGETS.items():
        if problem := program.problem_on(kind):
            say(
                f"Careful: a {target.title} cannot run {program.path}. Line {problem.line}: "
                f"{problem.text}.{program.shown(problem)}"
            )
