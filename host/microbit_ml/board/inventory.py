"""The inventory of all boards that are plugged in, asked over serial at the same time."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from microbit_ml.board.boards import AttachedBoard
from microbit_ml.board.installed import Contents, ask_contents
from microbit_ml.board.link import open_link
from microbit_ml.board.repl import RawRepl
from microbit_ml.board.upload import restart
from microbit_ml.errors import BoardError


@dataclass(frozen=True)
class Answer:
    """A board's answer. contents: None when it did not answer; reason: why not."""

    contents: Contents | None
    reason: str | None = None


def ask_boards(boards: Sequence[AttachedBoard]) -> list[Answer]:
    """Ask each board what is on it; the answers are in the same order. Their programs restart.

    An error of one board is in its answer.
    """
    if not boards:
        return []
    with ThreadPoolExecutor(len(boards)) as pool:
        return list(pool.map(_ask, boards))


def _ask(board: AttachedBoard) -> Answer:
    if board.drive is not None and board.drive.maintenance:
        return Answer(None, "It is in maintenance mode.")
    if board.port is None:
        return Answer(None, "It has no serial port.")
    try:
        return Answer(_contents(board.port.device))
    except BoardError as error:
        return Answer(None, str(error))


def _contents(port: str) -> Contents:
    with open_link(port) as link:
        repl = RawRepl(link.port, link.clock)
        restart(repl)
        try:
            return ask_contents(repl)
        finally:
            with contextlib.suppress(BoardError):
                repl.soft_reset()  # its own program runs again
