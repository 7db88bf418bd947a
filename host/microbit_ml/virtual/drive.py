"""A virtual MICROBIT drive: a folder that flashes the hex copied into it, or fails to.

It acts like the interface chip of a micro:bit: it takes a hex, vanishes while it programs the
board, and comes back empty, with a FAIL.TXT if something went wrong. So programs that flash can be
tested with every failure, on every operating system.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedWriter, FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from microbit_ml.common.inputs import read_input
from microbit_ml.errors import DataError, HexError, VirtualBoardError
from microbit_ml.image.hex_file import LARGEST
from microbit_ml.image.intel_hex import parse
from microbit_ml.virtual.board import VirtualBoard
from microbit_ml.virtual.wiring import target_of

if sys.platform == "win32":
    from pathlib import WindowsPath as _SystemPath
else:
    from pathlib import PosixPath as _SystemPath

# The texts of FAIL.TXT, by the last type in it.
FAIL_TEXTS = {
    "internal": "An internal error has occurred.",
    "transient": "The transfer timed out.",
    "user": "The hex file cannot be decoded.",
    "target": "The interface firmware failed to reset or halt the target MCU.",
    "interface": "The bootloader CRC did not pass.",
}
# Other failures: see VirtualDrive.fail().
WAYS = (*FAIL_TEXTS, "ignored", "listed", "lost", "full", "gone")

_REST_OF_ID = "000051864e45003f8006000000480000000097969901"  # after the four digits of the board
_END_OF_HEX = b":00000001FF"
_ROOM_BYTES = 4096  # on a full disk

VANISHES_AFTER_S = 0.5
AWAY_S = 3.0
TRANSFER_TIMEOUT_S = 2.0  # give up on a hex that has not grown for this long
POLL_S = 0.05


@dataclass
class _Transfer:
    """A hex that is being copied: its size when it last grew, and the time of that."""

    size: int
    grew_at_s: float


class VirtualDrive:
    """The drive of a virtual micro:bit, in a folder of its own.

    The data log of its board is shown there while the drive is polled, as MY_DATA.HTM.

    ::

        with VirtualDrive(Path("MICROBIT"), "v2") as drive:
            ...                                # copy a hex into that folder, wait some seconds
            drive.board.run_until(">>>", 3)    # the board that was flashed

    ``folder`` must not exist yet, or be empty. ``board`` is the VirtualBoard with the last hex
    that arrived, None before. :meth:`poll` checks the folder; as a context manager the drive
    starts a thread that calls it. ``clock`` returns the time in seconds; ``port`` is the path of
    the board's serial port, which DETAILS.TXT then names, for programs that know only the drive.
    Raises VirtualBoardError for an unknown kind of board and for a folder that is not empty.
    """

    def __init__(
        self,
        folder: Path,
        kind: str,
        *,
        maintenance: bool = False,
        port: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        target = target_of(kind)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise VirtualBoardError(
                f"The folder {folder} is not empty, and a virtual drive deletes everything in its "
                "folder. Choose a folder that does not exist yet."
            )
        self.kind = kind
        self.unique_id = f"{target.usb_ids[-1]:04x}{_REST_OF_ID}"  # of its newest revision
        self.maintenance = maintenance
        self._port = port
        self.board: VirtualBoard | None = None
        self._clock = clock
        self._folder = folder
        self._failures: list[str] = []
        self._transfer: _Transfer | None = None
        self._logged: dict[str, bytes] = {}  # the board's files that the drive shows
        self._ignored: tuple[int, int] | None = None  # time and size of a hex to ignore
        self._due: tuple[float, Callable[[], None]] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._come("")

        class DrivePath(_DrivePath):
            interface = self

        self.path: Path = DrivePath(folder)

    def __enter__(self) -> VirtualDrive:
        self._thread = threading.Thread(target=self._poll_for_ever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Unplug: the folder is deleted, the board is switched off."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._go()
        if self.board is not None:
            self.board.close()

    def fail(self, *ways: str) -> None:
        """Choose the failure of the next hex, of the one after it, and so on.

        - "internal", "transient", "user", "target", "interface": a FAIL.TXT of that type
        - "ignored": nothing happens, the hex stays; "listed": the drive vanishes, comes back, and
          the hex is still there; "lost": the drive vanishes and does not come back
        - "full": the disk is full before the hex is written; "gone": the device is gone (ENODEV)
          after the last byte, but the hex was flashed. Only a program in this process that writes
          through ``path`` sees these two.

        Raises VirtualBoardError for anything else.
        """
        for way in ways:
            if way not in WAYS:
                raise VirtualBoardError(
                    f"A drive has no failure {way!r}. Choose from: {', '.join(WAYS)}."
                )
        self._failures += ways

    def volumes(self) -> list[tuple[Path, str]]:
        """(path, label) as an operating system would list it; empty while the drive is away."""
        label = "MAINTENANCE" if self.maintenance else "MICROBIT"
        return [(self.path, label)] if self._folder.is_dir() else []

    # The interface chip

    def poll(self) -> None:
        """Check the folder and the clock, and do what is due.

        Raises OSError when another program keeps a file open (Windows); the next call continues.
        """
        if self._due is not None:
            at_s, action = self._due
            if self._clock() >= at_s:
                self._due = None
                try:
                    action()
                except OSError:
                    self._due = (at_s, action)
                    raise
            return
        if not self.maintenance:
            self._look_for_hex()
            self._show_log()

    def _poll_for_ever(self) -> None:
        while not self._stop.wait(POLL_S):
            try:
                self.poll()
            except OSError:
                continue

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        self._due = (self._clock() + seconds, action)

    def _look_for_hex(self) -> None:
        path = self._hex_file()
        if path is None:
            self._transfer = None
            return
        if self._ignored == _signature(path):
            return
        try:
            content = read_input(path, LARGEST, "hex file")
        except DataError:  # no file that a board could read
            return
        if self._transfer is None or len(content) > self._transfer.size:
            self._transfer = _Transfer(len(content), self._clock())
        complete = content.rstrip().upper().endswith(_END_OF_HEX)
        late = self._clock() >= self._transfer.grew_at_s + TRANSFER_TIMEOUT_S
        way = self._failures[0] if self._failures else ""
        if not (complete or late):
            return
        self._failures = self._failures[1:]
        self._transfer = None
        if way == "ignored":
            self._ignored = _signature(path)
            return
        self._after(VANISHES_AFTER_S, lambda: self._program(path.name, content, complete, way))

    def _show_log(self) -> None:
        """Show the data log of the board as it is now, without the drive's going away for it."""
        files = {} if self.board is None else self.board.drive_files
        if files == self._logged or not self._folder.is_dir():
            return
        for name in self._logged.keys() - files.keys():
            (self._folder / name).unlink(missing_ok=True)
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        self._logged = files

    def _hex_file(self) -> Path | None:
        if not self._folder.is_dir():
            return None
        names = sorted(self._folder.iterdir())
        return next((path for path in names if path.suffix.lower() == ".hex"), None)

    def _program(self, name: str, content: bytes, complete: bool, way: str) -> None:
        """Vanish, and come back with the result."""
        self._go()
        if way == "lost":
            return
        failure = _fail_text(way) if way in FAIL_TEXTS else ""
        if not failure and not complete:
            failure = _fail_text("transient", "user")
        if not failure and way != "listed":
            failure = self._flash(content)

        def come() -> None:
            self._come(failure)
            if way == "listed":
                (self._folder / name).write_bytes(content)
                self._ignored = _signature(self._folder / name)

        self._after(AWAY_S, come)

    def _flash(self, content: bytes) -> str:
        """Flash the hex onto the board. Returns the text of FAIL.TXT, "" for success."""
        try:
            text = content.decode("ascii")
            parse(text, self.kind)
            board = VirtualBoard(self.kind, text)
        except (HexError, UnicodeDecodeError):
            return _fail_text("user")
        if self.board is not None:
            self.board.close()
        self.board = board
        return ""

    def _go(self) -> None:
        self._logged = {}
        if self._folder.is_dir():
            shutil.rmtree(self._folder)

    def _come(self, failure: str) -> None:
        """Make the drive appear, with only the interface chip's own files."""
        self._folder.mkdir(parents=True, exist_ok=True)
        mode = "Bootloader" if self.maintenance else "Interface"
        details = (
            "# DAPLink Firmware\r\n"
            f"Unique ID: {self.unique_id}\r\nHIC ID: 97969901\r\nAuto Reset: 1\r\n"
            f"Daplink Mode: {mode}\r\nInterface Version: 0257\r\n"
        )
        details += f"Serial Port: {self._port}\r\n" if self._port else ""
        page = "<!doctype html><title>micro:bit</title><p>A virtual micro:bit.</p>\r\n"
        (self._folder / "DETAILS.TXT").write_bytes(details.encode("ascii"))
        (self._folder / "MICROBIT.HTM").write_bytes(page.encode("ascii"))
        if failure:
            (self._folder / "FAIL.TXT").write_bytes(failure.encode("ascii"))

    def open_file(self, path: Path) -> FileIO:
        """Open a file of the drive for writing, as ``path`` does: it may fail."""
        way = self._failures[0] if self._failures else ""
        if way not in ("full", "gone") or path.suffix.lower() != ".hex":
            return FileIO(path, "w")
        self._failures = self._failures[1:]
        return _FailingFile(path, way)


def _fail_text(*kinds: str) -> str:
    return f"error: {FAIL_TEXTS[kinds[0]]}\r\ntype: {', '.join(kinds)}\r\n"


def _signature(path: Path) -> tuple[int, int]:
    """Properties that change when a file is written again."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size


class _FailingFile(FileIO):
    """A file on a full disk, or one that is gone after the last byte."""

    def __init__(self, path: Path, way: str) -> None:
        super().__init__(path, "w")
        self._way = way

    def write(self, data: Any) -> int:
        """Write as much as fits. Raises OSError when the disk is full."""
        if self._way == "gone":
            return super().write(data)
        room = _ROOM_BYTES - self.tell()
        if room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(bytes(data)[:room])

    def fileno(self) -> int:
        """The file's descriptor, which fsync needs at the end."""
        if self._way == "gone":
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return super().fileno()


class _DrivePath(_SystemPath):
    """A path on a virtual drive: writing bytes to it may fail."""

    interface: ClassVar[VirtualDrive]

    def open(self, mode: str = "r", buffering: int = -1, *args: Any, **options: Any) -> Any:
        """Open the file, as pathlib does."""
        if "w" in mode and "b" in mode:
            file = self.interface.open_file(Path(self))
            return file if buffering == 0 else BufferedWriter(file)
        return super().open(mode, buffering, *args, **options)
