"""Flashing one board: which way is the faster one, and whether the model runs afterwards."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from microbit_ml.board.away import SUFFIX, again
from microbit_ml.board.boards import AttachedBoard, drive_of
from microbit_ml.board.flash import flash_hex
from microbit_ml.board.installed import State, differing, install
from microbit_ml.board.link import Link, is_virtual, open_link
from microbit_ml.board.ports import BusyPortError, find_ports
from microbit_ml.board.remote import RemoteRecognizer
from microbit_ml.board.repl import BoardGoneError, RawRepl
from microbit_ml.board.upload import file_state, restart
from microbit_ml.common.wording import plural
from microbit_ml.deploy.predict import check_model, work_layout
from microbit_ml.errors import BoardError
from microbit_ml.image.board_files import board_files
from microbit_ml.image.hex import build_hex
from microbit_ml.image.runtime import read_runtimes
from microbit_ml.model import Model
from microbit_ml.targets import TARGETS, by_chip

# The recognizer runs with any of these; the others must be those of this kit, all of them.
OVER_SERIAL = ("model.bin", "main.py", "answer.py")
LISTEN_S = 3.0  # a program that fails does so soon: V1 takes 1.5 s to load a model
# The last line of a traceback. V1 lets it run over the display before anything else happens.
_STOPPED = re.compile(rb"Traceback .*?\n([A-Za-z_]\w*(?:: [^\n]*)?)\r?\n", re.DOTALL)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """What is to be put on boards, and how: "auto", "drive" or "serial"."""

    model: Model
    program: Path | None = None
    runtime: str | None = None  # the text of another MicroPython hex
    how: str = "auto"

    @cached_property
    def hex_text(self) -> str:
        """The whole hex, for every kind of board that the runtime is for."""
        kinds = TARGETS if self.runtime is None else sorted(read_runtimes(self.runtime))
        return build_hex({kind: self.files(kind) for kind in kinds}, self.runtime)

    def prepare(self) -> None:
        """Build the hex now if boards will need it; otherwise each board decides.

        Raises HexError when the runtime is no MicroPython hex.
        """
        if self.how == "drive" or self.runtime is not None:
            _ = self.hex_text

    def files(self, kind: str) -> dict[str, bytes]:
        """The files for a board "v1" or "v2". Raises FileMissingError without the program."""
        return self.model.board_files(self.program, kind)


class _NotOverSerialError(BoardError):
    """Why this board needs a whole hex."""


class _SilentError(_NotOverSerialError):
    """No MicroPython answers."""


def flash_one(job: Job, board: AttachedBoard, tell: Tell) -> str:
    """Put the model on one board; a sentence that says what was done, and why this way.

    tell: is told each step. Raises BoardError when it did not work; then the board has the old
    files or the new ones, as far as :mod:`microbit_ml.board.installed` can guarantee.
    """
    try:
        return _over_serial(job, board, tell)
    except _NotOverSerialError as reason:
        if job.how == "serial":
            raise BoardError(
                f"{reason} So it needs a whole hex: leave --how serial out, or say --how drive."
            ) from reason
        if board.drive is None:
            raise BoardError(f"{reason} {_no_drive(board)}") from reason
        return _through_drive(job, board, str(reason), tell)


def _no_drive(board: AttachedBoard) -> str:
    if board.port is not None and is_virtual(board.port.device):
        return (
            "A virtual board has no drive. Let it start with a hex of the kit: microbit-ml build "
            "MODEL -o kit.hex, then virtual://v1?hex=kit.hex"
        )
    try:
        drive_of(board)
    except BoardError as error:
        return str(error)
    return ""


def _over_serial(job: Job, board: AttachedBoard, tell: Tell) -> str:
    if job.how == "drive":
        raise _NotOverSerialError("The whole hex was asked for.")
    if board.port is None:
        other = "MicroPython itself is to be another one."
        raise _NotOverSerialError(
            other if job.runtime is not None else "The board has no serial port."
        )
    try:
        link_context = open_link(board.port.device)
        link = link_context.__enter__()
    except BusyPortError as error:
        if board.drive is None:
            raise
        raise BoardError(
            f"{error} To put a whole hex on the board without asking what it holds: --how drive"
        ) from error
    except BoardError as error:
        if board.drive is None:
            raise
        raise _NotOverSerialError(str(error)) from error
    with contextlib.ExitStack() as stack:
        stack.push(link_context)
        start = link.clock()
        repl = RawRepl(link.port, link.clock)
        try:
            changed = _install(job, repl, tell)
        except _SilentError:
            raise
        except BaseException:
            # Also after Ctrl-C: the board's own program goes on, the old one or the new one.
            with contextlib.suppress(BoardError):
                repl.soft_reset()
            raise
        repl.soft_reset()
        tell("starting")
        _check_running(job, link)
        files = " and ".join(changed) if changed else "no file, all were there already"
        return f"over serial in {link.clock() - start:.1f} s, as it runs this kit: {files}"


def _install(job: Job, repl: RawRepl, tell: Tell) -> list[str]:
    tell("asking what is on the board")
    try:
        restart(repl)
    except BoardGoneError:
        raise
    except BoardError as error:
        raise _SilentError(str(error)) from error
    state = again(repl, lambda: file_state(repl))
    if job.runtime is not None:
        _refuse_to_lose_recordings(state)
        raise _NotOverSerialError("MicroPython itself is to be another one.")
    machine = again(repl, lambda: repl.exec("import os\nprint(os.uname().machine)")).strip()
    files = job.files(_kind_of(machine))
    other = [name for name in differing(state, files) if name not in OVER_SERIAL]
    if other:
        _refuse_to_lose_recordings(state)
        raise _NotOverSerialError(_why_not(state, other) + _what_goes(state, files))
    return install(repl, files, tell, state)


def _kind_of(machine: str) -> str:
    if target := by_chip(machine):
        return target.name
    raise _NotOverSerialError(
        f"The board calls itself {machine!r}, which is no micro:bit known here."
    )


def _refuse_to_lose_recordings(state: State) -> None:
    recordings = [name for name in state if name.endswith(SUFFIX)]
    if recordings:
        raise BoardError(
            f"The board holds {plural(len(recordings), 'recording')} that nobody has fetched, and "
            "the whole hex that it needs would delete them. Bring them in: microbit-ml collect "
            "DATASET --fetch. To give them up: --how drive"
        )


def _what_goes(state: State, files: Mapping[str, bytes]) -> str:
    """A sentence about files that are not the kit's and that a whole hex deletes."""
    own = sorted(set(state) - set(files) - {*board_files(b""), "recorder.py"})
    return f" Deleted with the old ones: {', '.join(own)}." if own else ""


def _why_not(state: State, other: list[str]) -> str:
    if all(name not in state for name in other):
        return "The kit is not on the board yet."
    return f"The board has another version of the kit: {', '.join(other)}."


def _through_drive(job: Job, board: AttachedBoard, reason: str, tell: Tell) -> str:
    if job.runtime is not None and board.board not in ("", *read_runtimes(job.runtime)):
        raise BoardError(
            f"The hex of --runtime has no MicroPython for a {board.board.upper()}. Use a universal "
            "MicroPython hex."
        )
    tell(f"copying {len(job.hex_text):,} bytes to {drive_of(board).path}; leave it plugged in")
    drive = flash_hex(job.hex_text, drive_of(board))
    how = f"whole hex through the drive {drive.path}. {reason}"
    ports = [
        port for port in find_ports() if port.unique_id.lower() == board.unique_id.lower() != ""
    ]
    port = ports[0] if ports else board.port
    if port is None:
        return f"{how} Not checked, as there is no serial port"
    tell("checking over serial")
    try:
        link_context = open_link(port.device)
        link = link_context.__enter__()
    except BoardError as error:
        return f"{how} Not checked: {error}"
    with contextlib.ExitStack() as stack:
        stack.push(link_context)
        repl = RawRepl(link.port, link.clock)
        restart(repl)
        machine = repl.exec("import os\nprint(os.uname().machine)").strip()
        wrong = differing(file_state(repl), job.files(_kind_of(machine)))
        if wrong:
            raise BoardError(
                f"The hex did not arrive whole: {', '.join(wrong)} on the board are others. Unplug "
                "it, plug it in and flash it again."
            )
        repl.soft_reset()
        _check_running(job, link)
    return how


def _check_running(job: Job, link: Link) -> None:
    """That the board's program works: the kit's launcher answers, another one does not stop."""
    if job.program is None:
        remote = RemoteRecognizer(link.port, work_layout(job.model), link.clock, link.name)
        check_model(job.model, remote.predict(), link.name)
        return
    said = b""
    end = link.clock() + LISTEN_S
    while link.clock() < end:
        try:
            said += link.port.read(link.port.in_waiting or 1)
        except OSError as error:
            raise BoardGoneError(
                f"Everything is on the board at {link.name}, but it went away before its program "
                f"was seen to run ({error}). Plug it in, and look at its display."
            ) from error
        if stopped := _STOPPED.search(said):
            raise BoardError(
                f"Everything is on the board, but the program {job.program} stops: "
                f"{stopped[1].decode('utf-8', 'replace').strip()}. Correct it, then flash it again."
            )
