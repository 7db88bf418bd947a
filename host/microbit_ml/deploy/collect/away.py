"""A board that records on its own, away from the laptop: sent away, and fetched from later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from microbit_ml.board import away as stored
from microbit_ml.board.answers import AnswerError
from microbit_ml.board.link import open_link
from microbit_ml.board.recorder import RATE_HZ, at_prompt, kind_of
from microbit_ml.board.repl import BoardProgramError, RawRepl
from microbit_ml.board.upload import restart
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.errors import DataError, SettingError
from microbit_ml.recordings.keeping import Keeper
from microbit_ml.recordings.recording import SIMULATED

MOST_FAILURES = 3  # then the board is the trouble, not a file


@dataclass(frozen=True)
class Fetched:
    """The result of fetching one recording.

    name: of its file on the board; path: its file in the data set, None when nothing was added;
    n_samples: its length; reason: a sentence that explains why nothing was added, or "";
    stays: whether its file stays on the board; failed: whether the board did not send it.
    """

    name: str
    path: Path | None = None
    n_samples: int = 0
    reason: str = ""
    stays: bool = False
    failed: bool = False


def send_board_away(board: str, plan: Plan, stopped: Callable[[], bool] = lambda: False) -> int:
    """Replace a board's program by the recorder until its recordings are fetched.

    board: a serial port or a virtual:// URL; plan: its label, subject and length are what the
    board records with each press of button A. Returns the number of earlier recordings on it, which
    stay.

    Raises SettingError when the plan or its texts are too long for a board's memory; BoardError
    when the board does not answer or has no room; KeyboardInterrupt when ``stopped()`` is true,
    after the work on the board is done.
    """
    seconds = plan.length / RATE_HZ
    if seconds > stored.LONGEST_SECONDS:
        raise SettingError(
            f"{seconds:g} s is too long for a board's memory. Record at most "
            f"{stored.LONGEST_SECONDS} s with --away.",
            "seconds",
        )
    stored.header(plan.label, plan.subject)  # raises an error when the texts do not fit
    with open_link(board) as link, at_prompt(link) as repl:
        n_held = len(stored.stored_names(repl))
        stored.send_away(repl, plan.label, plan.subject, plan.length)
        if stopped():
            raise KeyboardInterrupt
    return n_held


def fetch_recordings(
    board: str,
    keeper: Keeper,
    report: Callable[[Fetched], None] = lambda fetched: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Fetched]:
    """Fetch a board's recordings; each is removed from the board once it is on this disk.

    board: a serial port or a virtual:// URL; report: called with the result of each recording.
    Afterwards the board has its own program again. A recording that cannot be read, or whose label
    the data set cannot hold, stays on the board.

    Raises BoardError when the board does not answer, NotSavedError when the disk is full,
    KeyboardInterrupt when ``stopped()`` is true: recordings not fetched yet stay on the board.
    """
    fetched = []
    with open_link(board) as link, at_prompt(link) as repl:
        kind = kind_of(repl)
        n_failed = 0
        for name in stored.stored_names(repl):
            if stopped() or n_failed == MOST_FAILURES:
                break
            is_simulated = link.virtual is not None
            fetched.append(_fetch_one(repl, name, kind, keeper, report, simulated=is_simulated))
            n_failed += fetched[-1].failed
        if stopped():
            raise KeyboardInterrupt
        stored.bring_back(repl)
    return fetched


def _fetch_one(
    repl: RawRepl,
    name: str,
    kind: str,
    keeper: Keeper,
    report: Callable[[Fetched], None],
    *,
    simulated: bool,
) -> Fetched:
    """Fetch a recording, keep it, and only then remove it from the board.

    simulated: nobody real moves a virtual board.
    """
    try:
        content = stored.read(repl, name)
    except DataError as error:
        fetched = Fetched(name, reason=str(error), stays=True)
    except (AnswerError, BoardProgramError) as error:
        restart(repl)  # raises an error when the board itself is the trouble
        why = f"{name} stays on the board, which did not send it. {error}"
        fetched = Fetched(name, reason=why, stays=True, failed=True)
    else:
        fetched = _keep_one(content, name, kind, keeper, simulated=simulated)
    report(fetched)
    if fetched.stays or stored.remove_same(repl, name, content):
        return fetched
    why = f"{name} stays on the board: it is not as the board sent it. Fetch it again."
    report(Fetched(name, reason=why, stays=True))
    return replace(fetched, stays=True)


def _keep_one(content: bytes, name: str, kind: str, keeper: Keeper, *, simulated: bool) -> Fetched:
    try:
        recording = stored.parse(content, name, kind) if content else None
    except DataError as error:
        return Fetched(name, reason=str(error), stays=True)
    if recording is None:
        why = f"{name} is empty: the micro:bit was switched off while recording it."
        return Fetched(name, reason=why)
    if simulated:
        recording = replace(recording, source=SIMULATED)
    try:
        path = keeper.keep(recording)
    except DataError as error:
        return Fetched(name, reason=f"{name} stays on the board. {error}", stays=True)
    why = "" if path else f"{name} was not added: these samples are in the data set already."
    return Fetched(name, path, len(recording), why)
