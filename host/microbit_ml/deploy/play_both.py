"""Gestures played into all virtual boards at the same time, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence

import numpy as np

from microbit_ml.board.remote import WorkLayout
from microbit_ml.deploy.play import Played, play_gestures
from microbit_ml.targets import TARGETS


def play_on_all(
    hex_text: str, gestures: Sequence[np.ndarray], layout: WorkLayout
) -> dict[str, list[Played]]:
    """Each target's results, as in :func:`~microbit_ml.deploy.play.play_gestures`.

    hex_text: for all of them, with the kit's launcher; gestures: int (n_samples, 3) in counts at
    50 Hz each; layout: that of the model. Takes as long as the slowest board; Ctrl-C ends all.
    Raises VirtualBoardError when the program on a board stops, BoardError when it does not answer.
    """
    context = multiprocessing.get_context("spawn")  # as on Windows and macOS; safe with threads
    with context.Pool(len(TARGETS), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        played = pool.starmap(
            play_gestures, [(kind, hex_text, gestures, layout) for kind in TARGETS]
        )
    return dict(zip(TARGETS, played, strict=True))
