"""Recognises gestures on the micro:bit. For editors: the board has gesture.py itself.

from microbit import *
from gesture import Recognizer

recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name == 'shake':
        display.show(Image.HAPPY)
"""

class Recognizer:
    """Samples the accelerometer and recognises the gestures of the model on the board."""

    names: list[str]
    """The names of the gestures that the model knows."""
    missed: int
    """How many samples were not read in time, because the program was busy."""
    unknown: bool
    """Whether the last prediction was "unknown"."""
    confidence: int
    """The confidence of the last prediction: 0 or more for a known gesture."""

    def __init__(self) -> None:
        """Load the model on the board. Make one Recognizer, after all imports."""

    def next(self) -> str | None:
        """Wait for the next sample, 20 ms after the last one.

        Returns the name of a gesture when one has just been recognised, else None.
        """

    def poll(self) -> str | None:
        """The same as next(), without waiting: None at once when no sample is due."""
