"""The maths of lesson 10: change a line here, and run the lesson again."""

from __future__ import annotations

import numpy as np

from microbit_ml.recordings import Recording
from microbit_ml.recordings.recording import HIGHEST_COUNT

SECONDS_A_DAY = 24 * 60 * 60


def predictions_a_second(rate_hz: float, hop: int) -> float:
    """The number of predictions that the board makes in a second."""
    return rate_hz / hop


def moved_harder(recording: Recording, times: float) -> np.ndarray:
    """The same movement, so many times as strong, as the sensor would read it."""
    middle = recording.samples.mean(axis=0)
    counts = np.round(middle + times * (recording.samples - middle))
    return np.clip(counts, -HIGHEST_COUNT, HIGHEST_COUNT).astype(np.int16)


def turned(recording: Recording, degrees: float) -> np.ndarray:
    """The same movement with the board tipped about its x axis."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    y_z = recording.samples[:, 1:] @ turn.T
    counts = np.round(np.column_stack([recording.samples[:, 0], y_z]))
    return np.clip(counts, -HIGHEST_COUNT, HIGHEST_COUNT).astype(np.int16)


def alarms_a_day(predictions: float, fraction: float) -> float:
    """False alarms in a day: ``fraction`` of so many predictions in a second."""
    return predictions * fraction * SECONDS_A_DAY
