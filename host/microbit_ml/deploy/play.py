"""Playing gestures into a virtual board that carries a model: samples in, names out.

Nothing is bypassed: the unmodified runtime reads the simulated sensor over I2C, and the launcher
shows what it recognises on serial and on the LEDs. Then the board is asked for its window and its
integers, so the twin can be run on exactly the counts that the board read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.board.remote import RemoteRecognizer
from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import VirtualBoardError
from microbit_ml.quantize import IntegerNetwork, Prediction, WorkLayout
from microbit_ml.virtual import VirtualBoard, VirtualSerial

BOOT_S = 5.0
WALL_LIMIT_S = 120.0
LEAD_IN_S = 0.6  # the board rests in the gesture's first posture; a quarter of a second of this
# passes before the launcher samples again after a question
STEP_SAMPLES = 5  # between checks of the LEDs
REST_STEPS = 10  # samples in the last posture, until the last prediction is made and drawn
DRAWN_US = 60_000  # after a name: V1 opens the file of icons, and draws a third at a time


@dataclass(frozen=True, eq=False)
class Played:
    """The result of playing one gesture.

    printed: the last name that the board printed while it was moved, "" for none; leds: its display
    just after that, five lines of text; window: the counts that its recognizer then held;
    prediction: the board's integers for them.
    """

    printed: str
    leds: str
    window: np.ndarray
    prediction: Prediction

    __repr__ = short_repr


def play_gestures(
    kind: str,
    hex_text: str,
    gestures: Sequence[np.ndarray],
    layout: WorkLayout,
    progress: Callable[[int], None] | None = None,
) -> list[Played]:
    """Boot a virtual board from a hex with the kit's launcher, and play gestures into it.

    kind: the name of a target; gestures: int (n_samples, 3) in counts at 50 Hz each; layout: that
    of the model; progress is called with the number of finished gestures. Raises VirtualBoardError
    when the program on the board stops, BoardError when it does not answer.
    """
    results = []
    with VirtualBoard(kind, hex_text) as board:
        board.tilt(*_counts(gestures[0][0]))
        board.run_until(lambda: bool(board.samples_read), BOOT_S, wall_limit_s=WALL_LIMIT_S)
        for i, gesture in enumerate(gestures):
            printed, leds = _move(board, gesture)
            if "Traceback" in board.serial:
                raise VirtualBoardError(
                    f"The program on virtual:{kind} stopped:\n{board.serial.strip()}"
                )
            recognizer = RemoteRecognizer(
                VirtualSerial(board), layout, lambda: board.time_us / 1e6, f"virtual:{kind}"
            )
            held = recognizer.get_window()
            results.append(Played(printed, leds, held, recognizer.decide()))
            if progress is not None:
                progress(i + 1)
    return results


def twin_agrees(network: IntegerNetwork, played: Played) -> bool:
    """Whether the twin computes the board's integers exactly, from the counts that it read."""
    return network.run(played.window[None]).is_same(played.prediction)


def _move(board: VirtualBoard, gesture: np.ndarray) -> tuple[str, str]:
    """Rest, move, rest; returns the last name that the board printed, and its LEDs just after."""
    began = len(board.serial)
    drawn, named_us = "", math.inf
    board.tilt(*_counts(gesture[0]))
    board.run(LEAD_IN_S, wall_limit_s=WALL_LIMIT_S)
    received = len(board.serial)
    steps = [gesture[i : i + STEP_SAMPLES] for i in range(0, len(gesture), STEP_SAMPLES)]
    steps += [gesture[-1:]] * REST_STEPS
    for step in steps:
        board.play(step, wall_limit_s=WALL_LIMIT_S)
        if board.time_us - named_us >= DRAWN_US:
            drawn, named_us = board.show(), math.inf
        if len(board.serial) > received:
            received, named_us = len(board.serial), board.time_us
    lines = board.serial[began:].split("\r\n")[:-1]
    return (lines[-1] if lines else ""), drawn or board.show()


def _counts(sample: np.ndarray) -> tuple[int, int, int]:
    x, y, z = (int(value) for value in sample)
    return x, y, z
