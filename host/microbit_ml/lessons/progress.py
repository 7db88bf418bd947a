"""Progress: how far a pupil came in each lesson, in a small file in their own folder.

::

    {"version": 1, "lessons": {"3": {"step": 5, "done": false, "attempts": [1, null, 2]}}}

step: the last one that was begun; attempts: for each check, how many it took, null for unsolved.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from microbit_ml.common.files import write_whole
from microbit_ml.common.inputs import MB, parse_json, read_input

FOLDER_VARIABLE = "MICROBIT_ML_FOLDER"
VERSION = 1
LARGEST = 1 * MB  # ten lessons have 1 KB


@dataclass(frozen=True)
class Reached:
    """How far one lesson is: the step that was begun last, and the attempts that checks took."""

    step: int = 0
    done: bool = False
    attempts: tuple[int | None, ...] = ()

    @property
    def at_once(self) -> int:
        """How many checks were right at the first attempt."""
        return sum(attempt == 1 for attempt in self.attempts)


class Progress:
    """The file of progress. ``say`` is told once when it cannot be read or written.

    A damaged file counts as none, and is replaced when there is something to note.
    """

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self.path = path
        self._say = say
        self._can_write = True
        self._lessons = self._read()

    def of(self, number: int) -> Reached:
        """How far lesson ``number`` is."""
        return self._lessons.get(number, Reached())

    def note(self, number: int, reached: Reached) -> None:
        """Keep how far lesson ``number`` is: the file is written whole, at once."""
        self._lessons[number] = reached
        if not self._can_write:
            return
        lessons = {str(n): asdict(one) for n, one in sorted(self._lessons.items())}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, json.dumps({"version": VERSION, "lessons": lessons}) + "\n")
        except OSError as error:
            self._can_write = False
            self._say(
                f"Your progress cannot be kept: {self.path}: {error.strerror}. The lesson goes on; "
                f"another folder can be named by the variable {FOLDER_VARIABLE}."
            )

    def _read(self) -> dict[int, Reached]:
        try:
            content = parse_json(read_input(self.path, LARGEST, "file of progress").decode("utf-8"))
            lessons = content["lessons"] if content["version"] == VERSION else {}
            return {int(number): _reached(one) for number, one in lessons.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._say(
                f"The file of your progress, {self.path}, is damaged: all lessons begin anew."
            )
            return {}


def own_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The pupil's own folder for this program, as the operating system wants it."""
    given = environment.get(FOLDER_VARIABLE)
    if given:
        return Path(given)
    home = Path(environment.get("USERPROFILE" if platform == "win32" else "HOME") or Path.home())
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming") / "microbit-ml"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "microbit-ml"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "microbit-ml"


def progress_file() -> Path:
    """Where the progress of whoever uses this computer is kept."""
    return own_folder() / "lessons.json"


def _reached(entry: dict) -> Reached:
    attempts = tuple(entry["attempts"])
    step, done = entry["step"], entry["done"]
    if type(step) is not int or type(done) is not bool or step < 0:
        raise ValueError
    if any(attempt is not None and type(attempt) is not int for attempt in attempts):
        raise ValueError
    return Reached(step, done, attempts)
