"""Saving recordings one by one: each is on disk as soon as it ends."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

from microbit_ml.errors import KitError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.names import text_of
from microbit_ml.recordings.recording import Recording


class NotSavedError(KitError, OSError):
    """A recording could not be written; earlier ones are complete."""


class Keeper:
    """Adds recordings to a data set's folder. Several threads may share one keeper.

    Each recording is written completely or not at all (``Dataset.save``), so whatever happens
    next, those that were saved before are unchanged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._lock = threading.Lock()

    def keep(self, recording: Recording) -> Path | None:
        """Write the recording and return its file.

        None: the data set has exactly these samples under this label already, and nothing was
        added. Raises NotSavedError when the disk is full or may not be written, DataError as
        ``Dataset.save`` does.
        """
        with self._lock:
            written: list[Path] = []
            try:
                Dataset([recording]).save(self.folder, written=written)
            except KitError:
                raise
            except OSError as error:
                # dataset.json comes last: a recording that is not reported as saved is removed.
                for path in written:
                    path.unlink()
                what_next = "Free some space" if error.errno == errno.ENOSPC else "Fix that"
                raise NotSavedError(
                    f"The recording cannot be saved: {error.filename or self.folder}: "
                    f"{error.strerror}. All earlier ones are safe. {what_next}, then run the "
                    "same command again."
                ) from error
        return written[0] if written else None

    def check(self, label: str) -> None:
        """Raise DataError when recordings of this label cannot be added, before any is made."""
        Dataset([], empty_labels=[label]).check(self.folder)

    def throw_away(self, path: Path) -> bool:
        """Delete a saved recording's file; whether it still existed."""
        with self._lock:
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            return True

    def count(self, label: str) -> int:
        """The number of the label's recordings in the folder; 0 without a folder."""
        with self._lock:
            folders = [path.parent for path in self._files() if path.parent != self.folder]
            return sum(text_of(folder.name) == label for folder in folders)

    def _files(self) -> set[Path]:
        return {path for path in self.folder.glob("**/*.csv") if not path.name.startswith(".")}
