"""Recordings: what people did with the board, as numbers with labels."""

from microbit_ml.recordings.csv_file import read_csv
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.formats.createai import read_createai
from microbit_ml.recordings.formats.npz import read_npz
from microbit_ml.recordings.recording import Recording
from microbit_ml.recordings.simulation.simulate import BACKGROUND, GESTURES, simulate
from microbit_ml.recordings.window import make_window

__all__ = [
    "BACKGROUND",
    "GESTURES",
    "Dataset",
    "Recording",
    "make_window",
    "read_createai",
    "read_csv",
    "read_npz",
    "simulate",
]
