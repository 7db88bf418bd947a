"""The radio medium: virtual boards receive each other's radio, in a common virtual time."""

from __future__ import annotations

import time
from collections.abc import Callable

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.board import VirtualBoard
from microbit_ml.virtual.clock import TICKS_PER_SECOND, TICKS_PER_US
from microbit_ml.virtual.connections import Packet

# The boards take turns of this length. A packet that ends before its receiver's turn begins arrives
# at the start of that turn: up to this much late.
SLICE_US = 200


class RadioMedium:
    """The shared radio medium of several boards: what one sends, all others can receive.

    ::

        medium = RadioMedium()
        ada = VirtualBoard("v1", {"main.py": sender}, medium=medium)
        bob = VirtualBoard("v2", {"main.py": receiver}, medium=medium)
        medium.run(2)          # both boards, for two seconds

    A board receives a packet when it listens on the same channel, group and data rate, and is not
    busy with another packet: if two overlap, the one that began first is received. Distance is not
    modelled: all signals are equally strong. Boards run in turns of 0.2 ms in the order in which
    they were made, so a packet is up to 0.2 ms late, and the same actions always give the same run.

    ``board.run()`` runs one board only, ahead of the others; :meth:`run` lets them catch up.
    """

    def __init__(self) -> None:
        self._ticks = 0
        self._boards: list[VirtualBoard] = []
        self._power_on: list[int] = []  # when each board was made, in ticks of the medium

    def __repr__(self) -> str:
        return f"RadioMedium({len(self._boards)} boards, {self.time_us} us)"

    @property
    def boards(self) -> list[VirtualBoard]:
        """The boards in it, in the order in which they were made."""
        return list(self._boards)

    @property
    def time_us(self) -> int:
        """The common virtual time in microseconds: a board made later has a smaller time."""
        return self._ticks // TICKS_PER_US

    def run(self, seconds: float, *, wall_limit_s: float | None = None) -> None:
        """Run all boards for ``seconds`` of virtual time. Raises the same as ``board.run``."""
        self.run_until(lambda: False, seconds, wall_limit_s=wall_limit_s)

    def run_until(
        self, condition: Callable[[], bool], seconds: float, *, wall_limit_s: float | None = None
    ) -> bool:
        """Run all boards until the condition returns true, for at most ``seconds``.

        It is called after each turn of all boards, 5,000 times a second. Returns whether it was
        true. Boards that are switched off (closed) do not run.
        """
        end = self._ticks + round(seconds * TICKS_PER_SECOND)
        give_up = None if wall_limit_s is None else time.monotonic() + wall_limit_s
        while self._ticks < end:
            self._ticks = min(end, self._ticks + SLICE_US * TICKS_PER_US)
            for board, power_on in zip(self._boards, self._power_on, strict=True):
                if not board.is_closed:
                    left_s = None if give_up is None else max(0.0, give_up - time.monotonic())
                    board.run_to(self._ticks - power_on, wall_limit_s=left_s)
            if condition():
                return True
        return False

    # For boards

    def join(self, board: VirtualBoard) -> None:
        """Connect the radio of a new board to this medium."""
        self._boards.append(board)
        self._power_on.append(self._ticks)

    def send(self, sender: VirtualBoard, packet: Packet) -> None:
        """Send a packet of a board; its times are on the sender's clock."""
        sent_at = self._power_on[self._index(sender)]
        for board, power_on in zip(self._boards, self._power_on, strict=True):
            if board is not sender and not board.is_closed:
                board.receive(packet.shifted(sent_at - power_on))

    def _index(self, board: VirtualBoard) -> int:
        for i, member in enumerate(self._boards):
            if member is board:
                return i
        raise VirtualBoardError(
            "A board sent a packet to a radio medium that it has not joined. Pass the medium when "
            "you make the board: VirtualBoard(kind, program, medium=medium)."
        )
