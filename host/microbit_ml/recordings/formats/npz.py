"""Many recordings in one NumPy file (``.npz``).

Arrays in it: ``samples`` (N, 3) with the recordings one after the other; ``offsets`` (n + 1,):
recording i is samples[offsets[i]:offsets[i + 1]]; ``labels`` (n,): index into ``label_names``;
``subjects`` (n,): a number for each person, -1 for unknown; ``rate_hz``; ``unit``: "counts"
(1/1024 g) or "mg" (1/1000 g).

Optional: ``time_ms`` (N,), each sample's time from the start of its recording (default:
every 1000 / rate_hz); ``subject_names``: the name of each number in ``subjects``; ``names``,
``boards`` and ``sources`` (n,), "" for unknown.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from microbit_ml.common.files import write_whole
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.recording import COUNTS_PER_G, Recording, composed

COUNTS_PER_UNIT = {"counts": 1.0, "mg": COUNTS_PER_G / 1000}
_ARRAYS = ("samples", "offsets", "labels", "label_names", "subjects", "rate_hz", "unit")
_TEXTS = ("names", "boards", "sources")  # one for each recording
_OPTIONAL = ("time_ms", "subject_names", *_TEXTS)


def write_npz(data: Dataset, path: str | Path) -> int:
    """Write the data set in the format above, atomically; return its number of recordings.

    Everything but the provenance is stored. Raises DataError when there is no recording, OSError
    when the disk is full or may not be written.
    """
    if not data.recordings:
        raise DataError(f"There are no recordings to write to {path}. Record or import some.")
    label_names = sorted({recording.label for recording in data} | set(data.empty_labels))
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
    if rate_hz.shape != () or rate_hz.dtype.kind not in "iuf" or not 0 < float(rate_hz) < 1e5:
        raise _bad(path, f"its rate_hz is {rate_hz} instead of samples a second")
    offsets, labels, subjects = _checked_lists(path, arrays)
    try:
        names = [composed(str(name), "label") for name in arrays["label_names"]]
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    texts = _checked_texts(path, arrays, len(labels))
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
    )


def _load(path: Path) -> dict[str, np.ndarray]:
    """The arrays by name; never pickled objects, which could run code."""
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, np.lib.npyio.NpzFile):
            raise _bad(path, "it holds a single array")
        with file:
            missing = [name for name in _ARRAYS if name not in file.files]
            if missing:
                raise _bad(path, f"it has no array {', '.join(missing)}")
            return {name: file[name] for name in (*_ARRAYS, *_OPTIONAL) if name in file.files}
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    except DataError:
        raise
    except (
        OSError,
        ValueError,
        EOFError,
        KeyError,
        TypeError,
        AttributeError,
        MemoryError,
        NotImplementedError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise _bad(path, f"it is damaged ({error})") from error


def _checked_lists(path: Path, arrays: dict[str, np.ndarray]) -> list[list[int]]:
    """offsets, labels and subjects as lists of int that fit each other and the samples."""
    samples, names = arrays["samples"], arrays["label_names"]
    if samples.ndim != 2 or samples.shape[1] != 3 or samples.dtype.kind not in "iuf":
        raise _bad(path, f"samples are {samples.dtype} {samples.shape} instead of numbers (N, 3)")
    lists = [arrays[name] for name in ("offsets", "labels", "subjects")]
    if any(one.ndim != 1 or one.dtype.kind not in "iu" for one in lists) or names.ndim != 1:
        raise _bad(path, "offsets, labels, subjects and label_names must be lists")
    offsets, labels, subjects = lists
    if not len(offsets) - 1 == len(labels) == len(subjects) or len(labels) == 0:
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
    return [one.tolist() for one in lists]


def _checked_texts(
    path: Path, arrays: dict[str, np.ndarray], n_recordings: int
) -> dict[str, list[str]]:
    """Names, boards and sources, where present; checks all optional arrays."""
    n_samples = len(arrays["samples"])
    if "time_ms" in arrays and arrays["time_ms"].shape != (n_samples,):
        raise _bad(path, f"time_ms must be a list of {n_samples}, one for each sample")
    people = arrays.get("subject_names")
    if people is not None:
        if people.ndim != 1 or people.dtype.kind != "U":
            raise _bad(path, "subject_names must be a list of texts")
        if arrays["subjects"].max() >= len(people):
            raise _bad(path, f"subjects go up to {arrays['subjects'].max()}, beyond subject_names")
    texts = {name: arrays[name] for name in _TEXTS if name in arrays}
    for name, array in texts.items():
        if array.shape != (n_recordings,) or array.dtype.kind != "U":
            raise _bad(path, f"{name} must be a list of {n_recordings} texts, one per recording")
    return {name: array.tolist() for name, array in texts.items()}


def _bad(path: Path, problem: str) -> DataError:
    return DataError(f"{path} cannot be read as recordings: {problem}. Save or download it again.")
