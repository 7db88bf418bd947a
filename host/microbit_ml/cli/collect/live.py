"""``collect``, live: with one board or a whole class, in a terminal or as plain lines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from microbit_ml.board.link import is_virtual
from microbit_ml.cli.collect.screen import ClassScreen, LiveView, PlainView, is_terminal
from microbit_ml.console.keyboard import Keyboard
from microbit_ml.console.screen import plural, say
from microbit_ml.console.stopping import noted_interrupts
from microbit_ml.deploy.collect.record import Command, Commands, no_commands, open_board, record
from microbit_ml.deploy.collect.record_all import Outcome, Station, record_all
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.errors import BoardError
from microbit_ml.recordings.keeping import Keeper

_LETTERS: tuple[tuple[bytes, Command], ...] = (
    (b"\r\n ", "start"),
    (b"b\x7f\x08", "throw"),
    (b"q", "quit"),
    (b"\x03", "stop"),  # Ctrl-C
)
_ACTIONS: dict[str, Command] = {"a": "start", "b": "throw", "quit": "quit"}


def record_alone(board: str, plan: Plan, keeper: Keeper) -> None:
    """Record with one board, with a live screen in a terminal, with plain lines in a pipe."""
    attended = is_terminal()
    with ExitStack() as stack:
        stopped = stack.enter_context(noted_interrupts())
        link = stack.enter_context(open_board(board, attended=attended))
        commands = _commands(stack, attended)
        view: LiveView | PlainView = (
            stack.enter_context(LiveView(plan, board)) if attended else PlainView()
        )
        kept = record(
            link,
            plan,
            keeper,
            view,
            commands=commands,
            stopped=stopped,
            attended=attended,
            on_movement=view.hand,
        )
    say(f'{plural(kept, "recording")} of "{plan.label}" kept in {keeper.folder}.')
    if is_virtual(board) and kept:
        say("They are of a simulated person, not a real one, and the data set says so.")


def record_class(plans: Sequence[tuple[str, Plan]], label: str, keeper: Keeper) -> None:
    """Record with all boards; plans: the port of each, and what is recorded with it by whom.

    Raises BoardError when some did not finish.
    """
    attended = is_terminal()
    with ExitStack() as stack:
        stopped = stack.enter_context(noted_interrupts())
        commands = _commands(stack, attended)
        screen = stack.enter_context(ClassScreen(label)) if attended else None
        stations = [
            Station(
                board,
                plan,
                screen.add(plan.subject, board, plan) if screen else PlainView(plan.subject),
            )
            for board, plan in plans
        ]
        look = screen.draw if screen else lambda: None
        outcomes = record_all(
            stations, keeper, commands=commands, stopped=stopped, look=look, attended=attended
        )
    _conclude(outcomes, keeper)
    if stopped():
        raise KeyboardInterrupt


def _commands(stack: ExitStack, attended: bool) -> Commands:
    """Commands from the keyboard, if a person is at one."""
    if not attended:
        return no_commands
    keys = stack.enter_context(Keyboard())
    return lambda: commands_of(keys)


def commands_of(keys: Keyboard) -> list[Command]:
    """The commands of the keys pressed since the last call."""
    commands: list[Command] = []
    for action, text in keys.read():
        if action in _ACTIONS:
            commands.append(_ACTIONS[action])
        for letter in text:
            commands += [command for letters, command in _LETTERS if letter in letters]
    return commands


def _conclude(outcomes: Sequence[Outcome], keeper: Keeper) -> None:
    """Report the results. Raises BoardError when a board did not finish because of an error."""
    for one in outcomes:
        say(f'{one.plan.subject}: {plural(one.n_kept, "recording")} of "{one.plan.label}"')
    failed = [one for one in outcomes if one.error]
    if failed:
        reasons = " ".join(f"{one.plan.subject}: {one.reason}" for one in failed)
        raise BoardError(
            f"{len(failed)} of {plural(len(outcomes), 'board')} did not finish. {reasons}"
        ) from failed[0].error
    say(f"Kept in {keeper.folder}.")
