"""``flash``: the model on one board, on several, or on all of a class at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from types import TracebackType

from rich.live import Live
from rich.text import Text

from microbit_ml.board.boards import AttachedBoard, choose_boards, find_boards
from microbit_ml.board.link import VIRTUAL
from microbit_ml.cli.arguments import add_model_and_program, add_runtime, board_name, or_virtual
from microbit_ml.common.wording import command
from microbit_ml.console.screen import Console, plural, say, write
from microbit_ml.deploy.flash import Job
from microbit_ml.deploy.flash_all import Flashed, flash_all
from microbit_ml.deploy.hex_files import read_runtime
from microbit_ml.deploy.predict import roomy_boards
from microbit_ml.errors import BoardError, UsageError
from microbit_ml.model import Model
from microbit_ml.targets import TARGETS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``flash``."""
    add_model_and_program(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--board",
        action="append",
        type=board_name,
        default=[],
        metavar="BOARD",
        help="the board's port, drive or id, if several are plugged in; can be repeated",
    )
    which.add_argument("--all", action="store_true", help="all boards that are plugged in, at once")
    add_runtime(parser)
    parser.add_argument(
        "--how",
        choices=("auto", "drive", "serial"),
        default="auto",
        help="drive: copy the whole hex; serial: send only the files that changed; auto "
        "(default): serial if the board already runs this kit",
    )


def run(args: argparse.Namespace) -> None:
    """Put the model on the boards and report on each. Raises BoardError when one failed."""
    for name in args.board:
        if name.lower() in VIRTUAL:
            raise UsageError(
                "A virtual board gets its model when it starts and needs no flashing. "
                f"Start one: {_on_virtual(args, name)}",
                "board",
            )
    if args.runtime and args.how == "serial":
        raise UsageError("--runtime needs the whole hex. Leave out --runtime or --how serial.")
    job = Job(
        Model.load(args.model), args.program, args.runtime and read_runtime(args.runtime), args.how
    )
    job.check(TARGETS)  # errors come before the screen is drawn
    with or_virtual(_on_virtual(args)):
        boards = choose_boards(args.board, every=args.all, find=find_boards)
    job.prepare()
    with _Screen(boards) as screen:
        results = flash_all(job, boards, screen.progress, screen.ended)
    errors = {one.board.name: one.error for one in results if one.error is not None}
    if len(boards) == 1:
        for error in errors.values():
            raise error
    if not errors:
        board = ("--board", args.board[0]) if args.board else ()
        say(f"Next: {command('watch', args.model, *board)}")
    if errors:
        raise BoardError(
            f"{plural(len(errors), 'board')} of {len(boards)} failed: {'; '.join(errors)}. "
            "The reasons are above. All other boards have the model."
        )


def _on_virtual(args: argparse.Namespace, board: str = "") -> str:
    """The command that runs the same on a virtual board."""
    board = board or roomy_boards()[0]
    if args.program:
        return command("run", args.program, "--model", args.model, "--board", board)
    return command("virtual", VIRTUAL[board.lower()], args.model)


class _Screen:
    """One line per board, redrawn in a terminal; elsewhere one line per step.

    The boards' results go to stdout, everything else to stderr.
    """

    def __init__(self, boards: Sequence[AttachedBoard]) -> None:
        self._steps = {board.name: "" for board in boards}
        console = Console(stderr=True, highlight=False)
        self._live = Live(self._lines(), console=console) if console.is_terminal else None

    def __enter__(self) -> _Screen:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def progress(self, board: AttachedBoard, step: str) -> None:
        """A step begins."""
        self._show(board, step)
        if self._live is None:
            say(f"{board.name}: {step} ...")

    def ended(self, result: Flashed) -> None:
        """Show a board's result; the only board's error is left to the command line."""
        if result.error is None:
            step = f"has the model, {result.done.rstrip('.')}."
        elif len(self._steps) > 1:
            step = f"FAILED: {result.error or 'stopped'}"
        else:
            return  # the command ends with the error itself
        self._show(result.board, step)
        write(f"{result.board.name}: {step}", flush=True)

    def _show(self, board: AttachedBoard, step: str) -> None:
        self._steps[board.name] = step
        if self._live is not None:
            self._live.update(self._lines())

    def _lines(self) -> Text:
        return Text("\n".join(f"{name}: {step}" for name, step in self._steps.items()))
