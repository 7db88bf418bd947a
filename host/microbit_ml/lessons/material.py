"""Material for lessons: simulated gestures, a model trained on them, and programs run on boards.

Models and the answers of virtual boards are cached by their content for as long as the program
runs: the next lesson that asks for the same gets it at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from microbit_ml.board.link import VIRTUAL, is_virtual, open_link
from microbit_ml.board.repl import MAX_COMMAND_BYTES, RawRepl
from microbit_ml.deploy.predict import predict_on_board
from microbit_ml.errors import BoardError
from microbit_ml.recordings import Dataset, Recording, simulate
from microbit_ml.training import train

if TYPE_CHECKING:
    from microbit_ml.model import Model, Prediction

LABELS = ("shake", "circle", "tap", "lift", "still")
PEOPLE, REPEATS, SEED = 4, 3, 8
TRAINING: dict[str, Any] = {
    "arch": "12",
    "steps": 250,
    "copies": 4,
    "negatives": 250,
}  # a second on one core
MOST_OF_LABEL = 12
FOLDS = 3
PROGRAM_S = 30.0  # that a program on a board may take
_PIECE = MAX_COMMAND_BYTES // 5  # characters of a program in one command: each may need four bytes

_T = TypeVar("_T")
_kept: dict[tuple, object] = {}


@lru_cache(maxsize=1)
def simulated_gestures() -> Dataset:
    """The lessons' own recordings: a few people make a few gestures, three times each."""
    return simulate(LABELS, people=PEOPLE, repeats=REPEATS, seed=SEED)


def few_of_each(data: Dataset, labels: Sequence[str]) -> Dataset:
    """At most MOST_OF_LABEL recordings of each label, so that nobody has to wait."""
    chosen = []
    for label in labels:
        chosen += [one for one in data if one.label == label][:MOST_OF_LABEL]
    return Dataset(chosen, data.rate_hz)


def model_of(data: Dataset) -> Model:
    """A small model, quickly trained on the recordings."""
    key = ("model", *((r.label, r.subject, r.digest) for r in data.recordings))
    return _kept_by(key, lambda: train(data, seed=0, **TRAINING))


def predict_on(model: Model, recordings: Sequence[Recording] | Dataset, board: str) -> Prediction:
    """A board's predictions: see :func:`microbit_ml.deploy.predict.predict_on_board`.

    A real board must have the model; if not, the model is saved beside the pupil's progress, and
    the error explains how to put it on the board.
    """
    windows = model.windows(recordings)
    if board.lower() in VIRTUAL:
        key = ("predict", board.lower(), zlib.crc32(model.device_bytes()), windows.tobytes())
        return _kept_by(key, lambda: predict_on_board(model, windows, board))
    try:
        return predict_on_board(model, windows, board)
    except BoardError as error:
        path = _save_for_flash(model)
        raise BoardError(
            f"{error} The lesson's model is in {path}. Put it on the board with: "
            f"microbit-ml flash {path} --board {board}"
        ) from error


def run_on(program: str, board: str) -> str:
    """Run a MicroPython program on a board; return what it prints. No file is touched.

    Raises BoardError when there is no such board, BoardProgramError when the program fails.
    """
    if board.lower() in VIRTUAL:
        return _kept_by(("run", board.lower(), program), lambda: _run_by_repl(program, board))
    return _run_by_repl(program, board)


def _run_by_repl(program: str, board: str) -> str:
    """Use the raw REPL: the program's text is assembled on the board, and run there."""
    with open_link(board) as link, RawRepl(link.port, clock=link.clock) as repl:
        repl.soft_reset_raw()  # all memory for this program
        repl.exec("_p=''")
        for begin in range(0, len(program), _PIECE):
            repl.exec(f"_p+={program[begin : begin + _PIECE]!r}")
        printed = repl.exec("exec(_p)", timeout_s=PROGRAM_S)
        if not is_virtual(board):
            repl.soft_reset()  # its own program runs again
    return printed


def _save_for_flash(model: Model) -> Path:
    from microbit_ml.lessons.progress import own_folder

    folder = own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lesson.mbml"
    model.save(path)
    return path


def _kept_by(key: tuple, make: Callable[[], _T]) -> _T:
    if key not in _kept:
        _kept[key] = make()
    return _kept[key]  # type: ignore[return-value]


def energy(recording: Recording) -> float:
    """How lively a recording is: its root mean square deviation from its own mean, in counts."""
    counts = recording.samples.astype(np.float64)
    return float(np.sqrt(((counts - counts.mean(axis=0)) ** 2).sum(axis=1).mean()))
