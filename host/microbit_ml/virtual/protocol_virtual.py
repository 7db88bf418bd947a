"""``virtual://v1`` and ``virtual://v2``: virtual boards as ports of pyserial, on every system.

::

    import serial
    import microbit_ml.virtual                       # makes the URLs known to pyserial

    with serial.serial_for_url("virtual://v2", timeout=1) as port:
        port.write(b"print(6 * 7)\\r")
        print(port.read_until(b">>> "))

The options after the kind of board:

- ``?hex=PATH``: the hex to flash; by default MicroPython alone.
- ``?name=NAME``: one board that all ports of this name in this process share. The first port
  makes it (or :func:`share_board` did), and it keeps running when that port is closed.
- ``?pace=real``: virtual time is no faster than real time, for terminals. Without it, time passes
  only while a program reads or flushes, as fast as the computer can; then the same calls always
  give the same bytes.

Join several options with ``&``: ``virtual://v1?name=desk&pace=real``. Without a name each port has
a board of its own, which is switched on when the port is opened and off when it is closed. Pyserial
looks for this module by its name.
"""

from __future__ import annotations

import math
import sys
import threading
from urllib.parse import parse_qs, urlsplit
from weakref import WeakKeyDictionary

import serial

from microbit_ml.errors import KitError, VirtualBoardError
from microbit_ml.image.hex_file import about_file, read_hex
from microbit_ml.virtual.board import VirtualBoard
from microbit_ml.virtual.pacing import FastPace, Pace, RealPace
from microbit_ml.virtual.wiring import kinds

_OPTIONS = ("hex", "name", "pace")
# A wait is cut into steps of this much virtual time, so other threads can write, cancel or close
# meanwhile.
_STEP_S = 0.01
# The time that passes when a program asks how many bytes have come: it may ask in a loop.
_GLANCE_S = 0.001
_LONGEST_UNREAD_S = 5.0  # MicroPython accepts bytes within half a second after power-on

_shared: dict[str, VirtualBoard] = {}
_locks: WeakKeyDictionary[VirtualBoard, threading.RLock] = WeakKeyDictionary()


def share_board(name: str, board: VirtualBoard) -> None:
    """Let ``virtual://KIND?name=NAME`` open this board, instead of an earlier one."""
    _shared[name] = board


def unshare_board(name: str) -> None:
    """Forget the board of this name; ports that are open keep it."""
    _shared.pop(name, None)


class Serial(serial.SerialBase):
    """A port of pyserial whose other end is a virtual board; ``board`` is that board.

    Time-outs are in virtual seconds. Several threads may use one port, or one board. Baud rate,
    DTR, RTS and break are accepted but change nothing: the board's speed is 115200 baud. Raises
    serial.SerialException as pyserial's own ports do, also when the board's program crashes.
    """

    is_open: bool

    def __init__(self, *args: object, **settings: object) -> None:
        self.board: VirtualBoard | None = None
        super().__init__(*args, **settings)

    def open(self) -> None:
        """Switch the board on, or join the running board of that name."""
        if self.is_open:
            raise serial.SerialException("The port is already open.")
        kind, options = parse_url(self.port)
        try:
            board, self._is_shared = _board_for(kind, options)
        except KitError as error:
            raise serial.SerialException(f"{self.port} cannot be opened: {error}") from error
        self.board = board
        self._lock = _locks.setdefault(board, threading.RLock())
        self._pace: Pace = RealPace(board) if options.get("pace") == "real" else FastPace(board)
        self._line = board.serial_line
        self._taken = len(self._line.sent)
        self._reported = 0  # how many bytes were waiting when in_waiting was last asked
        self._to_send = bytearray()
        self._cancelled = False
        self.is_open = True

    def close(self) -> None:
        """Close the port; a board that is not shared is switched off."""
        if self.is_open and self.board is not None:
            self.is_open = False
            with self._lock:
                if not self._is_shared:
                    self.board.close()

    def _check_open(self) -> None:
        if not self.is_open:
            raise serial.PortNotOpenError()

    def _pass_time(self, seconds: float, expected: int) -> None:
        """Run the board until this many bytes can be read, for at most ``seconds``."""
        try:
            with self._lock:
                self._hand_over()
                self._pace.run(seconds, lambda: self._waiting() >= expected)
        except VirtualBoardError as error:
            if self.is_open:
                raise serial.SerialException(str(error)) from error

    def _hand_over(self) -> None:
        """Send the written bytes to the board."""
        assert self.board is not None
        if self._to_send:
            size = len(self._to_send)
            self.board.write(bytes(self._to_send[:size]))
            del self._to_send[:size]

    # From the board

    def _waiting(self) -> int:
        return len(self._line.sent) - self._taken

    @property
    def in_waiting(self) -> int:
        """The number of bytes that can be read at once.

        A millisecond passes when it is 0, or the same as when it was last read.
        """
        self._check_open()
        if self._waiting() == self._reported:
            self._pass_time(_GLANCE_S, self._reported + 1)
        self._reported = self._waiting()
        return self._reported

    def read(self, size: int = 1) -> bytes:
        """Read ``size`` bytes, or fewer when ``timeout`` seconds pass (None: wait for ever)."""
        self._check_open()
        left_s = math.inf if self._timeout is None else max(self._timeout, _GLANCE_S)
        while self._waiting() < size and left_s > 0 and self.is_open and not self._cancelled:
            self._pass_time(min(left_s, _STEP_S), size)
            left_s -= _STEP_S
        self._cancelled = False
        data = bytes(self._line.sent[self._taken : self._taken + size])
        self._taken += len(data)
        self._reported = 0
        return data

    def cancel_read(self) -> None:
        """Let a read that waits in another thread return at once."""
        self._cancelled = True

    def reset_input_buffer(self) -> None:
        """Discard what the board has sent and was not read."""
        self._check_open()
        self._taken = len(self._line.sent)

    # To the board

    def write(self, data: bytes) -> int:
        """Send bytes to the board; they travel at 115200 baud while it runs. Returns how many."""
        self._check_open()
        content = serial.to_bytes(data)
        self._to_send += content
        return len(content)

    def flush(self) -> None:
        """Let the board run until all bytes written have reached it.

        Raises serial.SerialTimeoutException when its program does not take them for a long time.
        """
        waited_s, before = 0.0, 0
        while waiting := self.out_waiting:
            waited_s = waited_s + _GLANCE_S if waiting == before else 0.0
            before = waiting
            if waited_s > _LONGEST_UNREAD_S:
                raise serial.SerialTimeoutException(
                    f"The program on {self.port} does not read serial bytes: it has not switched "
                    "its serial line on. Flash MicroPython, or do not flush."
                )
            self._pass_time(_GLANCE_S, sys.maxsize)

    @property
    def out_waiting(self) -> int:
        """The number of bytes still on their way to the board."""
        self._check_open()
        return len(self._to_send) + len(self._line.to_board)

    def reset_output_buffer(self) -> None:
        """Take back what is still on its way to the board."""
        self._check_open()
        with self._lock:
            self._to_send.clear()
            self._line.to_board.clear()

    # Settings that a micro:bit's port accepts and ignores

    def _reconfigure_port(self, force_update: bool = False) -> None: ...
    def _update_rts_state(self) -> None: ...
    def _update_dtr_state(self) -> None: ...
    def _update_break_state(self) -> None: ...

    def send_break(self, duration: float = 0.25) -> None:
        """Does nothing, at once."""
        self._check_open()

    cts = property(lambda self: True, doc="Clear to send: always.")
    dsr = property(lambda self: True, doc="Data set ready: always.")
    ri = property(lambda self: False, doc="Ring indicator: never.")
    cd = property(lambda self: True, doc="Carrier detect: always.")


def parse_url(url: str) -> tuple[str, dict[str, str]]:
    """The kind of board and the options of a URL. Raises SerialException if it is wrong."""
    parts = urlsplit(url)
    kind = (parts.netloc + parts.path).strip("/").lower()
    options = {key: values[-1] for key, values in parse_qs(parts.query, True).items()}
    wrong = ""
    if parts.scheme != "virtual" or kind not in kinds():
        wrong = f"there is no virtual board {kind!r}"
    elif unknown := [key for key in options if key not in _OPTIONS]:
        wrong = f"there is no option {unknown[0]!r}"
    elif options.get("pace", "fast") not in ("fast", "real"):
        wrong = f"there is no pace {options['pace']!r}"
    elif empty := [key for key, value in options.items() if not value]:
        wrong = f"the option {empty[0]!r} is empty"
    if wrong:
        raise serial.SerialException(
            f"{url} cannot be opened: {wrong}. Use {' or '.join(f'virtual://{k}' for k in kinds())}"
            ", if needed with ?hex=PATH, ?name=NAME or ?pace=real (joined by &)."
        )
    return kind, options


def _board_for(kind: str, options: dict[str, str]) -> tuple[VirtualBoard, bool]:
    """The board for a URL, and whether it is shared."""
    name = options.get("name")
    board = None if name is None else _shared.get(name)
    if board is None:
        path = options.get("hex")
        with about_file(path):
            board = VirtualBoard(kind, {} if path is None else read_hex(path))
        if name is not None:
            share_board(name, board)
    elif board.kind != kind or "hex" in options:
        raise VirtualBoardError(
            f"The board {name!r} is running already, as a {board.kind}. Join it with "
            f"virtual://{board.kind}?name={name}, without hex, or choose another name."
        )
    return board, name is not None
