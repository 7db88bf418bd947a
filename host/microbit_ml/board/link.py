"""Link: the serial line to a board, real or virtual, and the clock for its time-outs.

The address of a board is a serial port ("/dev/ttyACM0", "COM4"), ``virtual:v1`` or ``virtual:v2``
(a new virtual board), or a ``virtual://`` URL (:mod:`microbit_ml.virtual.protocol_virtual`), which
can also connect to a virtual board that is already running.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
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

_count = itertools.count(1)  # numbers the boards that were switched on here
URL = "virtual://"


class _VirtualBoards(Mapping[str, str]):
    """The addresses of new virtual boards, each with the name of its target."""

    def __getitem__(self, address: str) -> str:
        return {f"virtual:{name}": name for name in TARGETS}[address]

    def __iter__(self) -> Iterator[str]:
        return (f"virtual:{name}" for name in TARGETS)

    def __len__(self) -> int:
        return len(TARGETS)


VIRTUAL = _VirtualBoards()


@dataclass(frozen=True)
class Link:
    """An open serial line. ``clock`` is in seconds, in the board's own time if it is virtual.

    Waiting is reading: a virtual board runs while its port is read, and at no other time.
    """

    port: SerialPort
    clock: Callable[[], float]
    name: str
    virtual: VirtualBoard | None = None


def is_virtual(address: str) -> bool:
    """Whether this is the address of a virtual board."""
    return address.lower() in VIRTUAL or address.lower().startswith(URL)


@contextmanager
def open_link(
    address: str, hex_text: str | None = None, *, real_pace: bool = False
) -> Iterator[Link]:
    """Open the serial line to a board.

    hex_text: the hex for "virtual:v1" or "virtual:v2", which otherwise carry only MicroPython;
    real_pace: keep virtual time from running faster than real time, for people who watch.
    Raises BoardError when there is no such port or board, or another program uses it.
    """
    if not is_virtual(address):
        with open_port(address) as port:
            yield Link(port, time.monotonic, address)
        return
    from microbit_ml.virtual import VirtualBoard
    from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

    kind = VIRTUAL.get(address.lower())
    if kind is None:
        with _virtual_port(address, address) as link:
            yield link
        return
    name = f"link-{next(_count)}"
    with VirtualBoard(kind, hex_text if hex_text is not None else {}) as board:
        share_board(name, board)
        try:
            pace = "&pace=real" if real_pace else ""
            with _virtual_port(f"{URL}{kind}?name={name}{pace}", address) as link:
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
