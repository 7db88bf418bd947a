"""``virtual --pty``: a virtual board behind a port and, with ``--drive``, behind a MICROBIT drive.

To other programs, and to the kit's own verbs, it is a board that is plugged in.
"""

from __future__ import annotations

import argparse
import math
import signal
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from microbit_ml.cli.nearby import model_here, steps_to_model
from microbit_ml.common.wording import command
from microbit_ml.console.screen import say, write
from microbit_ml.console.stopping import TERMINATED, noted_signals
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard, VirtualDrive
from microbit_ml.virtual.drive import POLL_S
from microbit_ml.virtual.pty_port import PtyPort

BOOT_S = 1.0
LISTED = "/dev/ttyACM99"  # a name that the lists of other programs show


def serve_port(board: VirtualBoard, args: argparse.Namespace) -> None:
    """Serve the port, and the drive of ``--drive``, until Ctrl-C or for ``--seconds``.

    Raises VirtualBoardError when the folder of the drive is not empty, when the program on the
    board crashes, and on Windows, which has no such ports.
    """
    with ExitStack() as stack:
        noted = stack.enter_context(noted_signals())  # from here on, no folder is left behind
        port = stack.enter_context(PtyPort(board))
        drive = None if args.drive is None else PortDrive(args.drive, board, port)
        if drive is not None:
            stack.callback(drive.close)
        board.run(BOOT_S)  # like a real board, it has started before its port can be opened
        write(port.path, flush=True)
        _say_use(args, port.path)
        end_us = math.inf if args.seconds is None else args.seconds * 1e6

        def stop() -> bool:
            if drive is not None:
                drive.poll()
            return bool(noted) or port.time_us >= end_us

        port.serve(stop)
    say("The port is closed.")
    if signal.SIGTERM in noted:
        sys.exit(TERMINATED)


class PortDrive:
    """The drive of the board behind a port: what it flashes answers at the port from then on."""

    def __init__(self, folder: Path, board: VirtualBoard, port: PtyPort) -> None:
        self._polled_us = 0
        self._board = board
        self._port = port
        self._drive = VirtualDrive(folder, board.kind, port=port.path)
        self._drive.board = board

    def poll(self) -> None:
        """Let the drive do what is due."""
        if self._port.time_us - self._polled_us < POLL_S * 1e6:
            return
        self._polled_us = self._port.time_us
        with suppress(OSError):  # another program has just opened or deleted a file there
            self._drive.poll()
        board = self._drive.board
        if board is not None and board is not self._board:
            self._board = board
            self._port.put_behind(board)
            say("A new hex was flashed.")

    def close(self) -> None:
        """Remove the drive's folder, and switch the board off."""
        self._drive.close()


def _say_use(args: argparse.Namespace, path: str) -> None:
    """What other programs open, and a command of the kit that works as it stands."""
    say(
        f"A virtual {TARGETS[args.kind].title} answers at this port, at 115200 baud. Stop it with "
        "Ctrl-C."
    )
    if sys.platform == "linux":
        say(
            f"In Thonny's list (Tools, Options, Interpreter) it appears as {LISTED} after this:\n"
            f"sudo ln -sfn {path} {LISTED}"
        )
    board = ("--board", path)
    if args.drive is not None:
        say(f"Its MICROBIT drive is the folder {args.drive}: copy a hex there to flash it.")
        board = ("--board", args.drive)
    model = args.model or model_here()
    if args.model is None and args.drive is None:
        example = command("boards", *board)
    elif model is None:
        steps, model = steps_to_model()
        example = f"{steps}, then {command('flash', model, *board)}"
    else:
        example = command("flash", model, *board)
    say(f"In another terminal, for example: {example}")
