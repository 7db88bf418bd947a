"""Saving recordings one by one: each is on disk as soon as it ends."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

from microbit_ml.errors import KitError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.folders import csv_files, label_folders
from microbit_ml.recordings.recording import SIMULATED, Recording
from microbit_ml.recordings.store import Store


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
        self._store = Store(self.folder)

    def keep(self, recording: Recording) -> Path | None:
        """Write the recording and return its file.

        None: the data set has exactly these samples under this label already, and nothing was
        added. Raises NotSavedError when the disk is full or may not be written, DataError as
        ``Dataset.save`` does.
        """
        with self._lock:
            try:
                return _alone(recording).save_in(self._store)[0]
            except KitError:
                raise
            except OSError as error:
                self._store.undo()  # a recording that is not reported as saved is removed
                what_next = "Free some space" if error.errno == errno.ENOSPC else "Fix that"
                raise NotSavedError(
                    f"The recording cannot be saved: {error.filename or self.folder}: "
                    f"{error.strerror or error}. All earlier ones are safe. {what_next}, then run "
                    "the same command again."
                ) from error

    def check(self, label: str) -> None:
        """Raise DataError when recordings of this label cannot be added, before any is made."""
        Dataset([], empty_labels=[label]).check(self.folder)

    def throw_away(self, path: Path) -> bool:
        """Delete a saved recording's file; whether it still existed."""
        with self._lock:
            self._store.forget(path)
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            return True

    def count(self, label: str) -> int:
        """The number of the label's recordings in the folder; 0 without a folder."""
        with self._lock:
            if not self.folder.is_dir():
                return 0
            folders = [path for path, own in label_folders(self.folder) if own == label]
            return sum(len(csv_files(path)) for path in folders if path != self.folder)


def _alone(recording: Recording) -> Dataset:
    """A data set of one recording; of a simulated person, its provenance says so."""
    provenance = [{"kind": SIMULATED, "with": "collect"}] if recording.is_simulated else []
    return Dataset([recording], provenance=provenance)
