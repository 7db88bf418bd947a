"""Merging recordings of other programs and other people into a data set's folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from microbit_ml.common.wording import plural
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.archive import Progress, joined
from microbit_ml.recordings.names import alike_labels
from microbit_ml.recordings.notes import Notes
from microbit_ml.recordings.recording import HIGHEST_COUNT
from microbit_ml.recordings.store import Store

MOST_LINES = 5  # about one kind of thing

# digest -> label -> the recording's path in the folder
Paths = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Merged:
    """The result of merging recordings into a folder.

    added, present: recordings by label, new ones and those that the folder had already;
    empty_labels: labels that have no recordings, neither in the sources nor in the folder;
    n_named: recordings in the folder that got a subject by this merge; notes: sentences about
    what may need a decision.
    """

    added: Counter[str]
    present: Counter[str]
    empty_labels: list[str]
    n_named: int
    notes: list[str]


def merge(
    folder: Path,
    sources: Sequence[tuple[Path, Dataset]],
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> Merged:
    """Add the recordings of all sources to a data set's folder; nothing in it is changed.

    sources: the path of each, and the data set that was read there; ``progress(done, total)`` is
    called while recordings are saved, ``waiting()`` when another program keeps the folder locked
    for long.
    Raises DataError when the folder cannot take a label, OSError when the disk is full or may not
    be written.
    """
    incoming = joined([data for _, data in sources])
    incoming.check(folder)
    store = Store(folder)
    with store.locked(waiting):
        unknown = unknown_subjects(store.notes, incoming)
    paths = incoming.save_in(store, progress, waiting)
    added = Counter(one.label for one, path in zip(incoming, paths, strict=True) if path)
    present = Counter(one.label for one, path in zip(incoming, paths, strict=True) if not path)
    new = {(one.label, one.digest) for one, path in zip(incoming, paths, strict=True) if path}
    with store.locked(waiting):
        contents = store.digests()
    filled = {label for labels in contents.values() for label in labels}
    notes = store.notes
    return Merged(
        added,
        present,
        [label for label in incoming.empty_labels if label not in filled],
        sum(bool(notes.of(*key).get("subject")) for key in unknown - new),
        merge_notes(folder, contents, notes, sources),
    )


def unknown_subjects(notes: Notes, data: Dataset) -> set[tuple[str, str]]:
    """Label and digest of the recordings that have no subject in a folder's notes."""
    keys = {(recording.label, recording.digest) for recording in data}
    return {key for key in keys if not notes.of(*key).get("subject")}


def merge_notes(
    folder: Path,
    contents: Mapping[str, Mapping[str, Path]],
    notes: Notes,
    sources: Sequence[tuple[Path, Dataset]],
) -> list[str]:
    """Sentences about the merged recordings, each on something that may need a decision.

    contents: of the folder, digest -> label -> file.
    """
    merged = {recording.digest for _, data in sources for recording in data}
    paths = {
        digest: {
            label: path.relative_to(folder).as_posix() for label, path in contents[digest].items()
        }
        for digest in merged & contents.keys()
    }
    labels = {label for own in paths.values() for label in own}
    return [
        *_at_most(alike_labels(labels)),
        *_label_conflicts(paths, sources),
        *_subject_conflicts(paths, notes, sources),
        *_rates(notes, sources),
        *_without_subject(notes, sources),
        *_at_most(_clipped(sources)),
    ]


def _label_conflicts(paths: Paths, sources: Sequence[tuple[Path, Dataset]]) -> list[str]:
    """The same measurement under two labels: one is wrong, and only a person can tell which."""
    digests = dict.fromkeys(recording.digest for _, data in sources for recording in data)
    return _at_most(
        [
            f"The same measurement has {plural(len(paths[digest]), 'label')}: "
            f"{' and '.join(sorted(paths[digest].values()))}. Both were kept; delete the file "
            "with the wrong label."
            for digest in digests
            if len(paths.get(digest, ())) > 1
        ]
    )


def _subject_conflicts(
    paths: Paths, notes: Notes, sources: Sequence[tuple[Path, Dataset]]
) -> list[str]:
    found = []
    for path, data in sources:
        for recording in data:
            noted = notes.of(recording.label, recording.digest).get("subject", "")
            if recording.subject not in ("", noted):
                file = paths.get(recording.digest, {}).get(recording.label, recording.path)
                found.append(
                    f"{file} is by {noted}, but {path} says that {recording.subject} made it. "
                    f"{noted} was kept."
                )
    return _at_most(found)


def _rates(notes: Notes, sources: Sequence[tuple[Path, Dataset]]) -> list[str]:
    return [
        f"{path} has {data.rate_hz:g} samples a second, the data set {notes.rate_hz:g}. Each "
        "recording keeps its own time stamps, so they can be used together."
        for path, data in sources
        if data.rate_hz != notes.rate_hz
    ]


def _clipped(sources: Sequence[tuple[Path, Dataset]]) -> list[str]:
    """Recordings of a sensor with a wider range than a micro:bit's, such as a phone's.

    A micro:bit itself reads 2047 counts at most, so 2048 was clipped by the conversion.
    """
    found = []
    for path, data in sources:
        cut = sum(bool((recording.samples == HIGHEST_COUNT).any()) for recording in data)
        if cut:
            found.append(
                f"{plural(cut, 'recording')} of {path} went beyond 2 g, the most that a micro:bit "
                "measures. Values beyond it were clipped, as on a board."
            )
    return found


def _without_subject(notes: Notes, sources: Sequence[tuple[Path, Dataset]]) -> list[str]:
    """Pupils' data sets should say who moved: people are counted and held out."""
    found = []
    for path, data in sources:
        unknown = sum(not notes.of(r.label, r.digest).get("subject") for r in data)
        if unknown and (path.is_dir() or path.suffix.lower() == ".zip"):
            found.append(
                f"{path} does not say who made {plural(unknown, 'recording')}. To note it, import "
                "it again with: --subject NAME"
            )
    return found


def _at_most(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return lines if more <= 0 else [*lines[:MOST_LINES], f"And {more} more like this."]
