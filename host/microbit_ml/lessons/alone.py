"""Running a lesson's file by itself: ``python my_copy/lesson.py``, or Run in Thonny or Mu."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from microbit_ml.console.explained import explained
from microbit_ml.lessons.folder import Lesson, lesson_in
from microbit_ml.lessons.straight import Straight
from microbit_ml.lessons.terminal import teach


def run_folder(file: str) -> None:
    """Run the lesson whose ``lesson.py`` is this file, with the other files of its folder."""
    run_alone(lambda: lesson_in(Path(file).parent))


def run_alone(load: Callable[[], Lesson]) -> None:
    """Run one lesson by itself: at a terminal with the pupil, in a pipe straight through.

    Errors are explained and set the exit code, as with ``microbit-ml lesson``.
    """

    def run() -> None:
        lesson = load()
        if sys.stdin.isatty() and sys.stdout.isatty():
            teach(lesson, again="--again" in sys.argv)
        else:
            lesson.run(Straight(lesson.about, n_steps=lesson.n_steps))

    sys.exit(explained(run, debug="--debug" in sys.argv))
