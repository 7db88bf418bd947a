"""``microbit-ml watch``: what a board measures and decides, live."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from microbit_ml.board.boards import board_address
from microbit_ml.board.link import VIRTUAL, Link
from microbit_ml.board.watch_twin import Twin
from microbit_ml.board.watching import Decision, Detection, Sample, Watch, watching
from microbit_ml.cli.arguments import again, board_name, or_virtual, seconds_of, way_to_model
from microbit_ml.cli.nearby import NEW_DATA, data_here, example_label, model_here, steps_to_model
from microbit_ml.cli.watch.lines import JsonView, PlainView, View
from microbit_ml.cli.watch.screen import ScreenView
from microbit_ml.common.wording import command
from microbit_ml.console.screen import say
from microbit_ml.console.stopping import obeyed_signals
from microbit_ml.deploy.predict import check_model, roomy_boards
from microbit_ml.deploy.simulated_person import movements_for
from microbit_ml.deploy.watched_board import open_watched
from microbit_ml.errors import UsageError
from microbit_ml.model import Model

JSON_HELP = """\
--json prints one object a line, each with its "event":
  board      board, labels, window and hop in samples, period_ms, checksum of the model, model: FILE
  sample     number, time_ms, x, y, z in counts (1/1024 g); the numbers of lost samples are missing
  decision   number and time_ms of the newest sample in its window; label (null: unknown),
             confidence (0 or more: known), scores in the order of labels; with MODEL also same:
             true, false, or null when a sample of the window was lost; and if it is false,
             twin: label, confidence and scores as computed on this computer
  detected   number, time_ms, label: the recognizer detected a gesture, as next() returns it
  summary    samples, lost (on the way), missed (by the board), damaged lines, rate_hz, decisions,
             detected; with MODEL also same, different, unchecked
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``watch``."""
    parser.add_argument(
        "model",
        nargs="?",
        type=Path,
        metavar="MODEL",
        help="the .mbml file of the model on the board, to check each decision here",
    )
    parser.add_argument(
        "--board",
        type=board_name,
        default="",
        metavar="BOARD",
        help="the board's port, drive or id, if several are plugged in; virtual:v1 or virtual:v2 "
        "(needs MODEL) is moved by a simulated person",
    )
    parser.add_argument("--seconds", type=seconds_of, metavar="S", help="stop after S seconds")
    parser.add_argument("--json", action="store_true", help="print JSON lines for a program")
    parser.epilog = (
        "The board's own program is stopped meanwhile, and restarted at the end (Ctrl-C).\n"
        "In a pipe, a line is printed for each new decision and each detected gesture.\n\n"
        + JSON_HELP
    )


def run(args: argparse.Namespace) -> None:
    """Show what a board reads, decides and detects, until Ctrl-C or for ``--seconds``."""
    if args.model is None and args.board.lower() in VIRTUAL:
        how = way_to_model(lambda path: again(args, path))
        raise UsageError(f"A virtual board needs a model. {how}", "board")
    with or_virtual(_on_virtual(args)):
        address = board_address(args.board)
    model = None if args.model is None else Model.load(args.model)
    movements: list[str] = []
    with (
        obeyed_signals() as obey,
        open_watched(
            address,
            model,
            real_pace=sys.stdout.isatty(),
            after_read=obey,
            on_movement=movements.append,
        ) as link,
    ):
        if address.lower() in VIRTUAL and model is not None:
            made = ", ".join(movements_for(model.labels))
            say(f"A simulated person moves {address}: {made}.")
        say(f"Connecting to {link.name} ... Press Ctrl-C to stop.")
        with watching(link) as watch:
            _show(args, model, link, watch, movements)
    if not args.json:
        say(f"Next: record more of what it gets wrong, for example: {_collect(args, model)}")


def _on_virtual(args: argparse.Namespace) -> str:
    """The same command on a virtual board, which needs a model."""
    board = ("--board", roomy_boards()[0])
    if args.model is not None:
        return again(args, *board, without="--board")
    if here := model_here():
        return again(args, here, *board, without="--board")
    steps, model = steps_to_model()
    return f"{steps}, then {again(args, model, *board, without='--board')}"


def _collect(args: argparse.Namespace, model: Model | None) -> str:
    label = model.labels[0] if model is not None else example_label()
    board = ("--board", args.board) if args.board else ()
    return command("collect", data_here() or NEW_DATA, label, *board)


def _show(
    args: argparse.Namespace,
    model: Model | None,
    link: Link,
    watch: Watch,
    movements: Sequence[str],
) -> None:
    if model is not None:
        check_model(model, watch.model.checksum, link.name)
    twin = None if model is None else Twin(model.network, model.window)
    with _view(args, link, watch, twin, movements) as view:
        _follow(watch, twin, view, link, args.seconds)


def _view(
    args: argparse.Namespace,
    link: Link,
    watch: Watch,
    twin: Twin | None,
    movements: Sequence[str],
) -> View:
    if args.json:
        return JsonView(link.name, watch, twin, args.model)
    if sys.stdout.isatty():
        return ScreenView(link.name, watch, twin, args.model, movements=movements)
    return PlainView(watch, twin)


def _follow(watch: Watch, twin: Twin | None, view: View, link: Link, seconds: float | None) -> None:
    """Hand everything that the board sends to the view."""
    end = None if seconds is None else link.clock() + seconds
    while end is None or link.clock() < end:
        for event in watch.read():
            if isinstance(event, Sample):
                if twin is not None:
                    twin.add(event)
                view.sample(event)
            elif isinstance(event, Decision):
                view.decision(event, None if twin is None else twin.check(event))
            elif isinstance(event, Detection):
                view.detected(event)
        view.refresh()
