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

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from microbit_ml.common.files import write_whole
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.csv_file import format_csv, read_csv
from microbit_ml.recordings.names import file_name, text_of, without_case
from microbit_ml.recordings.notes import Notes
from microbit_ml.recordings.recording import Recording

LONGEST_NAME = 200  # bytes; file systems allow 255, and a temporary file's name is a little longer


@dataclass(eq=False, repr=False)
class Dataset:
    """Recordings that belong together.

    >>> data = Dataset.load("gestures")           # doctest: +SKIP
    >>> data.labels, data.subjects, len(data)     # doctest: +SKIP
    (['circle', 'shake'], ['Ann', 'Ben'], 40)

    recordings: list of Recording; rate_hz: their samples a second (each recording has its
    own time stamps); provenance: where they came from, a list of JSON objects, one per import;
    empty_labels: classes without a recording, which ``show`` lists too.
    """

    recordings: list[Recording]
    rate_hz: float = 50.0
    provenance: list[Any] = field(default_factory=list)
    empty_labels: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The labels that have recordings, sorted; without recordings that have no label."""
        return sorted({recording.label for recording in self.recordings} - {""})

    @property
    def subjects(self) -> list[str]:
        """Who made the recordings, sorted, without unknown people."""
        return sorted({recording.subject for recording in self.recordings} - {""})

    def subset(self, keep: Callable[[Recording], bool]) -> Dataset:
        """The recordings for which ``keep(recording)`` is true, as a data set of its own.

        ``data.subset(lambda recording: recording.subject != "Ann")`` leaves Ann out.
        """
        kept = [recording for recording in self.recordings if keep(recording)]
        return Dataset(kept, self.rate_hz, list(self.provenance), list(self.empty_labels))

    @classmethod
    def load(cls, folder: str | Path) -> Dataset:
        """Read a data set's folder, sorted by label and name.

        Raises FileMissingError when there is no such folder, and DataError when it holds no
        recording or a file is damaged (with file, line and what to do). Changes nothing on
        disk.
        """
        folder = Path(folder)
        _require_folder(folder)
        notes = Notes.read(folder)
        recordings, empty_labels = [], []
        for label_folder, label in _label_folders(folder):
            files = _csv_files(label_folder)
            if label:
                _refuse_inner_folders(label_folder)
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
        return cls(recordings, rate_hz, notes.provenance, sorted(empty_labels))

    def check(self, folder: str | Path) -> None:
        """Raise DataError where :meth:`save` would, before anything is written."""
        folder = Path(folder)
        if folder.exists():
            _require_folder(folder)
            Notes.read(folder)
        _plan_folders(folder, [*(r.label for r in self.recordings), *self.empty_labels])

    def save(
        self,
        folder: str | Path,
        progress: Callable[[int, int], None] | None = None,
        written: list[Path] | None = None,
    ) -> int:
        """Add the recordings to the folder and return how many were new.

        Nothing in the folder is overwritten or lost. A recording that it already has (same label,
        samples and time stamps) is not added again; only its subject is filled in if it was
        unknown. One whose name is taken gets the next free name. Each file is written
        atomically, ``dataset.json`` last: after a crash, save again to add what is missing.
        ``progress(done, total)`` is called after each recording; each file that was written is
        added to ``written``.

        Raises DataError, before anything is written, for two labels that differ only in upper and
        lower case (Windows and macOS would put them into one folder), a label too long for a
        folder's name, or a damaged ``dataset.json``. Raises OSError when the disk is full or
        write-protected.
        """
        folder = Path(folder)
        if folder.exists():
            _require_folder(folder)
        notes = Notes.read(folder)
        folders = _plan_folders(folder, [*(r.label for r in self.recordings), *self.empty_labels])
        labels = {recording.label for recording in self.recordings}
        label_folders = {label: _LabelFolder(folders[label], label) for label in labels}
        folder.mkdir(parents=True, exist_ok=True)
        for label in self.empty_labels:
            folders[label].mkdir(exist_ok=True)
        n_added = 0
        for done, recording in enumerate(self.recordings, start=1):
            path = label_folders[recording.label].add(recording)
            if path:
                if written is not None:
                    written.append(path)
                notes.add(recording)
                n_added += 1
            else:
                notes.complete(recording)
            if progress:
                progress(done, len(self))
        if n_added:
            notes.provenance += [one for one in self.provenance if one not in notes.provenance]
        notes.write(folder, self.rate_hz)
        return n_added

    def __len__(self) -> int:
        return len(self.recordings)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.recordings)

    def __repr__(self) -> str:
        labels, people = len(self.labels), len(self.subjects)
        return f"Dataset({len(self)} recordings, {labels} labels, {people} subjects)"


class _LabelFolder:
    """One label's folder while recordings are added: its recordings and the names in use."""

    def __init__(self, folder: Path, label: str) -> None:
        self._folder = folder
        self._label = label
        self._digests: set[str] = set()
        self._taken: set[str] = set()
        for path in _csv_files(folder) if folder.is_dir() else []:
            self._taken.add(without_case(path.stem))
            try:
                self._digests.add(read_csv(path).digest)
            except DataError:
                continue  # a damaged file keeps its name; Dataset.load explains it

    def add(self, recording: Recording) -> Path | None:
        """Write the recording unless the folder has it; return the new file."""
        if recording.digest in self._digests:
            return None
        stem = free_name(recording.name or self._label or "recording", self._taken)
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{stem}.csv"
        write_whole(path, format_csv(recording))
        self._digests.add(recording.digest)
        self._taken.add(without_case(stem))
        return path


def free_name(name: str, taken: set[str]) -> str:
    """A free file name: a name in use is counted up, tap-07 -> tap-08, tap -> tap-2.

    ``taken`` holds the names in use, as returned by :func:`without_case`.
    """
    stem = _fitting(name)
    start, dash, digits = _numbered(stem)
    number, width = int(digits or 1), len(digits)
    while without_case(stem) in taken:
        number += 1
        stem = _fitting(f"{start}{dash}{number:0{width}d}")
    return stem


def _numbered(stem: str) -> tuple[str, str, str]:
    """Split a name before its number: tap-07 -> tap, -, 07; without one -> tap, -, ""."""
    match = re.fullmatch(r"(.*?)-([0-9]{1,9})", stem, re.DOTALL)
    return (match[1], "-", match[2]) if match else (stem, "-", "")


def _fitting(name: str) -> str:
    """The file name for ``name``; a name that is too long loses its middle."""
    stem = file_name(name)
    while len(stem.encode("utf-8")) > LONGEST_NAME:
        middle = len(name) // 2
        name = name[:middle] + name[middle + 1 :]
        stem = file_name(name)
    return stem


def _require_folder(folder: Path) -> None:
    if not folder.exists():
        raise FileMissingError(
            f"There is no data set folder {folder}. Check the name, or make it by recording or "
            "importing: microbit-ml import FILE --into " + str(folder)
        )
    if not folder.is_dir():
        raise DataError(
            f"{folder} is a file, not the folder of a data set. "
            f"To use it: microbit-ml import {folder} --into NEW_FOLDER"
        )


def _label_folders(folder: Path) -> list[tuple[Path, str]]:
    """The data set's own folder (no label) and the label folders with their labels, sorted."""
    inner = [
        (path, text_of(path.name)) for path in folder.iterdir() if _is_shown(path, folder=True)
    ]
    return [(folder, ""), *sorted(inner, key=lambda pair: (pair[1], pair[0].name))]


def _refuse_inner_folders(label_folder: Path) -> None:
    """Raise DataError for recordings in a folder inside a label's: nothing is skipped silently."""
    for path in label_folder.iterdir():
        if _is_shown(path, folder=True) and _csv_files(path):
            raise DataError(
                f"{path} holds recordings, but is inside the label {label_folder.name!r}. Labels "
                "cannot be nested: move the folder one level up, or move its files out of it."
            )


def _csv_files(folder: Path) -> list[Path]:
    return sorted(
        (p for p in folder.iterdir() if _is_shown(p, folder=False) and p.suffix.lower() == ".csv"),
        key=lambda path: text_of(path.stem),
    )


def _is_shown(path: Path, *, folder: bool) -> bool:
    return not path.name.startswith(".") and (path.is_dir() if folder else path.is_file())


def _plan_folders(folder: Path, labels: list[str]) -> dict[str, Path]:
    """Label -> its folder, for new labels and those in the data set. Raises DataError."""
    folders = {"": folder}
    if folder.is_dir():
        folders |= {label: path for path, label in _label_folders(folder)}
    names = label_folder_names(labels, existing=list(folders))
    return {label: folder / name for label, name in names.items()} | folders


def label_folder_names(labels: Iterable[str], existing: Iterable[str] = ()) -> dict[str, str]:
    """Label -> the name of its folder, "" for no label; DataError when two would clash.

    existing: labels that already have a folder.
    """
    names = {"": ""}
    by_folded = {without_case(label): label for label in ("", *existing)}
    for label in labels:
        other = by_folded.setdefault(without_case(label), label)
        if other != label:
            raise DataError(
                f"The labels {other!r} and {label!r} differ only in upper and lower case, and "
                "Windows and macOS would mix them in one folder. Nothing was saved. Rename one: "
                "the new label, or the folder in the data set."
            )
        name = file_name(label)
        if len(name.encode("utf-8")) > LONGEST_NAME:
            raise DataError(
                f"The label {label[:30]!r}... is too long for a folder's name "
                f"({len(name.encode('utf-8'))} bytes, at most {LONGEST_NAME}). Shorten it."
            )
        names[label] = name
    return names


def usual_rate(recordings: list[Recording]) -> float:
    """Samples a second by the time stamps; 50, the board's, when close to it or unknown."""
    periods_ms = [one.time_ms[-1] / (len(one) - 1) for one in recordings if len(one) > 1]
    rate_hz = 1000.0 / float(np.median(periods_ms)) if periods_ms else 50.0
    return 50.0 if abs(rate_hz - 50.0) <= 1.0 else round(rate_hz, 1)
