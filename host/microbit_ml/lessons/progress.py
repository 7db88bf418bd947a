"""Progress: how far a pupil has got in each lesson, in a small file in their own folder.

::

    {"version": 1, "lessons": {"3": {"step": 5, "done": false, "attempts": [1, null, 2]}}}

step: the last one that was started; attempts: how many each check took, null for unsolved.
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
    """Progress in one lesson: the last step that was started, and the attempts at each check."""

    step: int = 0
    done: bool = False
    attempts: tuple[int | None, ...] = ()

    @property
    def at_once(self) -> int:
        """The number of checks that were right at the first attempt."""
        return sum(attempt == 1 for attempt in self.attempts)


class Progress:
    """The progress file. ``warn`` is called once when it cannot be read or written.

    A damaged file is ignored, and replaced when there is progress to save.
    """

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self.path = path
        self._warn = warn
        self._can_write = True
        self._lessons = self._read()

    def of(self, number: int) -> Reached:
        """The progress in lesson ``number``."""
        return self._lessons.get(number, Reached())

    def note(self, number: int, reached: Reached) -> None:
        """Save the progress in lesson ``number``: the file is written whole, at once."""
        self._lessons[number] = reached
        if not self._can_write:
            return
        lessons = {str(n): asdict(one) for n, one in sorted(self._lessons.items())}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, json.dumps({"version": VERSION, "lessons": lessons}) + "\n")
        except OSError as error:
            self._can_write = False
            self._warn(
                f"Your progress cannot be saved: {self.path}: {error.strerror}. The lesson goes "
                f"on. To use another folder, name it in the variable {FOLDER_VARIABLE}."
            )

    def _read(self) -> dict[int, Reached]:
        try:
            content = parse_json(read_input(self.path, LARGEST, "file of progress").decode("utf-8"))
            lessons = content["lessons"] if content["version"] == VERSION else {}
            return {int(number): _reached(one) for number, one in lessons.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._warn(
                f"Your progress file {self.path} is damaged. All lessons start from the beginning."
            )
            return {}


def own_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The pupil's own folder for this program, in the operating system's usual location."""
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
    """The progress file of this computer's user."""
    return own_folder() / "lessons.json"


def _reached(entry: dict) -> Reached:
    attempts = tuple(entry["attempts"])
    step, done = entry["step"], entry["done"]
    if type(step) is not int or type(done) is not bool or step < 0:
        raise ValueError
    if any(attempt is not None and type(attempt) is not int for attempt in attempts):
        raise ValueError
    return Reached(step, done, attempts)
