"""Merging recordings of other programs and other people into a data set's folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from microbit_ml.common.wording import plural
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.archive import Progress, joined
from microbit_ml.recordings.notes import Notes
from microbit_ml.recordings.recording import HIGHEST_COUNT
from microbit_ml.recordings.store import Store

MOST_LINES = 5  # about one kind of thing

# digest -> label -> the recording's place in the folder
Places = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Merged:
    """What became of recordings that were merged into a folder.

    added, present: recordings by label, new ones and those that the folder had already;
    empty_labels: labels that came without recordings, and that the folder has none of either;
    n_named: recordings that the folder had, and of which it is now known who made them; notes:
    sentences about what may need a decision.
    """

    added: Counter[str]
    present: Counter[str]
    empty_labels: list[str]
    n_named: int
    notes: list[str]


def merge(
    folder: Path,
    parts: Sequence[tuple[Path, Dataset]],
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> Merged:
    """Add the recordings of all parts to a data set's folder; what is there already stays as it is.

    parts: where each comes from, and what was read there; ``progress(done, total)`` is called
    while recordings are saved, ``waiting()`` when another program holds the folder for long.
    Raises DataError when the folder cannot take a label, OSError when the disk is full or may not
    be written.
    """
    incoming = joined([data for _, data in parts])
    incoming.check(folder)
    unknown = unknown_subjects(folder, incoming)
    store = Store(folder)
    paths = incoming.save_in(store, progress, waiting)
    added = Counter(one.label for one, path in zip(incoming, paths, strict=True) if path)
    present = Counter(one.label for one, path in zip(incoming, paths, strict=True) if not path)
    new = {(one.label, one.digest) for one, path in zip(incoming, paths, strict=True) if path}
    with store.locked(waiting):
        contents = store.digests()
    filled = {label for labels in contents.values() for label in labels}
    notes = Notes.read(folder)
    return Merged(
        added,
        present,
        [label for label in incoming.empty_labels if label not in filled],
        sum(bool(notes.of(*key).get("subject")) for key in unknown - new),
        merge_notes(store, notes, parts),
    )


def unknown_subjects(folder: Path, data: Dataset) -> set[tuple[str, str]]:
    """Label and digest of the recordings of which the folder does not know who made them."""
    notes = Notes.read(folder)
    keys = {(recording.label, recording.digest) for recording in data}
    return {key for key in keys if not notes.of(*key).get("subject")}


def merge_notes(store: Store, notes: Notes, parts: Sequence[tuple[Path, Dataset]]) -> list[str]:
    """One sentence for each thing about the parts, now in the folder, that may need a decision."""
    places = {
        digest: {label: path.relative_to(store.folder).as_posix() for label, path in own.items()}
        for digest, own in store.digests().items()
    }
    return [
        *_label_conflicts(places, parts),
        *_subject_conflicts(places, notes, parts),
        *_rates(notes, parts),
        *_without_subject(notes, parts),
        *_at_most(_clipped(parts)),
    ]


def _label_conflicts(places: Places, parts: Sequence[tuple[Path, Dataset]]) -> list[str]:
    """The same measurement under two labels: one of them is wrong, and only a person knows."""
    digests = dict.fromkeys(recording.digest for _, data in parts for recording in data)
    return _at_most(
        [
            f"The same measurement has {plural(len(places[digest]), 'label')}: "
            f"{' and '.join(sorted(places[digest].values()))}. Both were kept; delete the file "
            "with the wrong label."
            for digest in digests
            if len(places.get(digest, ())) > 1
        ]
    )


def _subject_conflicts(
    places: Places, notes: Notes, parts: Sequence[tuple[Path, Dataset]]
) -> list[str]:
    found = []
    for path, data in parts:
        for recording in data:
            noted = notes.of(recording.label, recording.digest).get("subject", "")
            if recording.subject not in ("", noted):
                place = places.get(recording.digest, {}).get(recording.label, recording.path)
                found.append(
                    f"{place} is by {noted}, but {path} says that {recording.subject} made it. "
                    f"{noted} was kept."
                )
    return _at_most(found)


def _rates(notes: Notes, parts: Sequence[tuple[Path, Dataset]]) -> list[str]:
    return [
        f"{path} has {data.rate_hz:g} samples a second, the data set {notes.rate_hz:g}. Each "
        "recording keeps its own times, so they can be used together."
        for path, data in parts
        if data.rate_hz != notes.rate_hz
    ]


def _clipped(parts: Sequence[tuple[Path, Dataset]]) -> list[str]:
    """Recordings of a sensor with a wider range than a micro:bit's, such as a phone's.

    A micro:bit itself says 2047 counts at most, so 2048 is what conversion has cut.
    """
    found = []
    for path, data in parts:
        cut = sum(bool((recording.samples == HIGHEST_COUNT).any()) for recording in data)
        if cut:
            found.append(
                f"{plural(cut, 'recording')} of {path} went beyond 2 g, more than a micro:bit "
                "measures, and were cut there, as a board would have."
            )
    return found


def _without_subject(notes: Notes, parts: Sequence[tuple[Path, Dataset]]) -> list[str]:
    """Data sets that pupils hand in should say who moved: people are counted and held out."""
    found = []
    for path, data in parts:
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
