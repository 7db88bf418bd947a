"""``collect --all``: every board of a class records at once, each for another person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

from microbit_ml.board.boards import AttachedBoard
from microbit_ml.board.link import open_link
from microbit_ml.cli.collect.screen import ClassScreen, PlainView, RowView, is_terminal
from microbit_ml.console.keyboard import Keyboard
from microbit_ml.console.screen import plural, say
from microbit_ml.console.stopping import noted_interrupts
from microbit_ml.deploy.recording_session import Plan
from microbit_ml.errors import BoardError, DataError
from microbit_ml.recordings.keeping import Keeper

LOOK_S = 0.1


class _Worker(threading.Thread):
    """One board, in a thread of its own: why it ended early, and how many recordings it kept."""

    def __init__(
        self, place: str, plan: Plan, keeper: Keeper, view: RowView | PlainView, orders: _Orders
    ) -> None:
        super().__init__(daemon=True)
        self.plan = plan
        self.n_kept = 0
        self.error: Exception | None = None
        self._place = place
        self._keeper = keeper
        self._view = view
        self._orders = orders
        self._starts_obeyed = 0

    def run(self) -> None:
        """Record; whatever goes wrong concerns this board alone."""
        from microbit_ml.cli.collect.command import at_pace, record

        live = is_terminal()
        try:
            with open_link(at_pace(self._place, live), real_pace=live) as link:
                self.n_kept = record(
                    link, self.plan, self._keeper, self._view, self._orders.stopped,
                    wanted=self._wanted,
                )  # fmt: skip
            self._view.state("done")
        except KeyboardInterrupt:
            self._view.state("stopped")
        except Exception as error:  # a thread's traceback would go over the screen of all boards
            self.error = error
            self._view.tell(_said(error))
            self._view.state("stopped")

    def _wanted(self) -> str:
        if self._orders.quit:
            return "quit"
        if self._starts_obeyed < self._orders.starts:
            self._starts_obeyed = self._orders.starts
            return "start"
        return ""


class _Orders:
    """What the keyboard tells all boards."""

    def __init__(self) -> None:
        self.starts = 0
        self.quit = False
        self.interrupted = False

    def stopped(self) -> bool:
        """Whether Ctrl-C came."""
        return self.interrupted


def record_class(
    boards: Sequence[AttachedBoard], plan: Plan, names: Sequence[str], keeper: Keeper
) -> None:
    """Record with all boards; names: who has which, in the order of the ports.

    Raises BoardError when there is no board, or when some did not finish; DataError when the names
    are not as many as the boards.
    """
    places = [board.port.device for board in boards if board.port]
    if not places:
        raise BoardError(
            "No micro:bit found. Plug them in with data cables, then list them with: "
            "microbit-ml boards"
        )
    if names and len(names) != len(places):
        raise DataError(
            f"--subjects names {plural(len(names), 'person', 'people')}, and there are "
            f"{plural(len(places), 'board')}: {', '.join(places)}. Name one for each."
        )
    people = names or [f"person-{i}" for i in range(1, len(places) + 1)]
    orders = _Orders()
    live = is_terminal()
    with ExitStack() as stack:
        stopped = stack.enter_context(noted_interrupts())
        keys = stack.enter_context(Keyboard()) if live else None
        screen = stack.enter_context(ClassScreen(plan.label)) if live else None
        workers = [
            _worker(place, replace(plan, subject=who), keeper, orders, screen)
            for place, who in zip(places, people, strict=True)
        ]
        for worker in workers:
            worker.start()
        try:
            _wait(workers, orders, stopped, keys, screen)
        finally:
            orders.interrupted = True  # those that still run give their boards back
            for worker in workers:
                worker.join()
    _conclude(workers, keeper)
    if stopped():
        raise KeyboardInterrupt


def _worker(
    place: str, plan: Plan, keeper: Keeper, orders: _Orders, screen: ClassScreen | None
) -> _Worker:
    view = screen.add(plan.subject, place, plan) if screen else PlainView(plan.subject)
    return _Worker(place, plan, keeper, view, orders)


def _wait(
    workers: Sequence[_Worker],
    orders: _Orders,
    stopped: Callable[[], bool],
    keys: Keyboard | None,
    screen: ClassScreen | None,
) -> None:
    """Until all are ready, or somebody has had enough."""
    from microbit_ml.cli.collect.command import commands_of

    while any(worker.is_alive() for worker in workers) and not stopped():
        for command in commands_of(keys) if keys else []:
            if command == "stop":
                raise KeyboardInterrupt
            orders.starts += command == "start"
            orders.quit = orders.quit or command == "quit"
        if screen:
            screen.draw()
        for worker in workers:
            worker.join(LOOK_S / len(workers))


def _conclude(workers: Sequence[_Worker], keeper: Keeper) -> None:
    """Say what is there. Raises BoardError when a board did not finish because of an error."""
    for worker in workers:
        say(f'{worker.plan.subject}: {plural(worker.n_kept, "recording")} of "{worker.plan.label}"')
    failed = [worker for worker in workers if worker.error]
    if failed:
        said = " ".join(f"{worker.plan.subject}: {_said(worker.error)}" for worker in failed)
        raise BoardError(
            f"{len(failed)} of {plural(len(workers), 'board')} did not finish. {said}"
        ) from failed[0].error
    say(f"Kept in {keeper.folder}.")


def _said(error: BaseException | None) -> str:
    return str(error) or type(error).__name__
