"""Gestures played into all virtual boards at the same time, in several processes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
from collections.abc import Callable, Sequence
from multiprocessing.queues import Queue

import numpy as np

from microbit_ml.board.remote import WorkLayout
from microbit_ml.deploy.play import Played, play_gestures
from microbit_ml.targets import TARGETS

CHUNK = 3  # gestures that one process plays on one board: booting takes as long as a third of one

LOOK_S = 0.1  # between two looks for results

_finished: Queue[int] | None = None  # of a process of the pool: a 1 for each movement


def play_on_all(
    hex_text: str,
    gestures: Sequence[np.ndarray],
    layout: WorkLayout,
    progress: Callable[[int], None] | None = None,
) -> dict[str, list[Played]]:
    """Each target's results, as in :func:`~microbit_ml.deploy.play.play_gestures`.

    hex_text: for all of them, with the kit's launcher; gestures: int (n_samples, 3) in counts at
    50 Hz each; layout: that of the model; progress is called with the number of movements that are
    finished, of all boards together. A few gestures at a time are played on a board that was just
    switched on, so that all processors have something to do; Ctrl-C ends all. Raises
    VirtualBoardError when the program on a board stops, BoardError when it does not answer.
    """
    slowest_first = sorted(TARGETS.values(), key=lambda target: -target.clock_mhz)
    chunks = [
        (target.name, first) for target in slowest_first for first in range(0, len(gestures), CHUNK)
    ]
    n_processes = min(len(chunks), os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")  # as on Windows and macOS; safe with threads
    finished = context.Queue()
    n_finished = 0
    with context.Pool(n_processes, _begin_process, (finished,)) as pool:
        waiting = [
            pool.apply_async(_play, (name, hex_text, gestures[first : first + CHUNK], layout))
            for name, first in chunks
        ]
        while not all(one.ready() for one in waiting) or not finished.empty():
            with contextlib.suppress(queue.Empty):
                n_finished += finished.get(timeout=LOOK_S)
                if progress is not None:
                    progress(n_finished)
            for one in waiting:
                if one.ready() and not one.successful():
                    one.get()  # raises the error at once: the others need not end
        played = [one.get() for one in waiting]
    return {
        name: [
            one
            for (board, _), results in zip(chunks, played, strict=True)
            if board == name
            for one in results
        ]
        for name in TARGETS
    }


def _begin_process(finished: Queue[int]) -> None:
    """Prepare a process of the pool: Ctrl-C ends it from outside."""
    global _finished
    _finished = finished
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _play(
    kind: str, hex_text: str, gestures: Sequence[np.ndarray], layout: WorkLayout
) -> list[Played]:
    assert _finished is not None, "the process was begun by the pool"
    report = _finished.put
    return play_gestures(kind, hex_text, gestures, layout, lambda _: report(1))
