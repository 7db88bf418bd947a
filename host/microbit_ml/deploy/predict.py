"""Predicting on a board, real or virtual: the same windows, the board's own integers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from microbit_ml.board.link import VIRTUAL, open_link
from microbit_ml.board.remote import RemoteRecognizer
from microbit_ml.errors import BoardError
from microbit_ml.model import Model, Prediction
from microbit_ml.quantize import WorkLayout, checksum_of
from microbit_ml.quantize.prediction import joined
from microbit_ml.targets import TARGETS

BOOT_S = 5.0
WALL_LIMIT_S = 60.0


def predict_on_board(
    model: Model,
    windows: np.ndarray,
    board: str,
    progress: Callable[[int, int], None] | None = None,
) -> Prediction:
    """A board's predictions for windows that are sent to it over its serial line.

    windows: int (n, model.window, 3) in counts; board: "virtual:v1", "virtual:v2" or a serial
    port; progress is called as (done, n). A virtual board is started with the model; a real one
    must carry it already. Raises BoardError when it does not, or does not answer.
    """
    decided = []
    with recognizer_on(model, board) as recognizer:
        check_model(model, recognizer.predict(), board)
        for i, window in enumerate(windows):
            recognizer.put_window(window)
            decided.append(recognizer.decide())
            if progress is not None:
                progress(i + 1, len(windows))
    if not decided:
        return model.predict([])
    return replace(joined(decided), names=model.labels)


def work_layout(model: Model) -> WorkLayout:
    """The layout of the numbers on a board that carries the model."""
    return WorkLayout.of(model.device_model())


def check_model(model: Model, checksum: int, board: str) -> None:
    """Raise BoardError when a board's checksum is not that of this model."""
    if checksum != checksum_of(model.device_bytes()):
        raise BoardError(
            f"The board {board} carries a different model. Put yours on it first."
        ).mended_by_flash()


def roomy_boards() -> list[str]:
    """The names of the virtual boards with room for every model."""
    return [name for name, kind in VIRTUAL.items() if TARGETS[kind].heap_bytes is None]


@contextmanager
def recognizer_on(model: Model, board: str) -> Iterator[RemoteRecognizer]:
    """The recognizer of a board, ready for questions."""
    board = board.lower() if board.lower() in VIRTUAL else board
    if board not in VIRTUAL:
        with open_link(board) as link:
            yield RemoteRecognizer(link.port, work_layout(model), link.clock, board)
        return
    from microbit_ml.virtual import VirtualBoard, VirtualSerial

    with VirtualBoard(VIRTUAL[board], model.hex()) as virtual:
        virtual.run_until(lambda: bool(virtual.samples_read), BOOT_S, wall_limit_s=WALL_LIMIT_S)
        if "MemoryError" in virtual.serial or "too little memory" in virtual.serial:
            raise BoardError(
                f"The model takes about {model.heap_bytes():,} bytes of memory, more than {board} "
                "has. Train with fewer hidden units or a shorter window, or use "
                f"{' or '.join(roomy_boards())}."
            )
        if "Traceback" in virtual.serial:
            raise BoardError(f"The program on {board} stopped:\n{virtual.serial.strip()}")
        port = VirtualSerial(virtual)
        clock = lambda: virtual.time_us / 1e6  # noqa: E731
        yield RemoteRecognizer(port, work_layout(model), clock, board)
