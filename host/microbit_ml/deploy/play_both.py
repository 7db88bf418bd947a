"""Gestures played into both virtual boards at the same time, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence

import numpy as np

from microbit_ml.board.remote import WorkLayout
from microbit_ml.deploy.play import Played, play_gestures

KINDS = ("v1", "v2")


def play_on_both(
    hex_text: str, gestures: Sequence[np.ndarray], layout: WorkLayout
) -> tuple[list[Played], list[Played]]:
    """What V1 and what V2 made of each gesture, as :func:`~microbit_ml.deploy.play.play_gestures`.

    hex_text: for both boards, with the kit's launcher; gestures: int (n_samples, 3) in counts at
    50 Hz each; layout: that of the model. Takes as long as the slower board; Ctrl-C ends both.
    Raises VirtualBoardError when the program on a board stops, BoardError when it does not answer.
    """
    context = multiprocessing.get_context("spawn")  # as on Windows and macOS; safe with threads
    with context.Pool(len(KINDS), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        jobs = [(kind, hex_text, gestures, layout) for kind in KINDS]
        v1, v2 = pool.starmap(play_gestures, jobs)
    return v1, v2
