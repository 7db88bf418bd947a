"""A data set in one file: a zip of its own folder form, to hand on to somebody.

::

    gestures.zip
      gestures/dataset.json
      gestures/shake/shake-01.csv
      ...

Any tool opens it, and any tool may have made it: a zip of a data set's folder, of what is in the
folder, of several such folders, or of several such zips, as learning platforms collect them.
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
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.csv_file import format_csv, parse_recording
from microbit_ml.recordings.dataset import Dataset, usual_rate
from microbit_ml.recordings.folders import FreeNames, label_folder_names
from microbit_ml.recordings.formats.zip_members import (
    BROKEN,
    LARGEST_ZIP,
    Member,
    ZipReader,
    is_hidden,
    too_large,
)
from microbit_ml.recordings.names import file_name, text_of
from microbit_ml.recordings.notes import FILE_NAME, Notes

Progress = Callable[[int, int], None]  # how many recordings are done, of how many
_DATE = (2000, 1, 1, 0, 0, 0)  # of every file: the same data set gives the same bytes
_ENDINGS = (".csv", FILE_NAME)


def write_zip(data: Dataset, path: str | Path, progress: Progress | None = None) -> int:
    """Write the data set into one zip file, whole or not at all; how many recordings it holds.

    The same recording twice under one label is written once. Raises DataError for labels that
    cannot be folders side by side (see :meth:`Dataset.save`), OSError when the disk is full or
    may not be written.
    """
    path = Path(path)
    top = PurePosixPath(file_name(path.stem or "recordings"))
    folders = label_folder_names([*(r.label for r in data), *data.empty_labels])
    notes = Notes.empty()
    notes.provenance += data.provenance
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
    info.create_system = 3  # Unix, so that these permissions count
    mode = stat.S_IFDIR | 0o755 if folder else stat.S_IFREG | 0o644
    info.external_attr = mode << 16 | (0x10 if folder else 0)
    info.compress_type = zipfile.ZIP_STORED if folder else zipfile.ZIP_DEFLATED
    return info


def read_zip(path: str | Path, progress: Progress | None = None) -> Dataset:
    """Read the data set in a zip file; several in one file are joined.

    Raises FileMissingError, or DataError that names the zip, the file in it and what to do: for a
    zip that is damaged, locked with a password or too large, for one without recordings, and for
    a damaged recording. A bad recording is never left out silently.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_ZIP:
            raise too_large(str(path), path.stat().st_size)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    roots = _roots_with_recordings(content, str(path))
    total = sum(len(root.recordings) for root in roots)
    update = progress or (lambda done, total: None)
    parts: list[Dataset] = []
    done = 0
    for root in roots:
        parts.append(root.read(partial(_further, update, done, total)))
        done += len(root.recordings)
    return joined(parts)


def _further(update: Progress, before: int, total: int, done: int) -> None:
    update(before + done, total)


def load_folders(folder: Path) -> Dataset:
    """Read a data set's folder, or the data sets somewhere in a folder, joined.

    A zip that was unpacked often has its data set one folder further in. Raises what
    :meth:`Dataset.load` raises, and DataError for a recording that belongs to none of them.
    """
    if not folder.is_dir() or (folder / FILE_NAME).exists():
        return Dataset.load(folder)
    files = [path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file()]
    files = [parts for parts in files if not any(map(is_hidden, parts))]
    noted = {parts[:-1] for parts in files if parts[-1] == FILE_NAME}
    if not noted:
        return Dataset.load(folder)
    recordings = [parts for parts in files if parts[-1].lower().endswith(".csv")]
    places = _places(recordings, noted)
    for parts in recordings:
        if _place_of(parts, places) is None:
            raise _outside(str(folder.joinpath(*parts)), f"the data sets in {folder}")
    return joined([Dataset.load(folder.joinpath(*place)) for place in sorted(places)])


def is_npz(path: Path) -> bool:
    """Whether a zip file holds NumPy's arrays and not recordings; by its ending when damaged."""
    try:
        with zipfile.ZipFile(path) as file:
            return any(name.endswith(".npy") for name in file.namelist())
    except BROKEN:
        return path.suffix.lower() != ".zip"


def joined(parts: Sequence[Dataset]) -> Dataset:
    """All parts as one data set; its rate is the one that most recordings have."""
    recordings = [recording for part in parts for recording in part]
    rates: Counter[float] = Counter()
    provenance = []
    for part in parts:
        rates[part.rate_hz] += len(part)
        provenance += [entry for entry in part.provenance if entry not in provenance]
    filled = {recording.label for recording in recordings}
    empty_labels = {label for part in parts for label in part.empty_labels} - filled
    rate_hz = max(rates, key=lambda rate: (rates[rate], rate))
    return Dataset(recordings, rate_hz, provenance, sorted(empty_labels))


@dataclass
class _Root:
    """A data set's folder in a zip: what :meth:`Dataset.load` finds in a folder."""

    folders: set[str] = field(default_factory=set)  # the labels
    recordings: list[tuple[str, Member]] = field(default_factory=list)  # label and file
    notes: Member | None = None

    def read(self, progress: Callable[[int], None]) -> Dataset:
        """The recordings with what the notes say of them, sorted by label and name."""
        notes = Notes.empty()
        if self.notes is not None:
            notes = Notes.parse(self.notes.content or b"", self.notes.where)
        recordings = []
        for done, (label, member) in enumerate(self.recordings, start=1):
            stem = member.name[: -len(".csv")]
            recording = parse_recording(member.content or b"", member.where, text_of(stem), label)
            recordings.append(notes.applied(recording))
            progress(done)
        recordings.sort(key=lambda recording: (recording.label, recording.name))
        empty_labels = self.folders - {label for label, _ in self.recordings}
        rate_hz = notes.rate_hz or usual_rate(recordings)
        return Dataset(recordings, rate_hz, notes.provenance, sorted(empty_labels))


def _roots_with_recordings(content: bytes, where: str) -> list[_Root]:
    """The data sets in a zip; in the zips in it, when it holds no recordings itself."""
    reader = ZipReader()
    roots = _roots(reader.members(content, where, _ENDINGS))
    if not any(root.recordings for root in roots):
        for member in reader.members(content, where, (".zip",)):
            if member.content is not None:
                roots += _roots(reader.members(member.content, member.where, _ENDINGS))
    if not any(root.recordings for root in roots):
        labels = sorted({label for root in roots for label in root.folders})
        only = f" (only the empty folders {', '.join(labels)})" if labels else ""
        raise DataError(
            f"{where} holds no recordings{only}. A data set's zip has a folder for each label with "
            ".csv files in it; make one with: microbit-ml export DATASET -o FILE.zip"
        )
    return [root for root in roots if root.recordings or root.folders]


def _roots(members: list[Member]) -> list[_Root]:
    """The members sorted into the data sets that they belong to."""
    notes = {m.parts[:-1]: m for m in members if m.content is not None and m.name == FILE_NAME}
    places = _places([m.parts for m in members if _is_recording(m)], set(notes))
    roots = {place: _Root(notes=notes.get(place)) for place in sorted(places)}
    for member in members:
        place = _place_of(member.parts, places)
        if place is None:
            if _is_recording(member):
                raise _outside(member.where, "the data set in that zip")
            continue
        folders = member.parts[len(place) : len(member.parts) - (not member.is_folder)]
        if len(folders) == 1:
            roots[place].folders.add(text_of(folders[0]))
        if _is_recording(member):
            if len(folders) > 1:
                raise DataError(
                    f"{member.where} lies in a folder inside the label {folders[0]!r}. Labels do "
                    "not nest: move the folder one level up, then zip the data set again."
                )
            roots[place].recordings.append((text_of(folders[0]) if folders else "", member))
    return list(roots.values())


def _outside(where: str, what: str) -> DataError:
    return DataError(
        f"{where} lies outside {what}. Put it into the folder of a label there, and try again."
    )


def _is_recording(member: Member) -> bool:
    return member.content is not None and member.name != FILE_NAME


_Place = tuple[str, ...]  # the folders that lead to a data set


def _places(recordings: list[_Place], noted: set[_Place]) -> set[_Place]:
    """Where data sets are: at each dataset.json, unless it lies inside another data set.

    Recordings elsewhere are label/name.csv, in whatever folders those stand.
    """
    places = {place for place in noted if _place_of(place, noted - {place}) is None}
    others = [parts for parts in recordings if _place_of(parts, places) is None]
    deepest = max(map(len, others), default=0)
    return places | {parts[: max(deepest - 2, 0)] for parts in others if len(parts) >= deepest - 1}


def _place_of(parts: _Place, places: set[_Place]) -> _Place | None:
    """The innermost of the places in which the parts lie."""
    for length in range(len(parts), -1, -1):
        if parts[:length] in places:
            return parts[:length]
    return None
