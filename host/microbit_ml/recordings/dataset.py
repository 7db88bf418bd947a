"""A data set: recordings with labels, and the folder that holds them.

::

    gestures/
      dataset.json            rate, provenance, who made which recording
      shake/shake-01.csv      the folder is the label, the file is the recording
      shake/shake-02.csv
      not a spell/...

A pupil may open, rename, move (to another label) or delete recordings and folders with ordinary
tools. Files and folders that begin with a dot, and files other than ``.csv``, are ignored.
A CSV file beside ``dataset.json`` is a recording without a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.recordings.csv_file import read_csv
from microbit_ml.recordings.faces import Face
from microbit_ml.recordings.folders import (
    csv_files,
    label_folders,
    plan_folders,
    refuse_inner_folders,
    require_folder,
)
from microbit_ml.recordings.notes import Notes
from microbit_ml.recordings.recording import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Recording
from microbit_ml.recordings.store import Store

LONGEST_PAUSE_MS = 500.0  # between samples; more is a pause, if also five median steps
BATCH = 200  # recordings that are added while the lock is held: others need not wait long


@dataclass(eq=False, repr=False)
class Dataset:
    """Recordings that belong together.

    >>> data = Dataset.load("gestures")           # doctest: +SKIP
    >>> data.labels, data.subjects, len(data)     # doctest: +SKIP
    (['circle', 'shake'], ['Ann', 'Ben'], 40)

    recordings: list of Recording; rate_hz: their samples a second (each recording has its
    own time stamps); provenance: where they came from, a list of JSON objects, one per import;
    empty_labels: classes without a recording, which ``show`` lists too; faces: label -> Face,
    its icon and sound on a board; its order is the labels' order, as their owner has it.
    """

    recordings: list[Recording]
    rate_hz: float = 50.0
    provenance: list[Any] = field(default_factory=list)
    empty_labels: list[str] = field(default_factory=list)
    faces: dict[str, Face] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """The labels that have recordings, sorted; without recordings that have no label."""
        return sorted({recording.label for recording in self.recordings} - {""})

    @property
    def ordered_labels(self) -> list[str]:
        """All labels, empty ones too, in their owner's order; those without one follow, sorted."""
        labels = sorted({*self.labels, *self.empty_labels})
        return [one for one in self.faces if one in labels] + [
            one for one in labels if one not in self.faces
        ]

    @property
    def subjects(self) -> list[str]:
        """Who made the recordings, sorted, without unknown people."""
        return sorted({recording.subject for recording in self.recordings} - {""})

    def by_label(self) -> dict[str, list[Recording]]:
        """The recordings of each label that has some, sorted by label; "" is for those without."""
        groups: dict[str, list[Recording]] = {}
        for recording in self.recordings:
            groups.setdefault(recording.label, []).append(recording)
        return dict(sorted(groups.items()))

    @property
    def n_simulated(self) -> int:
        """How many of the recordings are of simulated people, not real ones."""
        return sum(recording.is_simulated for recording in self.recordings)

    def subset(self, keep: Callable[[Recording], bool]) -> Dataset:
        """The recordings for which ``keep(recording)`` is true, as a data set of its own.

        ``data.subset(lambda recording: recording.subject != "Ann")`` leaves Ann out.
        """
        kept = [recording for recording in self.recordings if keep(recording)]
        return replace(
            self,
            recordings=kept,
            provenance=list(self.provenance),
            empty_labels=list(self.empty_labels),
            faces=dict(self.faces),
        )

    @classmethod
    def load(cls, folder: str | Path) -> Dataset:
        """Read a data set's folder, sorted by label and name.

        Raises FileMissingError when there is no such folder, and DataError when it holds no
        recording or a file is damaged (with file, line and what to do). Changes nothing on
        disk.
        """
        folder = Path(folder)
        require_folder(folder)
        notes = Notes.read(folder)
        recordings, empty_labels = [], []
        for label_folder, label in label_folders(folder):
            files = csv_files(label_folder)
            if label:
                refuse_inner_folders(label_folder)
            recordings += [notes.applied(read_csv(path, label)) for path in files]
            if label and not files:
                empty_labels.append(label)
        if not recordings:
            classes = f" (only empty labels: {', '.join(empty_labels)})" if empty_labels else ""
            raise DataError(
                f"{folder} holds no recordings{classes}. A data set has a folder for each label "
                "with .csv files in it. Record some, or import a file."
            )
        rate_hz = notes.rate_hz or usual_rate(recordings)
        return cls(recordings, rate_hz, notes.provenance, sorted(empty_labels), notes.faces)

    def check(self, folder: str | Path) -> None:
        """Raise DataError where :meth:`save` would, before anything is written."""
        folder = Path(folder)
        if folder.exists():
            require_folder(folder)
            Notes.read(folder)
        plan_folders(folder, self._all_labels())

    def save(
        self,
        folder: str | Path,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Add the recordings to the folder and return how many were new.

        Nothing in the folder is overwritten or lost. A recording that it already has (same label,
        samples and time stamps) is not added again; only its subject is filled in if it was
        unknown. One whose name is taken gets the next free name. Each file is written
        atomically, ``dataset.json`` last: after a crash, save again to add what is missing. Other
        programs may write to the folder at the same time. ``progress(done, total)`` is called
        from time to time.

        Raises DataError, before anything is written, for two labels that differ only in upper and
        lower case (Windows and macOS would put them into one folder), a label too long for a
        folder's name, or a damaged ``dataset.json``. Raises OSError when the disk is full or
        write-protected.
        """
        folder = Path(folder)
        if folder.exists():
            require_folder(folder)
        paths = self.save_in(Store(folder), progress)
        return sum(path is not None for path in paths)

    def save_in(
        self,
        store: Store,
        progress: Callable[[int, int], None] | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> list[Path | None]:
        """Save, and return the new file of each recording, None where the folder had it already.

        ``waiting()`` is called when another program keeps the folder locked for long.
        """
        labels = self._all_labels()
        plan_folders(store.folder, labels)  # refuses what cannot be saved, before anything is
        paths: list[Path | None] = []
        while True:
            with store.locked(waiting):
                folders = plan_folders(store.folder, labels)
                for label in self.empty_labels:
                    folders[label].mkdir(exist_ok=True)
                batch = self.recordings[len(paths) : len(paths) + BATCH]
                paths += store.add(batch, folders)
                if len(paths) == len(self):
                    new = self.provenance if any(paths) else []
                    store.write_head(self.rate_hz, new, self.faces)
            if progress:
                progress(len(paths), len(self))
            if len(paths) == len(self):
                return paths

    def _all_labels(self) -> list[str]:
        """Each label once, in order of appearance, those without recordings last."""
        return list(dict.fromkeys([*(r.label for r in self.recordings), *self.empty_labels]))

    def __len__(self) -> int:
        return len(self.recordings)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.recordings)

    def __repr__(self) -> str:
        labels, people = len(self.labels), len(self.subjects)
        return f"Dataset({len(self)} recordings, {labels} labels, {people} subjects)"


def usual_rate(recordings: list[Recording]) -> float:
    """Samples a second by the time stamps; 50, the board's, when close to it or unknown."""
    steps_ms = [usual_step_ms(one.time_ms) for one in recordings if len(one) > 1]
    rate_hz = 1000.0 / float(np.median(steps_ms)) if steps_ms else 50.0
    if abs(rate_hz - 50.0) <= 1.0:
        return 50.0
    rate_hz = round(rate_hz, 1) if rate_hz >= 1 else float(f"{rate_hz:.2g}")
    return min(max(rate_hz, LOWEST_RATE_HZ), HIGHEST_RATE_HZ)


def usual_step_ms(time_ms: np.ndarray) -> float:
    """The mean time between samples, (n,) with n above 1, without pauses.

    A pause is longer than half a second and than five median steps.
    """
    steps_ms = np.diff(time_ms)
    median_ms = float(np.percentile(steps_ms, 50, method="lower"))  # an actual step
    return float(steps_ms[steps_ms <= max(LONGEST_PAUSE_MS, 5 * median_ms)].mean())
