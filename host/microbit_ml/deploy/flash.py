"""Flashing one board: choosing the faster way, and checking that the model runs afterwards."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from microbit_ml.board.away import SUFFIX, again
from microbit_ml.board.boards import AttachedBoard, drive_of
from microbit_ml.board.flash import flash_hex
from microbit_ml.board.installed import State, differing, install
from microbit_ml.board.link import Link, is_virtual, open_link
from microbit_ml.board.ports import BusyPortError, find_ports
from microbit_ml.board.recorder import machine_of
from microbit_ml.board.remote import RemoteRecognizer
from microbit_ml.board.repl import BoardGoneError, RawRepl
from microbit_ml.board.upload import file_state, restart
from microbit_ml.common.wording import plural
from microbit_ml.deploy.predict import check_model, work_layout
from microbit_ml.errors import BoardError
from microbit_ml.image.board_files import board_files
from microbit_ml.image.hex import boards_of, build_hex
from microbit_ml.image.kernels import kernel_file
from microbit_ml.image.launcher import LAUNCHER_FILES
from microbit_ml.image.program import Program
from microbit_ml.model import Model
from microbit_ml.targets import TARGETS, by_chip

# The recognizer runs with any version of these; all others must be exactly this kit's.
OVER_SERIAL = ("model.bin", *LAUNCHER_FILES)
LISTEN_BYTES = 8192  # of what a program prints meanwhile: the last ones
LISTEN_S = 3.0  # long enough for a program to fail: V1 takes 1.5 s to load a model
# The last line of a traceback. V1 scrolls it over the display before it does anything else.
_NEW_RUNTIME = "MicroPython itself is replaced."
_STOPPED = re.compile(rb"Traceback .*?\n([A-Za-z_]\w*(?:: [^\n]*)?)\r?\n", re.DOTALL)
MOST_NAMED = 12  # of the files that a flash would delete
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """What to flash, and how: "auto", "drive" or "serial".

    model: None for a program alone; follow: what to do with the line to the board when its program
    has started, and with what it has sent by then, instead of checking that it runs.
    """

    model: Model | None
    program: Path | None = None
    runtime: str | None = None  # the text of a hex with another MicroPython
    how: str = "auto"
    follow: Callable[[Link, bytes], None] | None = None

    @cached_property
    def hex_text(self) -> str:
        """The whole hex, for every kind of board that the runtime supports."""
        files = {kind: self.files(kind) for kind in boards_of(self.runtime)}
        return build_hex(files, self.runtime)

    @cached_property
    def source(self) -> Program | None:
        """The program that was read, if there is one. Raises as ``Program.read`` does."""
        return None if self.program is None else Program.read(self.program)

    def prepare(self) -> None:
        """Check the program. Build the hex if boards will need it; otherwise each board decides.

        Raises HexError when the runtime is no MicroPython hex, FileMissingError without the
        program, and ProgramError when no target can run it.
        """
        self.check(TARGETS)
        if self.how == "drive" or self.runtime is not None:
            _ = self.hex_text

    def check(self, kinds: Iterable[str]) -> None:
        """Raise ProgramError when none of these targets can run the program.

        Another MicroPython may have more of Python than the kit's.
        """
        if self.source is not None and self.runtime is None:
            self.source.check(kinds)

    def files(self, kind: str) -> dict[str, bytes]:
        """The files for a target. Raises FileMissingError without the program."""
        source = None if self.source is None else self.source.source
        if self.model is None:
            return {"main.py": source or b""}
        return self.model.board_files(source, kind)


class _NotOverSerialError(BoardError):
    """This board needs the whole hex; the message says why."""


class _SilentError(_NotOverSerialError):
    """No MicroPython answers."""


def flash_one(job: Job, board: AttachedBoard, progress: Progress) -> str:
    """Put the model on one board; returns a sentence about what was done and why this way.

    progress: called with each step. Raises BoardError when it failed; the board then has the old
    files or the new ones, as far as ``microbit_ml.board.installed`` can guarantee.
    """
    try:
        return _over_serial(job, board, progress)
    except _NotOverSerialError as reason:
        if job.how == "serial":
            raise BoardError(
                f"{reason} So it needs the whole hex. Leave out --how serial, or use --how drive."
            ) from reason
        if board.drive is None:
            raise BoardError(f"{reason} {_no_drive(board)}") from reason
        return _through_drive(job, board, str(reason), progress)


def _no_drive(board: AttachedBoard) -> str:
    if board.port is not None and is_virtual(board.port.device):
        return (
            "A virtual board has no drive. Start it with a hex that microbit-ml build has written, "
            "such as kit.hex: add hex=kit.hex to its address, after a ? or a &."
        )
    if board.port is not None and board.port.device not in [one.device for one in find_ports()]:
        return (
            f"We can't tell which drive belongs to the port {board.port.device}. Give the board's "
            "drive after --board instead. A virtual board has one if you start it like this: "
            "microbit-ml virtual --pty --drive my-board"
        )
    try:
        drive_of(board)
    except BoardError as error:
        return str(error)
    return ""


def _over_serial(job: Job, board: AttachedBoard, progress: Progress) -> str:
    if job.how == "drive":
        raise _NotOverSerialError("You asked for the whole hex.")
    if board.port is None:
        raise _NotOverSerialError(
            _NEW_RUNTIME if job.runtime is not None else "The board has no serial port."
        )
    try:
        link_context = open_link(board.port.device)
        link = link_context.__enter__()
    except BusyPortError as error:
        if board.drive is None:
            raise
        raise BoardError(
            f"{error} To flash the whole hex without asking what is on the board: --how drive"
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
            changed = _install(job, board, repl, progress)
        except _SilentError:
            raise
        except BaseException:
            # Also after Ctrl-C: the board's own program runs again, the old one or the new one.
            with contextlib.suppress(BoardError):
                repl.soft_reset()
            raise
        begun = repl.soft_reset()
        progress("starting")
        _check_running(job, link, begun)
        files = f"Changed: {', '.join(changed)}" if changed else "All files were up to date"
        duration = f"{link.clock() - start:.1f} s"
        return f"over serial in {duration}, because it already runs this kit. {files}"


def _install(job: Job, board: AttachedBoard, repl: RawRepl, progress: Progress) -> list[str]:
    progress("asking the board what is on it")
    try:
        restart(repl)
    except BoardGoneError:
        raise
    except BoardError as error:
        raise _SilentError(str(error)) from error
    state = again(repl, lambda: file_state(repl))
    if job.runtime is not None:
        _refuse_to_lose_recordings(state)
        raise _NotOverSerialError(_NEW_RUNTIME)
    machine = again(repl, lambda: machine_of(repl))
    kind = _kind_of(machine, board)
    job.check([kind])
    files = job.files(kind)
    outdated = [name for name in differing(state, files) if name not in OVER_SERIAL]
    if outdated:
        _refuse_to_lose_recordings(state)
        raise _NotOverSerialError(_why_not(state, outdated) + _deleted(state, files))
    if differing(state, files):
        _remove_other_kernels(repl, state, kind)
    return install(repl, files, progress, state)


def _remove_other_kernels(repl: RawRepl, state: State, kind: str) -> None:
    """Make room: a universal hex brings the kernels of other boards along, which are of no use."""
    for name in {kernel_file(one) for one in TARGETS} - {kernel_file(kind)}:
        if state.pop(name, None) is not None:
            code = f"import os\ntry:os.remove({name!r})\nexcept OSError:pass"
            again(repl, partial(repl.exec, code))


def _kind_of(machine: str, board: AttachedBoard) -> str:
    """The name of its target: from its id if the chip agrees, otherwise from the chip."""
    if board.board and TARGETS[board.board].chip in machine:
        return board.board
    if target := by_chip(machine):
        return target.name
    raise _NotOverSerialError(
        f"The board calls itself {machine!r}, which is not a micro:bit that the kit knows."
    )


def _refuse_to_lose_recordings(state: State) -> None:
    recordings = [name for name in state if name.endswith(SUFFIX)]
    if recordings:
        raise BoardError(
            f"The board holds {plural(len(recordings), 'recording')} not fetched yet, and the "
            "whole hex that it needs would delete them. Fetch them first: microbit-ml collect "
            "fetched --fetch. To lose them, add: --how drive"
        )


def _deleted(state: State, files: Mapping[str, bytes]) -> str:
    """A sentence about the user's own files that the whole hex deletes."""
    own = sorted(set(state) - set(files) - {*board_files(b""), *LAUNCHER_FILES, "recorder.py"})
    more = f" and {len(own) - MOST_NAMED} more" if len(own) > MOST_NAMED else ""
    listed = ", ".join(own[:MOST_NAMED])
    return f" The whole hex deletes your own files on it: {listed}{more}." if own else ""


def _why_not(state: State, outdated: list[str]) -> str:
    if all(name not in state for name in outdated):
        return "The kit is not on the board yet."
    return f"The board has another version of the kit: {', '.join(outdated)}."


def _through_drive(job: Job, board: AttachedBoard, reason: str, progress: Progress) -> str:
    if job.runtime is not None and board.board not in ("", *boards_of(job.runtime)):
        raise BoardError(
            f"The hex of --runtime has no MicroPython for a {TARGETS[board.board].title}. Use a "
            "universal hex."
        )
    if board.board:
        job.check([board.board])
    progress(f"copying {len(job.hex_text):,} bytes to {drive_of(board).path}; keep it plugged in")
    drive = flash_hex(job.hex_text, drive_of(board))
    how = f"as a whole hex through the drive {drive.path}. {reason}"
    ports = [
        port for port in find_ports() if port.unique_id.lower() == board.unique_id.lower() != ""
    ]
    port = ports[0] if ports else board.port
    if port is None:
        return f"{how} Not checked, as it has no serial port"
    progress("checking over serial")
    try:
        link_context = open_link(port.device)
        link = link_context.__enter__()
    except BoardError as error:
        return f"{how} Not checked: {error}"
    with contextlib.ExitStack() as stack:
        stack.push(link_context)
        repl = RawRepl(link.port, link.clock)
        restart(repl)
        machine = machine_of(repl)
        wrong = differing(file_state(repl), job.files(_kind_of(machine, board)))
        if wrong:
            raise BoardError(
                f"The hex did not arrive complete. Wrong on the board: {', '.join(wrong)}. Unplug "
                "it, plug it in and flash it again."
            )
        _check_running(job, link, repl.soft_reset())
    return how


def _check_running(job: Job, link: Link, begun: bytes = b"") -> None:
    """Check that the program works: the kit's launcher answers, another one keeps running."""
    if job.follow is not None:
        job.follow(link, begun)
        return
    if job.program is None and job.model is not None:
        remote = RemoteRecognizer(link.port, work_layout(job.model), link.clock, link.name)
        check_model(job.model, remote.predict(), link.name)
        return
    output = begun
    end = link.clock() + LISTEN_S
    while link.clock() < end:
        try:
            output = output[-LISTEN_BYTES:] + link.port.read(min(link.port.in_waiting, 4096) or 1)
        except OSError as error:
            raise BoardGoneError(
                f"Everything is on the board at {link.name}, but it was disconnected before we "
                f"could see its program run ({error}). Plug it in, and look at its display."
            ) from error
        if stopped := _STOPPED.search(output):
            raise BoardError(
                f"Everything is on the board, but the program {job.program} stopped: "
                f"{stopped[1].decode('utf-8', 'replace').strip()}. Fix it, then flash it again."
            )
