"""Flashing several boards at the same time, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from microbit_ml.board.boards import AttachedBoard
from microbit_ml.deploy.flash import Job, flash_one

JOIN_S = 0.1  # between two chances for Ctrl-C


@dataclass(frozen=True)
class Flashed:
    """The result for one board.

    done: a sentence about what was done and why this way; error: why the board failed.
    """

    board: AttachedBoard
    done: str = ""
    error: BaseException | None = None


Progress = Callable[[AttachedBoard, str], None]
Ended = Callable[[Flashed], None]


def flash_all(
    job: Job,
    boards: Sequence[AttachedBoard],
    progress: Progress = lambda board, step: None,
    ended: Ended = lambda flashed: None,
) -> list[Flashed]:
    """Put the model on all boards; the results are in the order of the boards.

    progress: called with each step of each board; ended: called with each board's result.
    They are called from several threads, but never at the same time. The error of a board is in its
    result; the others continue.

    Raises HexError when there is no hex for the runtime, before a board is touched, and
    KeyboardInterrupt after Ctrl-C, which stops each board where that is safe: copying a hex to a
    drive is not interrupted.
    """
    job.prepare()
    stop, one_at_a_time = threading.Event(), threading.Lock()
    workers = [_Worker(job, board, progress, ended, stop, one_at_a_time) for board in boards]
    for worker in workers:
        worker.start()
    for worker in workers:
        while worker.is_alive():
            try:
                worker.join(JOIN_S)
            except KeyboardInterrupt:
                stop.set()
    results = [worker.result for worker in workers]
    if any(isinstance(one.error, KeyboardInterrupt) for one in results):
        raise KeyboardInterrupt
    return results


class _Worker(threading.Thread):
    """The thread of one board, and its result."""

    def __init__(
        self,
        job: Job,
        board: AttachedBoard,
        progress: Progress,
        ended: Ended,
        stop: threading.Event,
        one_at_a_time: threading.Lock,
    ) -> None:
        super().__init__()
        self.result = Flashed(board)
        self._job = job
        self._board = board
        self._progress = progress
        self._ended = ended
        self._stop_asked = stop
        self._one_at_a_time = one_at_a_time

    def run(self) -> None:
        """Flash the board."""
        try:
            self._end(Flashed(self._board, flash_one(self._job, self._board, self._step)))
        except BaseException as error:  # also Ctrl-C: the other boards' threads continue
            self._end(Flashed(self._board, error=error))

    def _step(self, step: str) -> None:
        if self._stop_asked.is_set():
            raise KeyboardInterrupt
        with self._one_at_a_time:
            self._progress(self._board, step)

    def _end(self, result: Flashed) -> None:
        self.result = result
        with self._one_at_a_time:
            self._ended(result)
