"""Many recordings in one NumPy file (``.npz``).

Arrays in it: ``samples`` (N, 3) with the recordings one after the other; ``offsets`` (n + 1,):
recording i is samples[offsets[i]:offsets[i + 1]]; ``labels`` (n,): index into ``label_names``;
``subjects`` (n,): a number for each person, -1 for unknown; ``rate_hz``; ``unit``: "counts"
(1/1024 g) or "mg" (1/1000 g).

Optional: ``time_ms`` (N,), each sample's time from the start of its recording (default:
every 1000 / rate_hz); ``subject_names``: the name of each number in ``subjects``; ``names``,
``boards`` and ``sources`` (n,), "" for unknown; ``icons`` and ``sounds``, one for each of
``label_names``, "" for none.
"""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from microbit_ml.common.files import write_whole
from microbit_ml.common.inputs import read_input
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.faces import Face
from microbit_ml.recordings.formats.npz_arrays import read_arrays
from microbit_ml.recordings.formats.zip_members import LARGEST_ZIP, MOST_ENTRIES
from microbit_ml.recordings.recording import (
    COUNTS_PER_G,
    HIGHEST_RATE_HZ,
    LOWEST_RATE_HZ,
    Recording,
    composed,
)

COUNTS_PER_UNIT = {"counts": 1.0, "mg": COUNTS_PER_G / 1000}
_TEXTS = ("names", "boards", "sources")  # one for each recording, each optional


def write_npz(data: Dataset, path: str | Path) -> int:
    """Write the data set in the format above, atomically; return its number of recordings.

    Everything but the provenance is stored. Raises DataError when there is no recording, OSError
    when the disk is full or may not be written.
    """
    if not data.recordings:
        raise DataError(f"There are no recordings to write to {path}. Record or import some.")
    label_names = data.ordered_labels
    if any(not recording.label for recording in data):
        label_names = ["", *label_names]
    faces = [data.faces.get(label, Face()) for label in label_names]
    looks: dict[str, Any] = {
        "icons": np.array([face.icon for face in faces], dtype=np.str_),
        "sounds": np.array([face.sound for face in faces], dtype=np.str_),
    }
    subject_names = data.subjects
    number_of = {name: number for number, name in enumerate(subject_names)} | {"": -1}
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        samples=np.concatenate([recording.samples for recording in data]),
        time_ms=np.concatenate([recording.time_ms for recording in data]),
        offsets=np.cumsum([0, *map(len, data)]),
        labels=np.array([label_names.index(recording.label) for recording in data]),
        label_names=np.array(label_names),
        subjects=np.array([number_of[recording.subject] for recording in data]),
        subject_names=np.array(subject_names, dtype=np.str_),
        names=np.array([recording.name for recording in data]),
        boards=np.array([recording.board for recording in data]),
        sources=np.array([recording.source for recording in data]),
        rate_hz=np.float64(data.rate_hz),
        unit=np.array("counts"),
        **(looks if data.faces else {}),
    )
    write_whole(Path(path), packed.getvalue())
    return len(data)


def read_npz(path: str | Path) -> Dataset:
    """Read the ``.npz`` format above as a data set in counts, clipped at +-2 g.

    Subjects without a name are called ``FILE-00``, ``FILE-01`` after the file, so that people of
    different files stay different. Raises FileMissingError, or DataError that names the file and
    the problem.
    """
    path = Path(path)
    arrays = _load(path)
    factor = COUNTS_PER_UNIT.get(str(arrays["unit"]))
    if factor is None:
        raise _bad(path, f"its unit is {str(arrays['unit'])[:40]!r} instead of 'counts' or 'mg'")
    rate_hz = arrays["rate_hz"]
    if not LOWEST_RATE_HZ <= float(rate_hz) <= HIGHEST_RATE_HZ:
        raise _bad(
            path,
            f"its rate_hz is {rate_hz} instead of {LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:,} "
            "samples a second",
        )
    offsets, labels, subjects = _checked_lists(path, arrays)
    try:
        names = [composed(str(name), "label") for name in arrays["label_names"]]
        faces = _faces(arrays, names)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    texts = {name: arrays[name].tolist() for name in _TEXTS if name in arrays}
    people = arrays.get("subject_names")
    n_of_label = [0] * len(names)
    recordings = []
    for i, (label, subject) in enumerate(zip(labels, subjects, strict=True)):
        n_of_label[label] += 1
        rows = slice(offsets[i], offsets[i + 1])
        person = ""
        if subject >= 0:
            person = f"{path.stem}-{subject:02d}" if people is None else str(people[subject])
        name = f"{names[label]}-{n_of_label[label]:03d}"
        try:
            recordings.append(
                Recording(
                    arrays["samples"][rows].astype(np.float64) * factor,
                    names[label],
                    arrays["time_ms"][rows] if "time_ms" in arrays else None,
                    person,
                    texts["names"][i] if "names" in texts else name,
                    texts["boards"][i] if "boards" in texts else "",
                    texts["sources"][i] if "sources" in texts else path.name,
                    rate_hz=float(rate_hz),
                )
            )
        except DataError as error:
            raise DataError(f"{path}, recording {i}: {error}") from error
    return Dataset(
        recordings,
        float(rate_hz),
        [{"kind": "npz", "file": path.name, "recordings": len(recordings)}],
        sorted(name for name, n in zip(names, n_of_label, strict=True) if n == 0),
        faces,
    )


def _faces(arrays: dict[str, np.ndarray], names: list[str]) -> dict[str, Face]:
    """The icon and sound of each label, in the labels' order; none if the file has neither."""
    if not {"icons", "sounds"} & arrays.keys():
        return {}
    none = [""] * len(names)
    icons, sounds = (arrays[one].tolist() if one in arrays else none for one in ("icons", "sounds"))
    return {
        name: Face.of(icon, sound)
        for name, icon, sound in zip(names, icons, sounds, strict=True)
        if name
    }


def _load(path: Path) -> dict[str, np.ndarray]:
    """The arrays by name; never pickled objects, which could run code."""
    try:
        content = read_input(path, LARGEST_ZIP, "npz file of recordings")
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    return read_arrays(content, partial(_bad, path))


def _checked_lists(path: Path, arrays: dict[str, np.ndarray]) -> list[list[int]]:
    """offsets, labels and subjects as lists of int that fit each other and the samples."""
    samples, names = arrays["samples"], arrays["label_names"]
    offsets, labels, subjects = (arrays[name] for name in ("offsets", "labels", "subjects"))
    if len(offsets) - 1 != len(labels) or len(labels) == 0:
        raise _bad(
            path,
            f"{len(offsets)} offsets, {len(labels)} labels and {len(subjects)} subjects do not fit "
            "(n + 1, n and n, with n at least 1)",
        )
    if offsets[0] != 0 or offsets[-1] != len(samples) or np.any(offsets[1:] <= offsets[:-1]):
        raise _bad(path, "offsets must rise from 0 to the number of samples")
    if labels.min() < 0 or labels.max() >= len(names):
        raise _bad(
            path,
            f"labels must be in 0..{len(names) - 1}, but range from {labels.min()} to "
            f"{labels.max()}",
        )
    people = arrays.get("subject_names")
    if subjects.max() >= (MOST_ENTRIES if people is None else len(people)):
        raise _bad(path, f"subjects go up to {subjects.max()}, beyond subject_names")
    return [one.tolist() for one in (offsets, labels, subjects)]


def _bad(path: Path, problem: str) -> DataError:
    return DataError(f"{path} cannot be read as recordings: {problem}. Save or download it again.")
