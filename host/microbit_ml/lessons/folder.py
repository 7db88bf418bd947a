"""A lesson is a folder: about.py, maths.py, lesson.py; the kit's own, or a pupil's changed copy.

The files of a lesson import each other relatively, so a copy runs its own maths wherever it lies
and whatever its folder is called.
"""

from __future__ import annotations

import itertools
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

from microbit_ml.common.files import write_whole
from microbit_ml.common.wording import quoted
from microbit_ml.errors import DataError, KitError
from microbit_ml.lessons.about import About
from microbit_ml.lessons.session import BOARD, Audience, Leave, Session
from microbit_ml.lessons.source import COPY, count_steps
from microbit_ml.recordings import Dataset

LESSONS = Path(__file__).parent
FILES = ("about.py", "lesson.py")  # that every lesson has
_copies = itertools.count(1)


class LessonFileError(KitError):
    """A pupil's copy of a lesson has a mistake; the message names its file and line."""


@dataclass(frozen=True)
class Lesson:
    """A lesson that can be run: its description, its function, and the folder of both."""

    about: About
    function: Callable[[Session], None]
    folder: Path | None = None

    @property
    def n_steps(self) -> int:
        """The number of its steps."""
        return count_steps(self.function)

    @property
    def is_copy(self) -> bool:
        """Whether it is a pupil's copy, outside the kit."""
        return self.folder is not None and self.folder.resolve().parent != LESSONS.resolve()

    @property
    def argument(self) -> str:
        """Its argument for ``microbit-ml lesson``: its number, or a copy's folder."""
        return quoted(self.folder) if self.folder and self.is_copy else str(self.about.number)

    def run(self, audience: Audience, data: Dataset | None = None, board: str = BOARD) -> Session:
        """Run the lesson for an audience; the session holds its record."""
        session = Session(self.about, audience, data, board)
        self.go_through(session)
        return session

    def go_through(self, session: Session) -> None:
        """Go through the lesson. Raises LessonFileError for a mistake in a pupil's copy."""
        if self.folder and self.is_copy:
            with _mistakes_explained(self.folder):
                self.function(session)
        else:
            self.function(session)


def lesson_in(folder: Path) -> Lesson:
    """The lesson in a folder; the files of a copy are read again each time.

    Raises DataError when there is no lesson in the folder, LessonFileError for a mistake in a copy.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise DataError(
                f"There is no lesson in {folder}: {name} is missing. Get a copy of a lesson with: "
                "microbit-ml lesson 2 --copy FOLDER"
            )
    if folder.resolve().parent == LESSONS.resolve():
        package = f"{__package__}.{folder.resolve().name}"
        return _lesson_of(package, folder)
    with _mistakes_explained(folder):
        return _lesson_of(_new_package(folder.resolve()), folder)


def copy_lesson(lesson: Lesson, folder: Path) -> None:
    """Write a lesson's files into a new or empty folder. Raises DataError for any other."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        kind = "not empty" if folder.is_dir() else "a file"
        raise DataError(f"{folder} is {kind}. Name a new folder after --copy.")
    assert lesson.folder is not None, "a lesson without files"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(lesson.folder.glob("*.py")):
        write_whole(folder / path.name, path.read_text(encoding="utf-8"))


def _lesson_of(package: str, folder: Path) -> Lesson:
    about = import_module(f"{package}.about")
    steps = import_module(f"{package}.lesson")
    return Lesson(about.ABOUT, steps.lesson, folder)


def _new_package(folder: Path) -> str:
    """The name of a new, empty package whose modules are the files of a folder.

    The name has a new number, so copies never share a module and nothing comes from a cache.
    """
    spec = ModuleSpec(f"{COPY}{next(_copies)}", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[spec.name] = module_from_spec(spec)
    invalidate_caches()
    return spec.name


@contextmanager
def _mistakes_explained(folder: Path) -> Iterator[None]:
    """Explain where a copy's mistake is, and leave no compiled files in its folder."""
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    except (KitError, Leave, OSError):
        raise
    except Exception as error:
        where = _where(error, folder)
        if where is None:
            raise
        raise LessonFileError(
            f"{where}: {_what(error)}. Correct that line, then run the lesson again."
        ) from error
    finally:
        sys.dont_write_bytecode = kept


def _where(error: Exception, folder: Path) -> str | None:
    """The last line of a folder's files in an error's traceback; None if there is none.

    A syntax error names its line itself: that file was never run.
    """
    frames = [(at.filename, at.lineno) for at in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno))
    for file, line in reversed(frames):
        if Path(file).parent == folder.resolve():
            return f"{folder / Path(file).name}, line {line}"
    return None


def _what(error: Exception) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error).rstrip(".")
    return f"{text} ({type(error).__name__})" if text else type(error).__name__
