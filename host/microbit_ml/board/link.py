"""Link: the serial line to a board, real or virtual, and the clock that its time-outs count.

What names a board: a serial port ("/dev/ttyACM0", "COM4"), ``virtual:v1`` or ``virtual:v2`` (a
board of its own, switched on for the occasion), or a ``virtual://`` URL
(:mod:`microbit_ml.virtual.protocol_virtual`), which can join a board that runs already.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import serial

from microbit_ml.board.ports import open_port
from microbit_ml.board.repl import SerialPort
from microbit_ml.errors import BoardError
from microbit_ml.targets import TARGETS

if TYPE_CHECKING:
    from microbit_ml.virtual import VirtualBoard

_count = itertools.count(1)  # of the boards that were switched on here
VIRTUAL = {f"virtual:{name}": name for name in TARGETS}
URL = "virtual://"


@dataclass(frozen=True)
class Link:
    """An open serial line. ``clock`` is in seconds: the board's own time, if it is virtual.

    Waiting is reading: a virtual board runs while its port is read, and at no other time.
    """

    port: SerialPort
    clock: Callable[[], float]
    name: str
    virtual: VirtualBoard | None = None


def is_virtual(place: str) -> bool:
    """Whether a board is named that is not real."""
    return place.lower() in VIRTUAL or place.lower().startswith(URL)


@contextmanager
def open_link(
    place: str, hex_text: str | None = None, *, real_pace: bool = False
) -> Iterator[Link]:
    """Open the serial line to a board.

    hex_text: what a board "virtual:v1" or "virtual:v2" carries, by itself only MicroPython;
    real_pace: let virtual time be no faster than real time, for people who watch.
    Raises BoardError when there is no such port or board, or another program uses it.
    """
    if not is_virtual(place):
        with open_port(place) as port:
            yield Link(port, time.monotonic, place)
        return
    from microbit_ml.virtual import VirtualBoard
    from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

    kind = VIRTUAL.get(place.lower())
    if kind is None:
        with _virtual_port(place, place) as link:
            yield link
        return
    name = f"link-{next(_count)}"
    with VirtualBoard(kind, hex_text if hex_text is not None else {}) as board:
        share_board(name, board)
        try:
            pace = "&pace=real" if real_pace else ""
            with _virtual_port(f"{URL}{kind}?name={name}{pace}", place) as link:
                yield link
        finally:
            unshare_board(name)


@contextmanager
def _virtual_port(url: str, name: str) -> Iterator[Link]:
    import microbit_ml.virtual  # noqa: F401  (makes the URLs known to pyserial)

    try:
        port = serial.serial_for_url(url, timeout=1)
    except (serial.SerialException, ValueError) as error:
        raise BoardError(str(error)) from error
    with port:
        board = port.board
        yield Link(port, lambda: board.time_us / 1e6, name, board)
