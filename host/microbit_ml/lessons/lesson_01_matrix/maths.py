"""The maths of lesson 1: change a line here, and run the lesson again."""

from __future__ import annotations

import numpy as np

from microbit_ml.lessons.session import Session
from microbit_ml.recordings import Recording
from microbit_ml.recordings.recording import COUNTS_PER_G
from microbit_ml.recordings.simulation.hand import GRAVITY

MS_PER_SECOND = 1000


def to_g(counts: np.ndarray) -> np.ndarray:
    """The board's counts -> g."""
    return counts / COUNTS_PER_G


def to_metres(in_g: float) -> float:
    """An acceleration in g -> in metres per second squared."""
    return in_g * GRAVITY


def length(vector: np.ndarray) -> float:
    """The length of an arrow with these three parts."""
    return float(np.sqrt(np.sum(vector**2)))


def tilted(degrees: float) -> np.ndarray:
    """The reading of a board at rest, in g, when one side is lifted by an angle."""
    angle = np.radians(degrees)
    return np.array([np.sin(angle), 0.0, -np.cos(angle)])


def period_ms(rate_hz: float) -> float:
    """Milliseconds from one sample to the next."""
    return MS_PER_SECOND / rate_hz


def largest_jump(recording: Recording) -> int:
    """The largest jump of any axis from one sample to the next, in counts."""
    counts = recording.samples.astype(int)
    return int(np.abs(np.diff(counts, axis=0)).max())


def shake(seconds: np.ndarray, swings: float) -> np.ndarray:
    """A steady shake: so many swings a second, up to one g each way."""
    return np.cos(2 * np.pi * swings * seconds)


def swings_seen(swings: float, rate_hz: float) -> float:
    """The number of swings a second that the samples seem to show."""
    nearest = round(swings / rate_hz)
    return abs(swings - nearest * rate_hz)


def ask_board(s: Session) -> np.ndarray:
    """Ask a board's accelerometer for a new reading, in counts."""
    printed = s.run_on_board(
        "from microbit import accelerometer, sleep\n"
        "accelerometer.get_values()\n"
        "sleep(50)\n"
        "print(*accelerometer.get_values())\n"
    )
    return np.array([int(number) for number in printed.split()])
