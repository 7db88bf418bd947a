"""Recordings: how people moved the board, as numbers with labels."""

from typing import TYPE_CHECKING

from microbit_ml.common.lazy import lazy_names
from microbit_ml.recordings.csv_file import read_csv
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.recording import Recording
from microbit_ml.recordings.window import make_window

if TYPE_CHECKING:
    from microbit_ml.recordings.formats.createai import read_createai
    from microbit_ml.recordings.formats.npz import read_npz
    from microbit_ml.recordings.simulation.simulate import (
        BACKGROUND,
        DIGITS,
        GESTURES,
        simulate,
    )

__all__ = [
    "BACKGROUND",
    "DIGITS",
    "GESTURES",
    "Dataset",
    "Recording",
    "make_window",
    "read_createai",
    "read_csv",
    "read_npz",
    "simulate",
]
_SIMULATION = "microbit_ml.recordings.simulation.simulate"
__getattr__ = lazy_names(
    __name__,
    {
        "read_createai": "microbit_ml.recordings.formats.createai",
        "read_npz": "microbit_ml.recordings.formats.npz",
        **dict.fromkeys(("BACKGROUND", "DIGITS", "GESTURES", "simulate"), _SIMULATION),
    },
)
