"""``microbit-ml virtual``: a virtual board in the terminal, or as a port for other programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from microbit_ml.cli.arguments import add_runtime, check_has_model, seconds_of
from microbit_ml.cli.nearby import model_here, steps_to_model
from microbit_ml.cli.virtual.hand_screen import HandView, say_without_movement
from microbit_ml.cli.virtual.player import Player
from microbit_ml.cli.virtual.port import serve_port
from microbit_ml.cli.virtual.screen import (
    KEY_HELP,
    MOVING_HELP,
    PLAY_HELP,
    TAB_HELP,
    LiveView,
    PlainView,
)
from microbit_ml.common.wording import command
from microbit_ml.console.keyboard import Keyboard
from microbit_ml.console.screen import say
from microbit_ml.console.stopping import end_by_signal, noted_signals
from microbit_ml.deploy.hex_files import hex_of_file, read_runtime
from microbit_ml.deploy.live import Commands, LiveBoard, Movement, Mover
from microbit_ml.deploy.run_program import files_of
from microbit_ml.errors import BoardError, HexError, UsageError, VirtualBoardError
from microbit_ml.image import build_hex
from microbit_ml.image.hex_file import about_file, read_hex
from microbit_ml.image.made_for import has_micropython, not_for, targets_of
from microbit_ml.image.program import Program
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset, Recording, read_csv, simulate
from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.pacing import FastPace, RealPace

NORMAL = "v2"  # the board that is taken where none is named
FILES = (".hex", ".py", ".mbml")
OWN = "game.py"
EXAMPLE = """\
from microbit import *
from gesture import Recognizer

recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name == {label!r}:
        display.show(Image.HAPPY)
    elif name:
        display.show(Image.SAD)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``virtual``."""
    parser.add_argument(
        "kind",
        nargs="?",
        metavar="BOARD",
        help=f"which board: {' or '.join(TARGETS)} (default {NORMAL})",
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a .hex file, a .py program that becomes main.py, or a .mbml model with the kit's "
        "launcher; without it, MicroPython's prompt",
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="MODEL",
        help="a .mbml model: put on the board with the kit's launcher or your program, and what it "
        "recognises is shown",
    )
    parser.add_argument(
        "--program", type=Path, metavar="FILE", help="your own main.py, with or without --model"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DATASET",
        help="the keys 1-9 play recordings of this data set: for gestures that cannot be simulated",
    )
    add_runtime(parser)
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
    parser.add_argument(
        "--drive",
        type=Path,
        metavar="FOLDER",
        help="with --pty: also make this folder, as the board's MICROBIT drive, which flashes the "
        "hex that is copied into it; it is deleted at the end",
    )
    parser.epilog = "\n".join(
        [
            "keys while typing to the board:",
            *(f"  {line}" for line in (*KEY_HELP, PLAY_HELP, *TAB_HELP)),
            "keys while moving the board (at first, if there is a model):",
            *(f"  {line}" for line in MOVING_HELP),
        ]
    )


def run(args: argparse.Namespace) -> None:
    """Switch a virtual board on, and let a person or another program use it."""
    _sort_out(args)
    _check(args)
    model = None if args.model is None else Model.load(args.model)
    data = None if args.data is None else Dataset.load(args.data)
    hex_text = _hex_text(args, model)
    recording = _recording(args)
    with about_file(args.file):
        board = VirtualBoard(args.kind, hex_text)
    with board, _crash_explained(args, hex_text):
        if args.miniterm:
            _run_miniterm(board)
        elif args.pty:
            serve_port(board, args)
        else:
            _show(board, args, recording, model, data)


def _sort_out(args: argparse.Namespace) -> None:
    """Which board, model and program are meant. Raises UsageError when that is not clear."""
    args.named = None  # the board, as it was typed
    if args.kind is not None and args.kind.lower().removeprefix("virtual:") in TARGETS:
        args.named = args.kind
        args.kind = args.kind.lower().removeprefix("virtual:")
    elif args.kind is None or (args.file is None and Path(args.kind).suffix.lower() in FILES):
        args.file = args.file if args.kind is None else Path(args.kind)
        args.kind = _normal_for(args.file)
    else:
        raise UsageError(f"BOARD is an invalid choice: {args.kind!r}. {_kinds()}")
    if args.program is not None:
        if args.program.suffix.lower() != ".py":
            raise UsageError(f"--program takes a .py program, not {args.program}.")
        if args.file is not None and args.file.suffix.lower() != ".mbml":
            raise UsageError(
                f"{args.file} and --program {args.program} are two programs. Leave one out."
            )
        if args.file is not None and args.model is None:
            args.model = args.file
        elif args.file is not None:
            raise _two_models(args)
        args.file = args.program
    elif args.file is not None and args.file.suffix.lower() == ".mbml":
        if args.model is not None:
            raise _two_models(args)
        args.model, args.file = args.file, None


def _normal_for(file: Path | None) -> str:
    """The board where none was named: the usual one, unless a hex is for another one only."""
    why, kind = "", NORMAL
    if file is not None and file.suffix.lower() == ".hex":
        fitting = _targets_of(file)
        if NORMAL not in fitting:
            why, kind = f", and {file} is for a {TARGETS[fitting[0]].title}", fitting[0]
    say(f"No board was named{why}, so this is a {TARGETS[kind].title}. {_kinds()}")
    return kind


def _targets_of(file: Path) -> tuple[str, ...]:
    with about_file(file):
        return targets_of(read_hex(file))


def _two_models(args: argparse.Namespace) -> UsageError:
    return UsageError(f"{args.file} and --model {args.model} are two models. Leave one out.")


def _kinds() -> str:
    return f"There are: {', '.join(f'microbit-ml virtual {name}' for name in TARGETS)}."


def _check(args: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if (args.miniterm or args.pty) and (args.play or args.gesture or args.data):
        way = "--miniterm" if args.miniterm else "--pty"
        raise UsageError(
            "--play, --gesture and --data need a board that is shown here. Leave them out, or "
            f"leave out {way}."
        )
    if args.data and (args.play or args.gesture):
        raise UsageError(
            "--data is for a board that is moved by keys. Leave it out, or leave out "
            f"{'--play' if args.play else '--gesture'}."
        )
    if args.runtime and args.file is not None and args.file.suffix.lower() == ".hex":
        raise UsageError(f"{args.file} brings its own MicroPython. Leave out --runtime.")
    if args.drive is not None and not args.pty:
        raise UsageError("--drive goes with --pty: a board with a port. Add --pty.")
    if args.miniterm and args.seconds is not None:
        raise UsageError("--miniterm ends with Ctrl-]. Leave out --seconds.")


def _hex_text(args: argparse.Namespace, model: Model | None) -> str:
    """What the board runs: a hex as it is, a program beside the model, or the kit's launcher.

    Raises ProgramError for a program that cannot run there, HexError for a hex for another board.
    """
    runtime = None if args.runtime is None else read_runtime(args.runtime)
    if args.file is None:
        files = {} if model is None else model.board_files(board=args.kind)
        return build_hex({args.kind: files}, runtime)
    suffix = args.file.suffix.lower()
    if suffix == ".py":
        program = Program.read(args.file)
        check_has_model(args, program)
        return build_hex({args.kind: files_of(program, model, args.kind)}, runtime)
    if suffix == ".hex" and args.kind not in (fitting := _targets_of(args.file)):
        other = next(iter(fitting))
        use = f"Use a virtual {TARGETS[other].title} ({_on_kind(args, other)})"
        raise HexError(f"{args.file}: {not_for(args.kind, other, use)}")
    return hex_of_file(args.file, args.kind, runtime)


def _on_kind(args: argparse.Namespace, kind: str) -> str:
    """The same command with another board."""
    words = list(args.words)
    words[words.index(args.named)] = kind
    return command(*words)


@contextmanager
def _crash_explained(args: argparse.Namespace, hex_text: str) -> Iterator[None]:
    """Where a program that is not MicroPython crashed, no advice for MicroPython."""
    try:
        yield
    except VirtualBoardError as error:
        if has_micropython(hex_text, args.kind):
            raise
        raise VirtualBoardError(
            f"{args.file} is not MicroPython, and it uses something that the virtual board does "
            "not have, so it stopped. Try it on a real micro:bit: drag it onto the MICROBIT drive."
        ) from error


def _recording(args: argparse.Namespace) -> Recording | None:
    if args.play:
        return read_csv(args.play)
    if args.gesture:
        sensor = TARGETS[args.kind].sensor
        return simulate([args.gesture], people=1, repeats=1, sensor=sensor).recordings[0]
    return None


def _show(
    board: VirtualBoard,
    args: argparse.Namespace,
    recording: Recording | None,
    model: Model | None,
    data: Dataset | None,
) -> None:
    """Live and with keys in a terminal; plain lines in a pipe."""
    live = sys.stdin.isatty() and sys.stdout.isatty()
    title = f"Virtual {TARGETS[board.kind].title}"
    movement: Mover | None = None if recording is None else Movement(board, recording)
    pace = FastPace(board) if args.fast else RealPace(board)
    view: LiveView | PlainView = PlainView()
    with ExitStack() as stack:
        keys: Commands | None = None
        noted = stack.enter_context(noted_signals())
        if live:
            keys = stack.enter_context(Keyboard())
            view = LiveView(title, (*KEY_HELP, PLAY_HELP))
            if movement is None:
                player = Player(board, keys, model, data, fast=args.fast)
                keys, movement = player.keys, player.hand
                view = HandView(title, player.scene, len(model.labels) if model else 0)
        stack.enter_context(view)
        LiveBoard(board, view, keys, pace, movement).run(args.seconds, lambda: bool(noted))
        end_by_signal(noted)
    if live:
        _say_next(args, view)
        _say_own_program(args, view)


def _say_next(args: argparse.Namespace, view: LiveView | PlainView) -> None:
    """What to do after somebody has played with a board."""
    if isinstance(view, HandView):
        say_without_movement(args, view)
    if args.model is not None and (args.file is None or args.file.suffix.lower() == ".py"):
        program = () if args.file is None else ("--program", args.file)
        say(f"To put this on a micro:bit: {command('flash', args.model, *program)}")
    elif args.model is not None or (args.file and args.file.suffix.lower() == ".hex"):
        say(f"To put this on a micro:bit: drag {args.file} onto the MICROBIT drive.")
    elif args.file is not None:
        say(f"To put this on a micro:bit: {command('run', args.file)}")
    elif model := model_here():
        say(f"To see what a model recognises: {command('virtual', args.kind, '--model', model)}")
    else:
        say(f"To see what a model recognises, train one first: {steps_to_model()[0]}")


def _say_own_program(args: argparse.Namespace, view: LiveView | PlainView) -> None:
    """After a model alone: a short program for its first gesture, and the command that runs it."""
    if args.model is None or args.file is not None or not isinstance(view, HandView):
        return
    run_own = command("run", OWN, "--model", args.model)
    if Path(OWN).exists():
        say(f"Next, your own program: {run_own}")
        return
    say(f"Next, your own program. Save this as {OWN}:\n")
    say(EXAMPLE.format(label=view.on_keys[0]))
    say(f"Then: {run_own}")


def _run_miniterm(board: VirtualBoard) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BoardError(
            "--miniterm needs a terminal: neither its input nor its output can be a file or a "
            f"pipe. In a program, use pyserial's serial_for_url('virtual://{board.kind}')."
        )
    from microbit_ml.cli.virtual.miniterm import run_miniterm

    say("This is pyserial's miniterm. Menu: Ctrl-T. Quit: Ctrl-]")
    run_miniterm(board)
