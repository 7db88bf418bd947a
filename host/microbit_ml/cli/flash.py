"""``flash``: the model on one board, on some, or on all of a class at once."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from microbit_ml.board.boards import AttachedBoard, choose_board, find_boards
from microbit_ml.board.link import VIRTUAL, is_virtual
from microbit_ml.board.ports import BoardPort
from microbit_ml.cli.arguments import board_name
from microbit_ml.cli.build import add_model_and_program
from microbit_ml.console.screen import plural, say
from microbit_ml.deploy.flash import Job, flash_one
from microbit_ml.errors import BoardError, UsageError
from microbit_ml.image.hex_file import about_file, read_hex
from microbit_ml.image.runtime import read_runtimes
from microbit_ml.model import Model


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
        help="port, drive or id of the board, where several are plugged in; may be repeated",
    )
    which.add_argument("--all", action="store_true", help="every board that is plugged in, at once")
    parser.add_argument(
        "--runtime", type=Path, metavar="FILE.hex", help="another MicroPython, a universal hex"
    )
    parser.add_argument(
        "--how",
        choices=("auto", "drive", "serial"),
        default="auto",
        help="the whole hex through the drive, or over serial only the files that changed; "
        "auto (default): serial when the board runs this kit",
    )


def run(args: argparse.Namespace) -> None:
    """Put the model on the boards; say of each what was done. Raises BoardError when one failed."""
    for name in args.board:
        if name.lower() in VIRTUAL:
            raise UsageError(
                "A virtual board gets its model when it starts and needs no flashing. "
                f"Try: microbit-ml predict {args.model} DATASET --board {name}",
                "board",
            )
    if args.runtime and args.how == "serial":
        raise UsageError("--runtime needs the whole hex. Leave it out, or --how serial.")
    job = Job(Model.load(args.model), args.program, _read(args.runtime), args.how)
    if job.program is not None:
        job.files("v1")  # is the program there?
    boards = _chosen(args)
    failures = Flashing(job, boards).run()
    if len(boards) == 1 and failures:
        raise failures[0][1]
    if failures:
        raise BoardError(
            f"{plural(len(failures), 'board')} of {len(boards)} failed: "
            + "; ".join(_called(board) for board, _ in failures)
            + ". Each one's reason stands above; the others have the model."
        )


class Flashing:
    """Boards that are flashed at the same time, each in a thread, and what is shown of it.

    Ctrl-C stops a board where that is safe: a hex that is on its way to a drive goes on to its end.
    """

    def __init__(self, job: Job, boards: Sequence[AttachedBoard]) -> None:
        self._job = job
        self._boards = boards
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._steps = {_called(board): "" for board in boards}
        self._failures: dict[str, BaseException] = {}
        self._live: Live | None = None

    def run(self) -> list[tuple[AttachedBoard, BaseException]]:
        """Flash them all; the boards that failed, each with its error."""
        if self._job.how == "drive" or self._job.runtime is not None:
            _ = self._job.hex_text  # built once, before the threads need it
        console = Console(stderr=True, highlight=False)
        with ExitStack() as stack:
            if console.is_terminal:
                self._live = stack.enter_context(Live(self._lines(), console=console))
            threads = [threading.Thread(target=self._one, args=(board,)) for board in self._boards]
            for thread in threads:
                thread.start()
            for thread in threads:
                self._wait_for(thread)
        if any(isinstance(error, KeyboardInterrupt) for error in self._failures.values()):
            raise KeyboardInterrupt
        return [
            (board, self._failures[_called(board)])
            for board in self._boards
            if _called(board) in self._failures
        ]

    def _wait_for(self, thread: threading.Thread) -> None:
        while thread.is_alive():
            try:
                thread.join(0.1)
            except KeyboardInterrupt:
                self._stop.set()

    def _one(self, board: AttachedBoard) -> None:
        name = _called(board)

        def tell(step: str) -> None:
            if self._stop.is_set():
                raise KeyboardInterrupt
            self._show(name, step)

        try:
            done = flash_one(self._job, board, tell)
            self._show(name, f"has the model, {done.rstrip('.')}.", last=True)
        except BaseException as error:  # also Ctrl-C: the other boards' threads go on
            self._failures[name] = error
            if len(self._boards) > 1:
                self._show(name, f"FAILED: {error or 'stopped'}", last=True)

    def _show(self, name: str, step: str, last: bool = False) -> None:
        with self._lock:
            self._steps[name] = step
            if self._live is not None:
                self._live.update(self._lines())
            if last:
                print(f"{name}: {step}", flush=True)
            elif self._live is None:
                say(f"{name}: {step} ...")

    def _lines(self) -> Text:
        return Text("\n".join(f"{name}: {step}" for name, step in self._steps.items()))


def _chosen(args: argparse.Namespace) -> list[AttachedBoard]:
    virtual = [
        AttachedBoard("", BoardPort(name, ""), None) for name in args.board if is_virtual(name)
    ]
    real = [name for name in args.board if not is_virtual(name)]
    if virtual and not real:
        return virtual
    found = find_boards()
    if args.all:
        if not found:
            choose_board(found)
        return found
    chosen = [choose_board(found, name) for name in real or [""]]
    return virtual + [board for i, board in enumerate(chosen) if board not in chosen[:i]]


def _called(board: AttachedBoard) -> str:
    """Short, and different for each board."""
    if board.port is not None:
        return board.port.device
    return str(board.drive.path) if board.drive is not None else board.unique_id


def _read(runtime: Path | None) -> str | None:
    if runtime is None:
        return None
    with about_file(runtime):
        text = read_hex(runtime)
        read_runtimes(text)  # what is wrong with it is said before any board is asked
    return text
