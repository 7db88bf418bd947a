"""A lesson's file that is run by itself: ``python lesson_05_downhill.py``."""

from __future__ import annotations

import sys
from collections.abc import Callable

from microbit_ml.console.explained import explained
from microbit_ml.lessons.about import About
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.source import count_steps
from microbit_ml.lessons.straight import Straight
from microbit_ml.lessons.terminal import teach


def run_alone(about: About, lesson: Callable[[Session], None]) -> None:
    """Run one lesson by itself: at a terminal with the pupil, in a pipe straight through.

    What goes wrong is said and the exit code tells, as with ``microbit-ml lesson``.
    """

    def run() -> None:
        if sys.stdin.isatty() and sys.stdout.isatty():
            teach(about, lesson)
        else:
            lesson(Session(about, Straight(about, n_steps=count_steps(lesson))))

    sys.exit(explained(run, debug="--debug" in sys.argv))
