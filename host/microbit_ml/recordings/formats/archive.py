"""A data set in one file: a zip of its folder, to pass on to other people.

::

    gestures.zip
      gestures/dataset.json
      gestures/shake/shake-01.csv
      ...

Any tool can open it, and any tool may have made it: a zip of a data set's folder, of the folder's
contents, of several such folders, or of several such zips, as learning platforms collect them.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from microbit_ml.common.files import write_whole
from microbit_ml.common.inputs import read_input
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.csv_file import format_csv, parse_recording
from microbit_ml.recordings.dataset import Dataset, usual_rate
from microbit_ml.recordings.faces import Face, merged
from microbit_ml.recordings.folders import FreeNames, label_folder_names
from microbit_ml.recordings.formats.zip_members import (
    BROKEN,
    LARGEST_ZIP,
    Member,
    ZipReader,
    is_hidden,
    names_in,
)
from microbit_ml.recordings.names import file_name, text_of
from microbit_ml.recordings.notes import FILE_NAME, Notes

Progress = Callable[[int, int], None]  # recordings done, and their total
_DATE = (2000, 1, 1, 0, 0, 0)  # of every file: the same data set gives the same bytes
_ENDINGS = (".csv", FILE_NAME)


def write_zip(data: Dataset, path: str | Path, progress: Progress | None = None) -> int:
    """Write the data set into one zip file, atomically; return its number of recordings.

    Duplicates under one label are written once. Raises DataError for labels that cannot be
    folders side by side (see :meth:`Dataset.save`), OSError when the disk is full or
    may not be written.
    """
    path = Path(path)
    top = PurePosixPath(file_name(path.stem or "recordings"))
    folders = label_folder_names([*(r.label for r in data), *data.empty_labels])
    notes = Notes.empty()
    notes.provenance += data.provenance
    notes.faces = data.faces
    written: set[tuple[str, str]] = set()
    names = {label: FreeNames() for label in folders}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for label in data.empty_labels:
            file.writestr(zip_entry(top / folders[label], folder=True), b"")
        for done, recording in enumerate(data, start=1):
            label = recording.label
            if (label, recording.digest) not in written:
                written.add((label, recording.digest))
                stem = names[label].take(recording.name or label or "recording")
                place = top / folders[label] / f"{stem}.csv"
                file.writestr(zip_entry(place), format_csv(recording))
                notes.add(recording)
            if progress:
                progress(done, len(data))
        file.writestr(zip_entry(top / FILE_NAME), notes.to_bytes(data.rate_hz))
    write_whole(path, packed.getvalue())
    return len(written)


def zip_entry(path: PurePosixPath, *, folder: bool = False) -> zipfile.ZipInfo:
    """A file or folder in a zip, the same on every system and at any time."""
    info = zipfile.ZipInfo(f"{path}/" if folder else str(path), _DATE)
    info.create_system = 3  # Unix, so that these permissions apply
    mode = stat.S_IFDIR | 0o755 if folder else stat.S_IFREG | 0o644
    info.external_attr = mode << 16 | (0x10 if folder else 0)
    info.compress_type = zipfile.ZIP_STORED if folder else zipfile.ZIP_DEFLATED
    return info


def read_zip(path: str | Path, progress: Progress | None = None) -> Dataset:
    """Read the data set in a zip file; several in one file are joined.

    Raises FileMissingError, or DataError that names the zip, the file in it and what to do: for a
    zip that is damaged, encrypted or too large, for one without recordings, and for a damaged
    recording. A bad recording is never skipped silently.
    """
    path = Path(path)
    try:
        content = read_input(path, LARGEST_ZIP, "zip of recordings")
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    roots = _roots_with_recordings(content, str(path))
    total = sum(len(root.recordings) for root in roots)
    update = progress or (lambda done, total: None)
    datasets: list[Dataset] = []
    done = 0
    for root in roots:
        datasets.append(root.read(partial(_further, update, done, total)))
        done += len(root.recordings)
    return joined(datasets)


def _further(update: Progress, before: int, total: int, done: int) -> None:
    update(before + done, total)


def load_folders(folder: Path) -> Dataset:
    """Read a data set's folder, or all data sets inside a folder, joined.

    An unpacked zip often has its data set one folder deeper. Raises what :meth:`Dataset.load`
    raises, and DataError for a recording that belongs to no data set.
    """
    if not folder.is_dir() or (folder / FILE_NAME).exists():
        return Dataset.load(folder)
    files = [path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file()]
    files = [parts for parts in files if not any(map(is_hidden, parts))]
    noted = {parts[:-1] for parts in files if parts[-1] == FILE_NAME}
    if not noted:
        return Dataset.load(folder)
    recordings = [parts for parts in files if parts[-1].lower().endswith(".csv")]
    roots = _root_paths(recordings, noted)
    for parts in recordings:
        if _root_of(parts, roots) is None:
            raise _outside(str(folder.joinpath(*parts)), f"the data sets in {folder}")
    return joined([Dataset.load(folder.joinpath(*root)) for root in sorted(roots)])


def is_npz(path: Path) -> bool:
    """Whether a zip file holds NumPy arrays; a damaged one is recognised by its ending."""
    try:
        return any(name.endswith(".npy") for name in names_in(path))
    except BROKEN:
        return path.suffix.lower() != ".zip"


def joined(datasets: Sequence[Dataset]) -> Dataset:
    """All of them as one data set; its rate is the one of most recordings."""
    recordings = [recording for one in datasets for recording in one]
    rates: Counter[float] = Counter()
    provenance = []
    faces: dict[str, Face] = {}
    for one in datasets:
        rates[one.rate_hz] += len(one)
        provenance += [entry for entry in one.provenance if entry not in provenance]
        faces = merged(faces, one.faces)
    filled = {recording.label for recording in recordings}
    empty_labels = {label for one in datasets for label in one.empty_labels} - filled
    rate_hz = max(rates, key=lambda rate: (rates[rate], rate))
    return Dataset(recordings, rate_hz, provenance, sorted(empty_labels), faces)


@dataclass
class _Root:
    """A data set's folder in a zip, as :meth:`Dataset.load` finds it on a disk."""

    folders: set[str] = field(default_factory=set)  # the labels
    recordings: list[tuple[str, Member]] = field(default_factory=list)  # label and file
    notes: Member | None = None

    def read(self, progress: Callable[[int], None]) -> Dataset:
        """The recordings with their notes, sorted by label and name."""
        notes = Notes.empty()
        if self.notes is not None:
            notes = Notes.parse(self.notes.read(), self.notes.where)
        recordings = []
        for done, (label, member) in enumerate(self.recordings, start=1):
            stem = member.name[: -len(".csv")]
            recording = parse_recording(member.read(), member.where, text_of(stem), label)
            recordings.append(notes.applied(recording))
            progress(done)
        recordings.sort(key=lambda recording: (recording.label, recording.name))
        empty_labels = self.folders - {label for label, _ in self.recordings}
        rate_hz = notes.rate_hz or usual_rate(recordings)
        return Dataset(recordings, rate_hz, notes.provenance, sorted(empty_labels), notes.faces)


def _roots_with_recordings(content: bytes, where: str) -> list[_Root]:
    """The data sets in a zip, or in the zips inside it when it holds no recordings itself."""
    reader = ZipReader()
    roots = _roots(reader.members(content, where, _ENDINGS))
    if not any(root.recordings for root in roots):
        for member in reader.members(content, where, (".zip",)):
            if member.is_requested:
                roots += _roots(reader.members(member.read(), member.where, _ENDINGS))
    if not any(root.recordings for root in roots):
        labels = sorted({label for root in roots for label in root.folders})
        only = f" (only the empty folders {', '.join(labels)})" if labels else ""
        raise DataError(
            f"{where} holds no recordings{only}. A data set's zip has a folder for each label with "
            ".csv files in it; make one with: microbit-ml export DATASET -o FILE.zip"
        )
    return [root for root in roots if root.recordings or root.folders]


def _roots(members: list[Member]) -> list[_Root]:
    """The members, grouped by their data sets."""
    notes = {m.parts[:-1]: m for m in members if m.is_requested and m.name == FILE_NAME}
    paths = _root_paths([m.parts for m in members if _is_recording(m)], set(notes))
    roots = {path: _Root(notes=notes.get(path)) for path in sorted(paths)}
    for member in members:
        path = _root_of(member.parts, paths)
        if path is None:
            if _is_recording(member):
                raise _outside(member.where, "the data set in that zip")
            continue
        folders = member.parts[len(path) : len(member.parts) - (not member.is_folder)]
        if len(folders) == 1:
            roots[path].folders.add(text_of(folders[0]))
        if _is_recording(member):
            if len(folders) > 1:
                raise DataError(
                    f"{member.where} is in a folder inside the label {folders[0]!r}. Labels cannot "
                    "be nested: move the folder one level up, then zip the data set again."
                )
            roots[path].recordings.append((text_of(folders[0]) if folders else "", member))
    return list(roots.values())


def _outside(where: str, what: str) -> DataError:
    return DataError(
        f"{where} is outside {what}. Move it into the folder of a label there, and try again."
    )


def _is_recording(member: Member) -> bool:
    return member.is_requested and member.name != FILE_NAME


_Path = tuple[str, ...]  # the folders that lead to a data set or a file


def _root_paths(recordings: list[_Path], noted: set[_Path]) -> set[_Path]:
    """The data sets' folders: those with a dataset.json, unless inside another data set.

    Recordings elsewhere are label/name.csv in any folder.
    """
    roots = {path for path in noted if _root_of(path, noted - {path}) is None}
    others = [parts for parts in recordings if _root_of(parts, roots) is None]
    deepest = max(map(len, others), default=0)
    return roots | {parts[: max(deepest - 2, 0)] for parts in others if len(parts) >= deepest - 1}


def _root_of(parts: _Path, roots: set[_Path]) -> _Path | None:
    """The innermost of the roots that contain the path."""
    for length in range(len(parts), -1, -1):
        if parts[:length] in roots:
            return parts[:length]
    return None
