"""``microbit-ml virtual``: a virtual board in the terminal, or as a port for other programs."""

from __future__ import annotations

import argparse
import math
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from microbit_ml.cli.arguments import seconds_of
from microbit_ml.cli.virtual.screen import KEY_HELP, PLAY_HELP, LiveView, PlainView
from microbit_ml.console.keyboard import Keyboard
from microbit_ml.console.screen import say, write
from microbit_ml.console.stopping import TERMINATED, end_by_signal, noted_signals
from microbit_ml.deploy.hex_files import hex_of_file
from microbit_ml.deploy.live import LiveBoard, Movement
from microbit_ml.errors import BoardError, UsageError
from microbit_ml.image import build_hex
from microbit_ml.image.hex_file import about_file
from microbit_ml.recordings import Recording, read_csv, simulate
from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.pacing import FastPace, RealPace
from microbit_ml.virtual.pty_port import PtyPort

BOOT_S = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``virtual``."""
    parser.add_argument("kind", choices=tuple(TARGETS), help="which board")
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a .hex file, a .py program that becomes main.py, or a .mbml model with the kit's "
        "launcher; without it, MicroPython's prompt",
    )
    moved = parser.add_mutually_exclusive_group()
    moved.add_argument(
        "--play", type=Path, metavar="CSV", help="move the board as in this recording"
    )
    moved.add_argument(
        "--gesture",
        choices=tuple(MOTIONS),
        metavar="NAME",
        help="move the board with a simulated gesture: shake, tap ...",
    )
    parser.add_argument(
        "--seconds", type=seconds_of, metavar="N", help="stop after N seconds of the board's time"
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--fast", action="store_true", help="run as fast as possible, not in real time"
    )
    way.add_argument(
        "--miniterm", action="store_true", help="show only the serial line, in pyserial's terminal"
    )
    way.add_argument(
        "--pty",
        action="store_true",
        help="make a port that Thonny and other programs can open (Linux and macOS)",
    )
    parser.epilog = "keys:\n" + "\n".join(f"  {line}" for line in (*KEY_HELP, PLAY_HELP))


def run(args: argparse.Namespace) -> None:
    """Switch a virtual board on, and let a person or another program use it."""
    if (args.miniterm or args.pty) and (args.play or args.gesture):
        raise UsageError(
            "--play and --gesture need a board that is shown here. Leave them out, or leave out "
            f"{'--miniterm' if args.miniterm else '--pty'}."
        )
    if args.miniterm and args.seconds is not None:
        raise UsageError("--miniterm ends with Ctrl-]. Leave out --seconds.")
    recording = _recording(args)
    with about_file(args.file):
        board = VirtualBoard(
            args.kind,
            hex_of_file(args.file, args.kind) if args.file else build_hex({args.kind: {}}),
        )
    with board:
        if args.miniterm:
            _run_miniterm(board)
        elif args.pty:
            _serve_pty(board, args.seconds)
        else:
            _show(board, args, recording)


def _recording(args: argparse.Namespace) -> Recording | None:
    if args.play:
        return read_csv(args.play)
    if args.gesture:
        sensor = TARGETS[args.kind].sensor
        return simulate([args.gesture], people=1, repeats=1, sensor=sensor).recordings[0]
    return None


def _show(board: VirtualBoard, args: argparse.Namespace, recording: Recording | None) -> None:
    """Live and with keys in a terminal; plain lines in a pipe."""
    live = sys.stdin.isatty() and sys.stdout.isatty()
    movement = None if recording is None else Movement(board, recording)
    pace = FastPace(board) if args.fast else RealPace(board)
    with ExitStack() as stack:
        keys, view = None, _view(board, live, movement)
        noted = stack.enter_context(noted_signals())
        if live:
            keys = stack.enter_context(Keyboard())
        stack.enter_context(view)
        LiveBoard(board, view, keys, pace, movement).run(args.seconds, lambda: bool(noted))
        end_by_signal(noted)


def _view(board: VirtualBoard, live: bool, movement: Movement | None) -> LiveView | PlainView:
    if not live:
        return PlainView()
    key_help = KEY_HELP if movement is None else (*KEY_HELP, PLAY_HELP)
    return LiveView(f"Virtual {TARGETS[board.kind].title}", key_help)


def _serve_pty(board: VirtualBoard, seconds: float | None) -> None:
    with PtyPort(board) as port:
        board.run(BOOT_S)  # like a real board, it has started before its port can be opened
        write(port.path, flush=True)
        say(
            f"A virtual {TARGETS[board.kind].title} answers at this port, at 115200 baud. "
            "In Thonny, choose it under Tools, Options, Interpreter. Stop it with Ctrl-C."
        )
        end_us = math.inf if seconds is None else seconds * 1e6
        with noted_signals() as noted:
            port.serve(lambda: bool(noted) or board.time_us >= end_us)
    say("The port is closed.")
    if signal.SIGTERM in noted:
        sys.exit(TERMINATED)


def _run_miniterm(board: VirtualBoard) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BoardError(
            "--miniterm needs a terminal: neither its input nor its output can be a file or a "
            f"pipe. In a program, use pyserial's serial_for_url('virtual://{board.kind}')."
        )
    from microbit_ml.cli.virtual.miniterm import run_miniterm

    say("This is pyserial's miniterm. Menu: Ctrl-T. Quit: Ctrl-]")
    run_miniterm(board)
