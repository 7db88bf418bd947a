"""All lessons: each is a folder ``lesson_NN_name`` beside this file."""

from __future__ import annotations

import re

from microbit_ml.errors import UsageError
from microbit_ml.lessons.folder import LESSONS, Lesson, lesson_in

_FOLDER = re.compile(r"lesson_(\d\d)_\w+")


def lesson_folders() -> dict[int, str]:
    """The number of each lesson, and the name of its folder."""
    found = {}
    for path in sorted(LESSONS.glob("lesson_*/")):
        name = _FOLDER.fullmatch(path.name)
        if name and (path / "lesson.py").is_file():
            found[int(name[1])] = path.name
    return found


def load_lesson(number: int) -> Lesson:
    """The lesson with this number. Raises UsageError if it does not exist."""
    folders = lesson_folders()
    if number not in folders:
        raise UsageError(
            f"There is no lesson {number}. The lessons are {min(folders)} to {max(folders)}. See "
            "what they are about with: microbit-ml lesson"
        )
    return lesson_in(LESSONS / folders[number])


def all_lessons() -> list[Lesson]:
    """All lessons, in order."""
    return [load_lesson(number) for number in lesson_folders()]
