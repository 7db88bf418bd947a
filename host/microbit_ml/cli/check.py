"""``check``: does a board, real or virtual, do what the kit says?"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.status import Status

from microbit_ml.board.boards import board_address, choose_boards
from microbit_ml.board.link import VIRTUAL, Link, is_virtual
from microbit_ml.cli.arguments import again, board_name, check_can_write, check_ending, or_virtual
from microbit_ml.common.files import write_whole
from microbit_ml.common.wording import PROGRAM, command, plural
from microbit_ml.console.screen import Console, print_json, print_table, say, write
from microbit_ml.console.stopping import TERMINATED, obeyed_signals
from microbit_ml.deploy.check import (
    FAILED,
    FULL,
    NOT_DONE,
    QUICK,
    Person,
    Result,
    SimulatedHand,
    open_bench,
    practice_model,
    run_checks,
)
from microbit_ml.deploy.check.page import check_html, row, summary
from microbit_ml.deploy.flash import Job, flash_one
from microbit_ml.deploy.predict import roomy_boards
from microbit_ml.errors import BoardError
from microbit_ml.model import Model

ENDING = ".html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``check``."""
    parser.add_argument(
        "model",
        nargs="?",
        type=Path,
        metavar="MODEL",
        help="the .mbml file of the model on the board (default: whichever the board has; a "
        "virtual board and --flash get a small practice model)",
    )
    parser.add_argument(
        "--board",
        type=board_name,
        default="",
        metavar="BOARD",
        help="the board's port, drive or id, if several are plugged in; or virtual:v1, virtual:v2",
    )
    parser.add_argument(
        "--flash",
        action="store_true",
        help="put the model on the board first; this replaces its program",
    )
    parser.add_argument("--quick", action="store_true", help="less of everything: half a minute")
    parser.add_argument(
        "--no-questions",
        action="store_true",
        help="do not ask what the display shows, nor to press buttons",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write a page (.html) to send to whoever keeps the kit; it holds figures alone",
    )
    parser.epilog = (
        "The board's program is stopped meanwhile, and starts again at the end, also after\n"
        "Ctrl-C. All files on the board stay. The exit code is 1 if a figure is wrong."
    )


def run(args: argparse.Namespace) -> None:
    """Check a board and print every figure. Raises BoardError when one is wrong."""
    if args.output:
        check_ending(args.output, ENDING, "The page")
        check_can_write(args.output, *([args.model] if args.model else []))
    model = Model.load(args.model) if args.model else None
    starts_here = args.board.lower() in VIRTUAL
    on_virtual = again(args, "--board", roomy_boards()[0], without="--board")
    if starts_here or args.flash:
        model = model or practice_model()
    with or_virtual(on_virtual):
        if args.flash and model is not None and not starts_here:
            _flash(model, args.board)
        address = board_address(args.board)
    if not is_virtual(address):
        say("Hold the micro:bit in your hand, and keep turning it.")
    with obeyed_signals() as obey, _Screen() as screen:
        results, board = _check(args, address, model, starts_here, screen, obey)
    _show(args, results, board, is_virtual(address))
    _end(args, results)


def _check(
    args: argparse.Namespace,
    address: str,
    model: Model | None,
    starts_here: bool,
    screen: _Screen,
    obey: Callable[[], None],
) -> tuple[list[Result], str]:
    """All results, and the name of the kind of board."""

    def person(link: Link) -> Person | None:
        if args.no_questions:
            return None
        if link.virtual is not None:
            return SimulatedHand(link.virtual)
        is_terminal = sys.stdin.isatty() and sys.stderr.isatty()
        return _PersonAtTerminal(screen) if is_terminal else None

    hex_text = model.hex() if starts_here and model else None
    effort = QUICK if args.quick else FULL
    with open_bench(
        address,
        model=model.device_bytes() if model else None,
        hex_text=hex_text,
        person=person,
        effort=effort,
        progress=screen.progress,
        after_read=obey,
    ) as bench:
        return list(run_checks(bench, begun=screen.begun)), bench.target.title


def _flash(model: Model, board: str) -> None:
    (chosen,) = choose_boards([board] if board else [])
    done = flash_one(Job(model), chosen, lambda step: say(f"{step} ..."))
    say(f"The board has the model, {done.rstrip('.')}.")


def _show(args: argparse.Namespace, results: Sequence[Result], board: str, virtual: bool) -> None:
    if args.output:
        write_whole(args.output, check_html(board, results, _version(), virtual))
    if args.json:
        print_json(
            {
                "kit": _version(),
                "board": board,
                "virtual": virtual,
                "failed": sum(one.status == FAILED for one in results),
                "results": [one.as_json() for one in results],
            }
        )
        return
    print_table(["figure", "value", "expected", "result"], [row(one) for one in results], left=4)
    write()
    for status in (NOT_DONE, FAILED):
        for one in results:
            if one.status == status:
                write(f"{status.upper() if status == FAILED else status}: {one.what}. {one.reason}")
                if one.error:
                    say(one.error)
    write(f"{board}{' (virtual)' if virtual else ''}: {summary(results)}")
    if args.output:
        write(f"Saved {args.output}. It holds nothing about you: no names, no serial number.")


def _end(args: argparse.Namespace, results: Sequence[Result]) -> None:
    n_failed = sum(one.status == FAILED for one in results)
    page = again(args, "-o", "check.html")
    if n_failed:
        raise BoardError(
            f"{plural(n_failed, 'figure')} of {len(results)} "
            f"{'is' if n_failed == 1 else 'are'} wrong; the reasons are above. Plug the board in "
            "again and repeat the check. If that does not help, send us its page"
            + (f" {args.output}." if args.output else f": {page}")
        )
    if is_virtual(args.board):
        output = args.output or "check.html"
        say(f"Next: check a micro:bit with the kit on it: {command('check', '-o', output)}")
    elif not args.output:
        say(f"Next: write a page to send to whoever keeps the kit: {page}")
    else:
        board = ("--board", args.board) if args.board else ()
        model = (args.model,) if args.model else ()
        say(f"Next: send us {args.output.name}. Then: {command('watch', *model, *board)}")


def _version() -> str:
    """The version of the kit, "" when it runs from source."""
    try:
        return version(PROGRAM)
    except PackageNotFoundError:
        return ""


class _Screen:
    """A live line on stderr about what is being done; elsewhere than in a terminal, a line each."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status: Status | None = None
        self._title = "Connecting"

    def __enter__(self) -> _Screen:
        if self._console.is_terminal:
            self._status = self._console.status("Connecting ...")
            self._status.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._status is not None:
            self._status.stop()

    def begun(self, title: str) -> None:
        """A check begins."""
        self._title = title[0].upper() + title[1:]
        if self._status is None:
            say(f"{self._title} ...")
        else:
            self._status.update(f"{self._title} ...")

    def progress(self, step: str) -> None:
        """A step of a check: shown in a terminal alone."""
        if self._status is not None:
            self._status.update(f"{self._title}: {step} ...")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No live line meanwhile, so that a question can be asked."""
        if self._status is not None:
            self._status.stop()
        try:
            yield
        finally:
            if self._status is not None:
                self._status.start()


class _PersonAtTerminal:
    """Asks whoever sits at the terminal."""

    def __init__(self, screen: _Screen) -> None:
        self._screen = screen

    def which_picture(self, names: Sequence[str]) -> str | None:
        """The picture that they see, "" for another one, None without an answer."""
        listed = ", ".join(f"{i + 1} {name}" for i, name in enumerate(names))
        typed = self._ask(f"What does the display show? {listed}, 0 another picture:")
        if not typed.isdigit() or int(typed) > len(names):
            return None
        return names[int(typed) - 1] if int(typed) else ""

    def all_lit(self) -> bool | None:
        """Whether they see 25 lit LEDs, None without an answer."""
        typed = self._ask("Are all 25 LEDs lit? Type y or n:").lower()
        return {"y": True, "yes": True, "n": False, "no": False}.get(typed)

    @contextmanager
    def pressing(self, what: str, seconds: float) -> Iterator[None]:
        """Ask for a press, then go on: the board notices it."""
        with self._screen.paused():
            say(f"Hold {what} for a moment, within {seconds:g} s.")
        yield

    def _ask(self, question: str) -> str:
        with self._screen.paused(), _signals_at_once():
            say(question)
            return sys.stdin.readline().strip()


@contextmanager
def _signals_at_once() -> Iterator[None]:
    """Ctrl-C and SIGTERM are obeyed while a question waits for its answer."""

    def end(number: int, frame: object) -> None:
        sys.exit(TERMINATED)

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGTERM: signal.signal(signal.SIGTERM, end),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
