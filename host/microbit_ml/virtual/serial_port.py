"""VirtualSerial: a virtual board behind the interface of pyserial.

Code written for ``serial.Serial`` works with a virtual board unchanged. Where it would wait for a
real board, the virtual board runs: a read runs it for up to ``timeout`` seconds of virtual time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType

from microbit_ml.errors import BoardError
from microbit_ml.virtual.board import VirtualBoard

# The time that passes when a program asks how many bytes have come: it may ask in a loop.
_GLANCE_S = 0.001
# A read without a timeout would wait for ever for a silent board.
_LONGEST_WAIT_S = 60.0


class VirtualSerial:
    """A serial port whose other end is a :class:`~microbit_ml.VirtualBoard`.

    The part of pyserial's ``Serial`` that the kit uses: ``read``, ``read_until``, ``write``,
    ``flush``, ``in_waiting``, ``reset_input_buffer``, ``timeout`` (seconds, None: wait), ``name``
    and ``port``, ``is_open``, ``close``, and use as a context manager. As with a real port, bytes
    that the board sent before it was opened are not received. Bytes arrive at the board's baud
    rate (115200). Raises BoardError when it is used after ``close()``.
    """

    def __init__(self, board: VirtualBoard, timeout: float | None = None) -> None:
        self.board = board
        self.timeout = timeout
        self.is_open = True
        self.name = self.port = f"virtual:{board.kind}"
        self._line = board.serial_line
        self._taken = len(self._line.sent)
        self._reported = 0  # how many bytes were waiting when in_waiting was last asked

    def __enter__(self) -> VirtualSerial:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the port; the board stays as it is."""
        self.is_open = False

    def _check_open(self) -> None:
        if not self.is_open:
            raise BoardError(f"The port {self.name} is closed. Open it again to go on.")

    # To the board

    def write(self, data: bytes) -> int:
        """Send bytes to the board; they travel while it runs. Returns how many."""
        self._check_open()
        self.board.write(data)
        return len(data)

    def flush(self) -> None:
        """Let the board run until all bytes written have reached it."""
        self._check_open()
        self.board.run_until(lambda: not self._line.to_board, _LONGEST_WAIT_S)

    # From the board

    @property
    def in_waiting(self) -> int:
        """The number of bytes that can be read at once.

        A millisecond passes when it is 0, or the same as when it was last read.
        """
        self._check_open()
        if self._waiting() == self._reported:
            self.board.run(_GLANCE_S)
        self._reported = self._waiting()
        return self._reported

    def _waiting(self) -> int:
        return len(self._line.sent) - self._taken

    def read(self, size: int = 1) -> bytes:
        """Read ``size`` bytes, or fewer when ``timeout`` seconds of virtual time pass."""
        self._check_open()
        self._run_until(lambda: self._waiting() >= size)
        return self._take(size)

    def read_until(self, expected: bytes = b"\n", size: int | None = None) -> bytes:
        """Read until the expected bytes have come, ``size`` is reached or time is up."""
        self._check_open()
        longest = sys.maxsize if size is None else size
        sent = self._line.sent
        self._run_until(lambda: sent.find(expected, self._taken) >= 0 or self._waiting() >= longest)
        found = sent.find(expected, self._taken)
        length = self._waiting() if found < 0 else found + len(expected) - self._taken
        return self._take(min(length, longest))

    def _run_until(self, condition: Callable[[], bool]) -> None:
        seconds = _LONGEST_WAIT_S if self.timeout is None else self.timeout
        self.board.run_until(condition, seconds)

    def _take(self, size: int) -> bytes:
        data = bytes(self._line.sent[self._taken : self._taken + size])
        self._taken += len(data)
        self._reported = 0
        return data

    def reset_input_buffer(self) -> None:
        """Discard what the board has sent and was not read."""
        self._check_open()
        self._taken = len(self._line.sent)
