"""``collect --away`` and ``--fetch``: what is said of a board that records by itself."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.board.recorder import RATE_HZ
from microbit_ml.console.screen import plural, say
from microbit_ml.console.stopping import noted_interrupts
from microbit_ml.deploy.collect.away import Fetched, fetch_recordings, send_board_away
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.recordings.keeping import Keeper


def send_away(board: str, plan: Plan, dataset: Path) -> None:
    """Make the recorder the board's program, and say what to do with it."""
    with noted_interrupts() as stopped:
        n_held = send_board_away(board, plan, stopped)
    if n_held:
        say(f"It holds {plural(n_held, 'recording')} of earlier, which stay.")
    say(
        f"The micro:bit on {board} can go now. With a battery, button A records "
        f'{plan.length / RATE_HZ:g} s of "{plan.label}" after 3-2-1, B throws the last one away; '
        f"its display shows how many there are.\nThen bring them in: microbit-ml collect {dataset} "
        "--fetch"
    )


def fetch(board: str, keeper: Keeper) -> None:
    """Bring in what the board recorded: a line for each on stdout, what went wrong on stderr."""
    with noted_interrupts() as stopped:
        fetched = fetch_recordings(board, keeper, _tell, stopped)
    n_kept = sum(one.path is not None for one in fetched)
    say(
        f"{plural(n_kept, 'recording')} fetched into {keeper.folder}. The micro:bit has its own "
        "program again."
    )


def _tell(fetched: Fetched) -> None:
    if fetched.path is None:
        say(fetched.reason)
    else:
        place = f"{fetched.path.parent.name}/{fetched.path.name}"
        print(f"{place}: {fetched.n_samples} samples", flush=True)
