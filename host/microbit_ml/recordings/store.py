"""Store: a data set's folder that several programs may write at the same time.

Whoever adds recordings holds the folder's lock for a moment, looks at what others have added since
(``recordings.jsonl`` grows at its end only), creates each file where none is yet, and appends a
line for it. So two imports, a collecting board and a pupil with a file manager can all work on one
folder, and no recording takes another's place. Readers need no lock: files appear whole.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from microbit_ml.common.files import create_whole, remove_litter
from microbit_ml.common.locks import file_lock
from microbit_ml.errors import DataError
from microbit_ml.recordings import journal
from microbit_ml.recordings.csv_file import format_csv, read_csv
from microbit_ml.recordings.faces import Face, Faces, merged
from microbit_ml.recordings.folders import FreeNames, csv_files, label_folders
from microbit_ml.recordings.notes import Notes
from microbit_ml.recordings.recording import Recording

WRITERS = 8  # threads that write files: most of their time they wait for the disk
FEW = 20  # new recordings, for which threads are not worth it


@dataclass
class _LabelFolder:
    """One label's folder: the digest of each recording and its file, and the names in use."""

    digests: dict[str, Path] = field(default_factory=dict)
    names: FreeNames = field(default_factory=FreeNames)


class Store:
    """The folder of a data set, for adding recordings. One store serves one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._label_folders: dict[Path, _LabelFolder] = {}
        self._known: dict[str, tuple[int, int, str]] = {}  # file: size, time_ns, digest
        self._read_to = 0
        self._lines: list[dict[str, Any]] = []
        self._is_clean = False
        self._created: list[Path] = []  # since the lock was taken
        self.notes = Notes.empty()

    @contextlib.contextmanager
    def locked(self, waiting: Callable[[], None] | None = None) -> Iterator[Store]:
        """Hold the folder's lock. What was added meanwhile is in the journal when it ends.

        Raises LockedError when another program holds it too long.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with file_lock(self.folder / journal.FILE_NAME, waiting):
            if not self._is_clean:
                remove_litter(self.folder)
                self._is_clean = True
            self._catch_up()
            self._created = []
            try:
                yield self
            finally:
                self._flush()

    def add(
        self, recordings: Sequence[Recording], folders: Mapping[str, Path]
    ) -> list[Path | None]:
        """Add recordings; of each the new file, or None where its label has it already.

        Only while the lock is held; folders: label -> its folder. What is known of them is on the
        disk before they are: a crash leaves no recording without its subject.
        """
        new: list[bool] = []
        seen: set[tuple[str, str]] = set()
        for one in recordings:
            there = self._contents(folders[one.label]).digests.get(one.digest)
            is_new = (one.label, one.digest) not in seen and (there is None or not there.exists())
            seen.add((one.label, one.digest))
            self._note(self.notes.add(one) if is_new else self.notes.complete(one))
            new.append(is_new)
        self._flush()
        jobs = [(one, self._free_path(one, folders[one.label])) if is_new else None
                for one, is_new in zip(recordings, new, strict=True)]  # fmt: skip
        if sum(new) < FEW:
            return [job and self._create(*job) for job in jobs]
        with ThreadPoolExecutor(WRITERS) as pool:  # a disk takes several files at once
            return list(pool.map(lambda job: job and self._create(*job), jobs))

    def _free_path(self, recording: Recording, label_folder: Path) -> Path:
        name = recording.name or recording.label or "recording"
        return label_folder / f"{self._contents(label_folder).names.take(name)}.csv"

    def _create(self, recording: Recording, path: Path) -> Path:
        """Write a recording to the path, or to the next free one."""
        label_folder, content = path.parent, format_csv(recording)
        label_folder.mkdir(exist_ok=True)
        while True:
            try:
                create_whole(path, content)
            except FileExistsError:  # somebody put it there by hand a moment ago
                path = self._free_path(recording, label_folder)
                continue
            self._created.append(path)
            self._contents(label_folder).digests[recording.digest] = path
            self._note(self._facts(path, recording.digest))
            return path

    def write_head(
        self, rate_hz: float, provenance: Sequence[Any] = (), faces: Faces | None = None
    ) -> None:
        """Write ``dataset.json`` as it is on the disk now, with further provenance and faces."""
        head = Notes.read_head(self.folder)
        head.provenance += [one for one in provenance if one not in head.provenance]
        head.faces = merged(head.faces, faces or {})
        head.write(self.folder, rate_hz)
        self.notes.rate_hz = rate_hz if head.rate_hz is None else head.rate_hz

    def set_face(self, label: str, face: Face, rate_hz: float, labels: Sequence[str]) -> None:
        """Set a label's icon and sound in ``dataset.json``; its place among the labels stays.

        labels: all of them, in their order.
        """
        head = Notes.read_head(self.folder)
        head.faces = {one: head.faces.get(one, Face()) for one in (*head.faces, *labels)}
        head.faces[label] = face
        head.write(self.folder, rate_hz)

    def undo(self) -> None:
        """Remove the files that were created since the lock was last taken."""
        for path in self._created:
            self.forget(path)
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
        self._created = []
        self._lines = []

    def forget(self, path: Path) -> None:
        """A file that this program has removed: its name and its recording are free again."""
        contents = self._label_folders.get(path.parent)
        if contents is not None:
            contents.names.discard(path.stem)
            contents.digests = {d: file for d, file in contents.digests.items() if file != path}

    def digests(self) -> dict[str, dict[str, Path]]:
        """Digest -> label -> file of every recording, as far as they can be read."""
        found: dict[str, dict[str, Path]] = {}
        for label_folder, label in label_folders(self.folder):
            for digest, path in self._contents(label_folder).digests.items():
                found.setdefault(digest, {}).setdefault(label, path)
        return found

    def _contents(self, label_folder: Path) -> _LabelFolder:
        """What a label's folder holds; a file that no line describes is read, and noted."""
        if label_folder not in self._label_folders:
            contents = self._label_folders[label_folder] = _LabelFolder()
            if label_folder.is_dir():
                remove_litter(label_folder)
                for path in csv_files(label_folder):
                    contents.names.add(path.stem)
                    digest = self._digest_of(path)
                    if digest:
                        contents.digests.setdefault(digest, path)
        return self._label_folders[label_folder]

    def _digest_of(self, path: Path) -> str:
        """The digest of a file's recording; "" for a damaged file, which keeps its name."""
        facts = path.stat()
        size, time_ns, digest = self._known.get(self._inside(path), (0, 0, ""))
        if digest and (size, time_ns) == (facts.st_size, facts.st_mtime_ns):
            return digest
        try:
            digest = read_csv(path).digest
        except DataError:
            return ""  # Dataset.load explains it
        self._note(self._facts(path, digest, facts))
        return digest

    def _facts(self, path: Path, digest: str, facts: os.stat_result | None = None) -> dict:
        facts = facts or path.stat()
        inside = self._inside(path)
        self._known[inside] = (facts.st_size, facts.st_mtime_ns, digest)
        return {
            "file": inside, "size": facts.st_size, "time_ns": facts.st_mtime_ns, "digest": digest,
        }  # fmt: skip

    def _inside(self, path: Path) -> str:
        """The file's path in the folder: a file of its own, or one in a label's folder."""
        return path.name if path.parent == self.folder else f"{path.parent.name}/{path.name}"

    def _note(self, line: dict[str, Any]) -> None:
        if line:
            self._lines.append(line)

    def _catch_up(self) -> None:
        """Apply what was appended to the journal since it was last read."""
        path = self.folder / journal.FILE_NAME
        size = path.stat().st_size if path.exists() else 0
        if size < self._read_to or not self._read_to:
            self._read_to = 0
            self._label_folders.clear()
            self._known.clear()
            self.notes = Notes.read_head(self.folder)
        lines, self._read_to = journal.read_lines(path, self._read_to)
        for line in lines:
            self.notes.apply(line)
            if "file" in line:
                self._learn_of(line)

    def _learn_of(self, line: dict[str, Any]) -> None:
        file, digest = line["file"], line.get("digest", "")
        self._known[file] = (line.get("size", 0), line.get("time_ns", 0), digest)
        path = self.folder / file
        contents = self._label_folders.get(path.parent)
        if contents is not None:
            contents.names.add(path.stem)
            contents.digests[digest] = path

    def _flush(self) -> None:
        """Append the lines that were noted while the lock was held."""
        if self._lines:
            self._read_to = journal.append(self.folder / journal.FILE_NAME, self._lines)
            self._lines = []
