"""The lessons that there are: each a file ``lesson_NN_name.py`` in this folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from microbit_ml.errors import UsageError
from microbit_ml.lessons.about import About
from microbit_ml.lessons.session import PLACE, Audience, Session
from microbit_ml.lessons.source import count_steps
from microbit_ml.recordings import Dataset

_FILE = re.compile(r"lesson_(\d\d)_\w+")


@dataclass(frozen=True)
class Lesson:
    """A lesson that can be run: what it is for, and its function."""

    about: About
    function: Callable[[Session], None]

    @property
    def n_steps(self) -> int:
        """How many steps it has."""
        return count_steps(self.function)

    def run(self, audience: Audience, data: Dataset | None = None, place: str = PLACE) -> Session:
        """Tell the lesson to an audience; the session holds the record of it."""
        session = Session(self.about, audience, data, place)
        self.function(session)
        return session


def lesson_modules() -> dict[int, str]:
    """The number of each lesson, and the name of its module."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("lesson_*.py")):
        name = _FILE.fullmatch(path.stem)
        if name:
            found[int(name[1])] = path.stem
    return found


def load_lesson(number: int) -> Lesson:
    """The lesson with this number. Raises UsageError when there is none."""
    modules = lesson_modules()
    if number not in modules:
        raise UsageError(
            f"There is no lesson {number}. The lessons are {min(modules)} to {max(modules)}; see "
            "what they are about with: microbit-ml lesson"
        )
    module = import_module(f"microbit_ml.lessons.{modules[number]}")
    return Lesson(module.ABOUT, module.lesson)


def all_lessons() -> list[Lesson]:
    """All lessons, in order."""
    return [load_lesson(number) for number in lesson_modules()]
