"""Gestures played into all virtual boards at the same time, in several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence

import numpy as np

from microbit_ml.board.remote import WorkLayout
from microbit_ml.deploy.play import Played, play_gestures
from microbit_ml.targets import TARGETS

CHUNK = 3  # gestures that one process plays on one board: booting takes as long as a third of one

_Task = tuple[int, str, str, Sequence[np.ndarray], WorkLayout]


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
    tasks = [
        (number, name, hex_text, gestures[first : first + CHUNK], layout)
        for number, (name, first) in enumerate(chunks)
    ]
    played: dict[int, list[Played]] = {}
    n_processes = min(len(tasks), os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")  # as on Windows and macOS; safe with threads
    with context.Pool(n_processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        for number, results in pool.imap_unordered(_play_chunk, tasks):
            played[number] = results
            if progress is not None:
                progress(sum(map(len, played.values())))
    return {
        name: [
            one
            for number, (board, _) in enumerate(chunks)
            if board == name
            for one in played[number]
        ]
        for name in TARGETS
    }


def _play_chunk(task: _Task) -> tuple[int, list[Played]]:
    number, kind, hex_text, gestures, layout = task
    return number, play_gestures(kind, hex_text, gestures, layout)
