"""A port for other programs: a virtual board behind a pseudo-terminal, on Linux and macOS.

Thonny, Mu, screen or any program that opens a serial port by its path can open it, one after the
other or several times. The board runs at real pace while :meth:`PtyPort.serve` does.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from types import TracebackType

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.board import VirtualBoard
from microbit_ml.virtual.pacing import RealPace

if sys.platform != "win32":
    import fcntl
    import termios
    import tty

_STEP_S = 0.005
_READ_BYTES = 4096
# Unread bytes that are kept beside the system's buffer. Older bytes are lost, as in the interface
# chip of a real board.
_BACKLOG_BYTES = 1024


class PtyPort:
    """``with PtyPort(board) as port: print(port.path); port.serve()``.

    ``path`` is the path that other programs open, such as ``/dev/pts/3``. The line is raw: bytes
    pass unchanged and are not echoed; the baud rate is accepted but changes nothing. A
    pseudo-terminal has no DTR and RTS: pyserial ignores that when it opens the port, as Thonny
    does, but a program that sets them on the open port gets an OSError (ENOTTY) from the system.
    Bytes that no program reads wait in the system's buffer (some 4 KB); when that is full, bytes
    are lost. Raises VirtualBoardError on Windows, which has no such ports.
    """

    def __init__(self, board: VirtualBoard) -> None:
        if sys.platform == "win32":
            raise VirtualBoardError(
                "On Windows a virtual board cannot have a port that other programs open. Use "
                f"microbit-ml virtual {board.kind} --miniterm, or open virtual://{board.kind} with "
                "pyserial."
            )
        self._board = board
        # Both ends stay open here, so the port outlives the programs that come and go.
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self._passed_on = len(board.serial_line.sent)
        self._pace = RealPace(board)
        self._before_us = 0

    def __enter__(self) -> PtyPort:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the port; the board stays as it is."""
        for end in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(end)

    @property
    def time_us(self) -> int:
        """How long boards have run behind this port, in microseconds of their own time."""
        return self._before_us + self._board.time_us

    def put_behind(self, board: VirtualBoard) -> None:
        """Another board answers from now on: the same one, after its drive has flashed it."""
        self._before_us = self.time_us
        self._board = board
        self._passed_on = 0
        self._pace = RealPace(board)

    def serve(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Run the board at real pace and pass bytes both ways, until ``stop()``.

        Raises VirtualBoardError when the program on the board crashes.
        """
        self._pace = RealPace(self._board)
        while not stop():
            self._unlock()
            self._from_program()
            self._pace.run(_STEP_S)
            self._to_program()

    def _unlock(self) -> None:
        """Release a program's exclusive lock on the port: it may have ended since."""
        if sys.platform != "win32":
            fcntl.ioctl(self._theirs, termios.TIOCNXCL)

    def _from_program(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._board.write(os.read(self._ours, _READ_BYTES))

    def _to_program(self) -> None:
        sent = self._board.serial_line.sent
        if len(sent) > self._passed_on:
            with contextlib.suppress(BlockingIOError):
                self._passed_on += os.write(self._ours, bytes(sent[self._passed_on :]))
            self._passed_on = max(self._passed_on, len(sent) - _BACKLOG_BYTES)
