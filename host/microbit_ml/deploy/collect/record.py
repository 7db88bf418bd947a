"""Recording with one board, controlled by its buttons, the keyboard or a simulated person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Literal

from microbit_ml.board.link import URL, Link, open_link
from microbit_ml.board.recorder import RATE_HZ, Recorder
from microbit_ml.common.wording import plural
from microbit_ml.deploy.collect.session import Plan, Session, View
from microbit_ml.deploy.collect.simulated_hand import SimulatedHand
from microbit_ml.recordings.keeping import Keeper
from microbit_ml.recordings.recording import SIMULATED

Command = Literal["start", "throw", "quit", "stop"]
"""start: like button A; throw: like button B; quit: finish early; stop: like Ctrl-C."""

Commands = Callable[[], Iterable[Command]]
"""The commands since the last call, the oldest first."""


def no_commands() -> Iterable[Command]:
    """No commands: nobody is at the keyboard."""
    return ()


def open_board(board: str, *, attended: bool = False) -> AbstractContextManager[Link]:
    """Open the line to a board for recording.

    board: a serial port, "virtual:v1", "virtual:v2" or a virtual:// URL; attended: people watch,
    so a virtual board runs at real pace unless its URL sets another one. Raises BoardError as
    ``microbit_ml.board.link.open_link`` does.
    """
    if attended and board.lower().startswith(URL) and "pace=" not in board:
        board = f"{board}{'&' if '?' in board else '?'}pace=real"
    return open_link(board, real_pace=attended)


def record(
    link: Link,
    plan: Plan,
    keeper: Keeper,
    view: View,
    *,
    commands: Commands = no_commands,
    stopped: Callable[[], bool] = lambda: False,
    attended: bool = False,
    on_movement: Callable[[str], None] = lambda text: None,
) -> int:
    """Record with the board at the end of a link; returns the number of recordings kept.

    Each recording is saved as soon as it ends, and the board has its own program back when this
    returns or raises. A virtual board is moved by a simulated person; attended: you press button A,
    otherwise the simulated person does; on_movement: called with what the simulated hand does,
    whenever that changes.

    Raises KeyboardInterrupt when ``stopped()`` is true or on the command "stop"; BoardError when
    the board does not answer or is unplugged; NotSavedError when a recording cannot be written.
    """
    hand = _hand_for(link, plan, presses=not attended)
    with Recorder(link) as recorder:
        session = Session(recorder, keeper, plan, view, SIMULATED if hand else "collect")
        if hand:
            session.on_recording = hand.begin
        view.report(_ready(recorder.board, link.name, plan))
        session.ready()
        doing = ""
        while not session.is_finished:
            if stopped():
                raise KeyboardInterrupt
            if hand:
                hand.step(session)
                if hand.doing != doing:
                    doing = hand.doing
                    on_movement(doing)
            if not _obey(set(commands()), session):
                break
            session.step()
        return session.n_kept


def _hand_for(link: Link, plan: Plan, *, presses: bool) -> SimulatedHand | None:
    if link.virtual is None:
        return None
    seconds = plan.length / RATE_HZ
    return SimulatedHand(link.virtual, plan.label, seconds, presses=presses, auto=plan.auto)


def _ready(board: str, name: str, plan: Plan) -> str:
    length = f"{plan.length / RATE_HZ:g} s"
    what = f"cut to {length}" if plan.auto else f"{length} each"
    return (
        f'{board} on {name} is ready: {plural(plan.count, "recording")} of "{plan.label}", {what}.'
    )


def _obey(commands: set[Command], session: Session) -> bool:
    """Carry out commands; returns whether to continue. Raises KeyboardInterrupt for "stop"."""
    if "stop" in commands:
        raise KeyboardInterrupt
    if "quit" in commands:
        return False
    if "throw" in commands:
        session.throw_away()
    if "start" in commands:
        session.start()
    return True
