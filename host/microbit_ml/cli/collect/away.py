"""``collect --away`` and ``--fetch``: a board that records by itself, away from the laptop."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.board import stored
from microbit_ml.board.link import open_link
from microbit_ml.board.recorder import RATE_HZ, at_prompt, kind_of
from microbit_ml.board.repl import RawRepl
from microbit_ml.console.screen import plural, say
from microbit_ml.console.stopping import noted_interrupts
from microbit_ml.deploy.recording_session import Plan
from microbit_ml.errors import DataError, SettingError
from microbit_ml.recordings.keeping import Keeper


def send_board_away(place: str, plan: Plan, dataset: Path) -> None:
    """Make the recorder the board's program, until its recordings are fetched."""
    seconds = plan.length / RATE_HZ
    if seconds > stored.LONGEST_SECONDS:
        raise SettingError(
            f"{seconds:g} s is too long for a board's memory: record at most "
            f"{stored.LONGEST_SECONDS} s with --away.",
            "seconds",
        )
    stored.header(plan.label, plan.subject)  # whether the texts fit
    with noted_interrupts() as stopped, open_link(place) as link, at_prompt(link) as repl:
        holds = len(stored.stored_names(repl))
        stored.send_away(repl, plan.label, plan.subject, plan.length)
        if stopped():
            raise KeyboardInterrupt
    if holds:
        say(f"It holds {plural(holds, 'recording')} of earlier, which stay.")
    say(
        f"The micro:bit on {place} can go now. With a battery, button A records {seconds:g} s of "
        f'"{plan.label}" after 3-2-1, B throws the last one away; its display shows how many '
        f"there are.\nThen bring them in: microbit-ml collect {dataset} --fetch"
    )


def fetch_recordings(place: str, keeper: Keeper) -> None:
    """Bring in what the board recorded; each is removed there when it is on this disk."""
    with noted_interrupts() as stopped, open_link(place) as link, at_prompt(link) as repl:
        board = kind_of(repl)
        names = stored.stored_names(repl)
        n_kept = 0
        for name in names:
            if stopped():
                break
            n_kept += _fetch_one(repl, name, board, keeper)
        if stopped():
            raise KeyboardInterrupt
        stored.bring_back(repl)
    say(f"{plural(n_kept, 'recording')} fetched into {keeper.folder}. The micro:bit has its own "
        "program again.")  # fmt: skip


def _fetch_one(repl: RawRepl, name: str, board: str, keeper: Keeper) -> bool:
    """Fetch a recording, keep it, and only then remove it from the board. Whether it was new."""
    try:
        recording = stored.fetch(repl, name, board)
    except DataError as error:
        say(str(error))
        return False
    path = None
    if recording is None:
        say(f"{name}: the micro:bit was switched off while it recorded this one; it is empty.")
    else:
        try:
            path = keeper.keep(recording)
        except DataError as error:
            say(f"{name} stays on the board: {error}")
            return False
        if path is None:
            say(f"{name}: these samples are in the data set already.")
        else:
            print(f"{path.parent.name}/{path.name}: {len(recording)} samples", flush=True)
    stored.remove(repl, name)
    return path is not None
