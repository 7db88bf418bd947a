"""Keeping recordings one by one: each is on disk the moment it ends."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

from microbit_ml.errors import KitError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.folders import csv_files, label_folders
from microbit_ml.recordings.recording import Recording
from microbit_ml.recordings.store import Store


class NotSavedError(KitError, OSError):
    """A recording could not be written; those before it are whole."""


class Keeper:
    """Adds recordings to a data set's folder. Several threads may share one keeper.

    Each recording is written whole or not at all (``Dataset.save``), so whatever happens next,
    those that were kept before are as they were.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._lock = threading.Lock()
        self._store = Store(self.folder)

    def keep(self, recording: Recording) -> Path | None:
        """Write the recording and return its file.

        None: the data set has exactly these samples under this label already, and nothing was
        added. Raises NotSavedError when the disk is full or may not be written, DataError as
        ``Dataset.save`` does.
        """
        with self._lock:
            try:
                return Dataset([recording]).save_in(self._store)[0]
            except KitError:
                raise
            except OSError as error:
                self._store.undo()  # what is not said to be kept is not there
                what_next = "Make room there" if error.errno == errno.ENOSPC else "Mend that"
                raise NotSavedError(
                    f"The recording cannot be saved: {error.filename or self.folder}: "
                    f"{error.strerror or error}. All earlier ones are whole. {what_next}, then use "
                    "the same command again."
                ) from error

    def check(self, label: str) -> None:
        """Whether recordings of this label can be added, before any is made: else DataError."""
        Dataset([], empty_labels=[label]).check(self.folder)

    def throw_away(self, path: Path) -> bool:
        """Remove the file of a recording that was kept; whether it was still there."""
        with self._lock:
            self._store.forget(path)
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            return True

    def count(self, label: str) -> int:
        """How many recordings of the label the folder holds; 0 when there is no folder yet."""
        with self._lock:
            if not self.folder.is_dir():
                return 0
            folders = [path for path, own in label_folders(self.folder) if own == label]
            return sum(len(csv_files(path)) for path in folders if path != self.folder)
