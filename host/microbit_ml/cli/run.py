"""``run``: a pupil's own program on a board that is plugged in, or on a virtual one."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from microbit_ml.board.boards import choose_boards, find_boards
from microbit_ml.board.link import VIRTUAL, Link
from microbit_ml.cli.arguments import (
    add_runtime,
    again,
    board_name,
    check_has_model,
    or_virtual,
    seconds_of,
)
from microbit_ml.cli.virtual.hand_screen import HandView, say_without_movement
from microbit_ml.cli.virtual.player import Player
from microbit_ml.cli.virtual.screen import KEY_HELP, MOVING_HELP, PlainView
from microbit_ml.common.files import write_whole
from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.common.inputs import LARGEST_PROGRAM, read_input
from microbit_ml.common.wording import command
from microbit_ml.console.keyboard import Keyboard
from microbit_ml.console.screen import say, write
from microbit_ml.console.stopping import end_by_signal, noted_signals, obeyed_signals
from microbit_ml.deploy.flash import Job, flash_one
from microbit_ml.deploy.hex_files import read_runtime
from microbit_ml.deploy.live import Commands, LiveBoard, Mover, Picture
from microbit_ml.deploy.predict import roomy_boards
from microbit_ml.deploy.run_program import Output, files_of, follow
from microbit_ml.errors import DataError, UsageError
from microbit_ml.image.hex import build_hex
from microbit_ml.image.program import RECOGNIZER, Program
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.targets import TARGETS

STUBS = f"{RECOGNIZER}.pyi"
_KEY_HELP = (*KEY_HELP[:-1], "Ctrl-C   stop")
_DARK: Picture = [[0] * 5 for _ in range(5)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``run``."""
    parser.add_argument("program", type=Path, metavar="FILE.py", help="your own program")
    parser.add_argument(
        "--model",
        type=Path,
        metavar="MODEL",
        help=f"the .mbml file that the program recognises gestures with (import {RECOGNIZER})",
    )
    parser.add_argument(
        "--board",
        type=board_name,
        default="",
        metavar="BOARD",
        help="the board's port, drive or id, or virtual:v1 or virtual:v2 (default: the board that "
        "is plugged in; without one, a virtual board)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DATASET",
        help="on a virtual board, the keys 1-9 play recordings of this data set: for gestures that "
        "cannot be simulated",
    )
    add_runtime(parser)
    parser.add_argument("--seconds", type=seconds_of, metavar="S", help="stop after S seconds")
    parser.add_argument(
        "--stubs",
        action="store_true",
        help=f"do not run FILE.py, but write {STUBS} beside it: with that file, VS Code and "
        f"Thonny complete what {RECOGNIZER} offers",
    )
    parser.epilog = (
        "The program is checked first. What it prints is shown here, until it ends or you press\n"
        "Ctrl-C. On a real micro:bit it stays, and starts whenever the board does.\n\n"
        + "\n".join(
            ["keys that move a virtual board in the terminal:", *(f"  {k}" for k in MOVING_HELP)]
        )
    )


def run(args: argparse.Namespace) -> None:
    """Check a program, put it on a board, and show what it prints."""
    if args.stubs:
        _write_stubs(args.program.parent)
        return
    program = Program.read(args.program)
    model = _model_for(program, args)
    if args.board.lower() in VIRTUAL:
        _run_virtual(program, model, args, args.board.lower())
    elif args.board or find_boards():
        if args.data:
            raise UsageError(
                "--data moves a virtual board, and this program would run on a real one. Choose: "
                f"{again(args, '--board', roomy_boards()[0], without='--board')}"
            )
        _run_real(program, model, args)
    else:
        address = roomy_boards()[0]
        say(f"No micro:bit is plugged in, so {program.path} runs on a virtual one, {address}.")
        _run_virtual(program, model, args, address)


def _write_stubs(folder: Path) -> None:
    stubs = (firmware_folder() / STUBS).read_bytes()
    path = folder / STUBS
    if path.exists() and read_input(path, LARGEST_PROGRAM, "program") != stubs:
        raise DataError(
            f"{path} is there already, with other content. Rename it, then use the command again."
        )
    write_whole(path, stubs)
    write(f"Wrote {path}. Programs in this folder can now be completed in VS Code and Thonny.")


def _model_for(program: Program, args: argparse.Namespace) -> Model | None:
    """The model that the program needs. Raises ProgramError when none was given."""
    check_has_model(args, program)
    if args.model is None:
        return None
    model_read = Model.load(args.model)
    if program.imports_recognizer:
        return model_read
    say(f"Note: {program.path} does not import {RECOGNIZER}, so {args.model} is left out.")
    return None


def _run_virtual(
    program: Program, model: Model | None, args: argparse.Namespace, address: str
) -> None:
    """In a hand that keys move, in a terminal; plain lines in a pipe, as fast as they come."""
    from microbit_ml.virtual import VirtualBoard
    from microbit_ml.virtual.pacing import FastPace, RealPace

    kind = VIRTUAL[address]
    runtime = None if args.runtime is None else read_runtime(args.runtime)
    hex_text = build_hex({kind: files_of(program, model, kind)}, runtime)
    output = Output(program)
    live = sys.stdin.isatty() and sys.stdout.isatty()
    if not live:
        say(f"Running {program.path} on {address}. Press Ctrl-C to stop.")
    data = None if args.data is None else Dataset.load(args.data)
    screen: HandView | PlainView = PlainView()
    keys: Commands | None = None
    hand: Mover | None = None
    with ExitStack() as stack:
        board = stack.enter_context(VirtualBoard(kind, hex_text))
        noted = stack.enter_context(noted_signals())
        if live:
            keyboard = _Keys(stack.enter_context(Keyboard()), noted)
            moving = not program.reads_typing
            player = Player(board, keyboard, model, data, moving=moving, key_help=_KEY_HELP)
            keys, hand = player.keys, player.hand
            title = f"{program.path.name} on a virtual {TARGETS[kind].title}"
            screen = HandView(title, player.scene, len(model.labels) if model else 0)
        stack.enter_context(screen)
        pace = RealPace(board) if live else FastPace(board)
        live_board = LiveBoard(board, _ProgramView(screen, output), keys, pace, hand)
        live_board.run(args.seconds, lambda: bool(noted) or output.ended)
    if isinstance(screen, HandView):
        say_without_movement(args, screen)
    _end(args, output, noted)


class _Keys:
    """The keyboard of a running program: Ctrl-C stops it."""

    def __init__(self, keyboard: Keyboard, noted: list[int]) -> None:
        self._keyboard = keyboard
        self._noted = noted

    def read(self) -> list[tuple[str, bytes]]:
        """The keys since the last call, in the form of Commands."""
        keys = []
        for action, text in self._keyboard.read():
            before, stop, _ = text.partition(b"\x03")
            if stop:
                self._noted.append(signal.SIGINT)
            if before or action:
                keys.append((action, before))
        return keys


class _ProgramView:
    """A view that shows what a program prints, with the name of its own file."""

    def __init__(self, view: HandView | PlainView, output: Output) -> None:
        self._view = view
        self._output = output
        self._leds = _DARK

    def update(self, sent: bytes, leds: Picture, time_us: int) -> None:
        """Show what the board has sent since the last update, and its LEDs as they are now."""
        text = self._output.take(sent, time_us / 1e6)
        if not self._output.failed:  # its traceback scrolls over the LEDs
            self._leds = leds
        self._view.update(text, self._leds, time_us)


def _run_real(program: Program, model: Model | None, args: argparse.Namespace) -> None:
    """Put the program on a real board, then show what it prints."""
    with or_virtual(again(args, "--board", roomy_boards()[0], without="--board")):
        (board,) = choose_boards([args.board] if args.board else [], find=find_boards)
    output = Output(program)
    with obeyed_signals() as obey, PlainView() as view:

        def show(text: bytes) -> None:
            view.update(text, _DARK, 0)

        def watch(link: Link, begun: bytes) -> None:
            say(f"{program.path} runs on the micro:bit at {link.name}. Press Ctrl-C to stop.")
            try:
                follow(link, output, begun, show, args.seconds, obey)
            except KeyboardInterrupt:
                _say_next(args)
                raise

        def progress(step: str) -> None:
            obey()
            say(f"{board.name}: {step} ...")

        runtime = None if args.runtime is None else read_runtime(args.runtime)
        job = Job(model, program.path, runtime, follow=watch)
        done = flash_one(job, board, progress)
    if "Not checked" in done:
        say(f"{board.name}: {done}.")
    _end(args, output, [])


def _end(args: argparse.Namespace, output: Output, noted: list[int]) -> None:
    """Say how it ended, and the next step. Raises the program's error."""
    if output.error is not None:
        raise output.error
    if output.ended:
        say(f"{args.program} has ended.")
    _say_next(args)
    end_by_signal(noted)


def _say_next(args: argparse.Namespace) -> None:
    if args.model is None:
        say("Next: change it, then use the same command again.")
    else:
        build = command("build", args.model, "--program", args.program)
        say(f"Next: change it and run it again, or write a hex to share: {build}")
