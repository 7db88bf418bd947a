"""The line to a board that is watched: a virtual one that starts here is moved meanwhile.

All waiting is reading from the port, and a virtual board runs only while its port is read. So
everything that goes on meanwhile is done there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from microbit_ml.board.link import VIRTUAL, Link, open_link
from microbit_ml.board.repl import SerialPort
from microbit_ml.deploy.simulated_person import SimulatedPerson
from microbit_ml.errors import UsageError
from microbit_ml.model import Model


class HookedPort:
    """A serial port that calls a function after each read."""

    def __init__(self, port: SerialPort, after_read: Callable[[], None]) -> None:
        self._port = port
        self._after_read = after_read
        self.port = getattr(port, "port", None)  # its name, for messages

    @property
    def timeout(self) -> float | None:
        """How long a read waits, in seconds."""
        return self._port.timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._port.timeout = seconds

    @property
    def in_waiting(self) -> int:
        """The number of bytes that can be read at once."""
        return self._port.in_waiting

    def read(self, size: int = 1) -> bytes:
        """Read as the port does."""
        data = self._port.read(size)
        self._after_read()
        return data

    def write(self, data: bytes) -> int | None:
        """Write as the port does."""
        return self._port.write(data)


@contextmanager
def open_watched(
    board: str,
    model: Model | None = None,
    *,
    real_pace: bool = False,
    after_read: Callable[[], None] = lambda: None,
    on_movement: Callable[[str], None] = lambda label: None,
) -> Iterator[Link]:
    """Open the line to a board, for ``microbit_ml.board.watching.watching``.

    board: a serial port, a virtual:// URL, or "virtual:v1" or "virtual:v2", which carries the
    model and is moved by a simulated person; real_pace: virtual time is no faster than real time;
    after_read: called after each read of the port; raising an error there ends the watching;
    on_movement: called with what the simulated person does, whenever that changes.

    Raises UsageError when a virtual board gets no model, and BoardError as
    ``microbit_ml.board.link.open_link`` does.
    """
    starts_here = board.lower() in VIRTUAL
    if starts_here and model is None:
        raise UsageError(f"A virtual board needs a model. Name it before --board {board}.", "board")
    carried = model if starts_here else None
    hex_text = carried.hex() if carried else None
    with open_link(board, hex_text, real_pace=real_pace) as link:
        person = SimulatedPerson(link.virtual, carried.labels) if link.virtual and carried else None

        doing = ""

        def whenever_read() -> None:
            nonlocal doing
            if person is not None:
                person.move()
                if person.doing != doing:
                    doing = person.doing
                    on_movement(doing)
            after_read()

        yield replace(link, port=HookedPort(link.port, whenever_read))
