"""``build``: from the model to a hex file for boards."""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.cli.arguments import (
    add_model_and_program,
    add_runtime,
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
        "-o",
        dest="output",
        type=Path,
        metavar="FILE.hex",
        help="the file to write (default: named after the model, or after the program, in this "
        "folder)",
    )


def run(args: argparse.Namespace) -> None:
    """Write a universal hex with MicroPython, the recognizer, the model and a program."""
    output = args.output or default_output(args.program or args.model, ".hex")
    check_can_write(output, args.model, *([args.program] if args.program else []))
    check_ending(output, ".hex", "A board")
    program = Program.read(args.program) if args.program else None
    model = Model.load(args.model)
    runtime = None if args.runtime is None else read_runtime(args.runtime)
    write_whole(output, model.hex(args.program, runtime=runtime))
    print_table(
        ["file on the board", "bytes"],
        [[name, len(content)] for name, content in model.board_files(args.program).items()],
    )
    fitting = " and ".join(TARGETS[kind].title for kind in boards_of(runtime))
    write(f"\nSaved {output}, {output.stat().st_size} bytes, for {fitting}.")
    warn_if_too_large(model)
    if program:
        _warn_of_boards(program)
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
