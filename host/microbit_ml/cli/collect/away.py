"""``collect --away`` and ``--fetch``: messages about a board that records on its own."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.board.recorder import RATE_HZ
from microbit_ml.common.wording import command
from microbit_ml.console.screen import plural, say, write
from microbit_ml.console.stopping import noted_interrupts
from microbit_ml.deploy.collect.away import Fetched, fetch_recordings, send_board_away
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.recordings.keeping import Keeper


def send_away(board: str, plan: Plan, dataset: Path, name: str) -> None:
    """Make the recorder the board's program, and explain how to use it.

    board: its address; name: what the user calls it, "" for the only board.
    """
    named = ("--board", name) if name else ()
    with noted_interrupts() as stopped:
        n_held = send_board_away(board, plan, stopped)
    if n_held:
        say(f"{plural(n_held, 'earlier recording')} stay on it.")
    say(
        f"You can unplug the micro:bit on {board} now and power it with a battery. Button A "
        f'records {plan.length / RATE_HZ:g} s of "{plan.label}" after 3-2-1, button B throws the '
        "last one away. The display shows the number of recordings.\n"
        f"To fetch them later: {command('collect', dataset, '--fetch', *named)}"
    )


def fetch(board: str, keeper: Keeper) -> None:
    """Fetch the board's recordings: a line for each on stdout, problems on stderr."""
    with noted_interrupts() as stopped:
        fetched = fetch_recordings(board, keeper, _report, stopped)
    n_kept = sum(one.path is not None for one in fetched)
    say(
        f"{plural(n_kept, 'recording')} fetched into {keeper.folder}. The micro:bit has its own "
        "program again."
    )
    say(f"Next: {command('show', keeper.folder)}")


def _report(fetched: Fetched) -> None:
    if fetched.path is None:
        say(fetched.reason)
    else:
        name = f"{fetched.path.parent.name}/{fetched.path.name}"
        write(f"{name}: {fetched.n_samples} samples", flush=True)
