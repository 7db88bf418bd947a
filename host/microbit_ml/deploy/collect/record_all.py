"""Recording with all boards of a class at once: one thread and one person for each board.

An error of one board does not affect the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from microbit_ml.board.boards import AttachedBoard
from microbit_ml.common.wording import plural
from microbit_ml.deploy.collect.record import Command, Commands, no_commands, open_board, record
from microbit_ml.deploy.collect.session import Plan, View
from microbit_ml.errors import BoardError, DataError
from microbit_ml.recordings.keeping import Keeper

LOOK_S = 0.1  # between two checks of the commands


@dataclass(frozen=True)
class Station:
    """One board of several.

    board: a serial port, "virtual:v1", "virtual:v2" or a virtual:// URL; plan: what is recorded
    with it, and by whom; view: shows that person what happens.
    """

    board: str
    plan: Plan
    view: View


@dataclass(frozen=True)
class Outcome:
    """The result for one board. error: what stopped it before its plan was finished, or None."""

    plan: Plan
    n_kept: int
    error: Exception | None = None

    @property
    def reason(self) -> str:
        """The error in words; "" when there was none."""
        return "" if self.error is None else _in_words(self.error)


def plans_for_class(
    boards: Sequence[AttachedBoard], plan: Plan, people: Sequence[str] = ()
) -> list[tuple[str, Plan]]:
    """Who records with which board: the serial port and the plan of each.

    people: in the order of the ports; without them person-1, person-2 ... Raises BoardError when
    no board has a serial port, DataError when the numbers of people and boards differ.
    """
    ports = [board.port.device for board in boards if board.port]
    if not ports:
        raise BoardError(
            "No micro:bit found. Plug some in with data cables, then see which ones are found: "
            "microbit-ml boards"
        )
    if people and len(people) != len(ports):
        is_or_are = "is" if len(ports) == 1 else "are"
        raise DataError(
            f"--subjects names {plural(len(people), 'person', 'people')}, but there {is_or_are} "
            f"{plural(len(ports), 'board')}: {', '.join(ports)}. Name one person for each board."
        )
    people = people or [f"person-{i}" for i in range(1, len(ports) + 1)]
    return [(port, replace(plan, subject=who)) for port, who in zip(ports, people, strict=True)]


def record_all(
    stations: Sequence[Station],
    keeper: Keeper,
    *,
    commands: Commands = no_commands,
    stopped: Callable[[], bool] = lambda: False,
    look: Callable[[], None] = lambda: None,
    attended: bool = False,
) -> list[Outcome]:
    """Record with all boards; the outcomes are in the order of the stations.

    commands: "start" starts all waiting boards, "quit" ends all. look: called some times a second,
    to draw everybody's progress; attended: as in ``record``. Ends early when ``stopped()`` is true,
    after each board has its own program back. Raises KeyboardInterrupt on the command "stop"; the
    error of a board is in its outcome.
    """
    orders = _Orders()
    workers = [_Worker(station, keeper, orders, attended) for station in stations]
    for worker in workers:
        worker.start()
    try:
        while any(worker.is_alive() for worker in workers) and not stopped():
            orders.note(commands())
            look()
            for worker in workers:
                worker.join(LOOK_S / len(workers))
    finally:
        orders.interrupted = True  # workers that still run restore their boards
        for worker in workers:
            worker.join()
    return [Outcome(worker.station.plan, worker.n_kept, worker.error) for worker in workers]


class _Orders:
    """Orders to all boards."""

    def __init__(self) -> None:
        self.starts = 0
        self.quit = False
        self.interrupted = False

    def note(self, commands: Iterable[Command]) -> None:
        """Pass commands on. Raises KeyboardInterrupt for "stop"."""
        for command in commands:
            if command == "stop":
                raise KeyboardInterrupt
            self.starts += command == "start"
            self.quit = self.quit or command == "quit"


class _Worker(threading.Thread):
    """One board: the number of recordings kept, and the error that ended it early, if any."""

    def __init__(self, station: Station, keeper: Keeper, orders: _Orders, attended: bool) -> None:
        super().__init__(daemon=True)
        self.station = station
        self.n_kept = 0
        self.error: Exception | None = None
        self._keeper = keeper
        self._orders = orders
        self._attended = attended
        self._starts_obeyed = 0

    def run(self) -> None:
        """Record; an error ends only this board."""
        plan, view = self.station.plan, self.station.view
        try:
            with open_board(self.station.board, attended=self._attended) as link:
                self.n_kept = record(
                    link,
                    plan,
                    self._keeper,
                    view,
                    commands=self._commands,
                    stopped=lambda: self._orders.interrupted,
                    attended=self._attended,
                )
            view.state("done")
        except KeyboardInterrupt:
            view.state("stopped")
        except Exception as error:  # a thread's traceback would garble the screen of all boards
            self.error = error
            view.report(_in_words(error))
            view.state("stopped")

    def _commands(self) -> list[Command]:
        if self._orders.quit:
            return ["quit"]
        if self._starts_obeyed < self._orders.starts:
            self._starts_obeyed = self._orders.starts
            return ["start"]
        return []


def _in_words(error: Exception) -> str:
    return str(error) or type(error).__name__
