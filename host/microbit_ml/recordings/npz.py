"""Reading many recordings from one NumPy file (``.npz``).

Arrays in it: ``samples`` (N, 3) with the recordings one after the other; ``offsets`` (n + 1,):
recording i is samples[offsets[i]:offsets[i + 1]]; ``labels`` (n,): index into ``label_names``;
``subjects`` (n,): a number for each person, -1 for unknown; ``rate_hz``; ``unit``: "counts"
(1/1024 g) or "mg" (1/1000 g).
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.recording import COUNTS_PER_G, Recording, composed

COUNTS_PER_UNIT = {"counts": 1.0, "mg": COUNTS_PER_G / 1000}
_ARRAYS = ("samples", "offsets", "labels", "label_names", "subjects", "rate_hz", "unit")


def read_npz(path: str | Path) -> Dataset:
    """Read the ``.npz`` form above as a data set in counts; what is beyond +-2 g is clipped.

    Subjects are called ``FILE-00``, ``FILE-01`` after the file, so that people of different files
    stay different. Raises FileMissingError, or DataError that names the file and what is wrong.
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
        raise _bad(path, str(error)) from error
    n_of_label = [0] * len(names)
    recordings = []
    for i, (label, subject) in enumerate(zip(labels, subjects, strict=True)):
        n_of_label[label] += 1
        values = arrays["samples"][offsets[i] : offsets[i + 1]].astype(np.float64) * factor
        try:
            recordings.append(
                Recording(
                    values,
                    names[label],
                    subject=f"{path.stem}-{subject:02d}" if subject >= 0 else "",
                    name=f"{names[label]}-{n_of_label[label]:03d}",
                    source=path.name,
                    rate_hz=float(rate_hz),
                )
            )
        except DataError as error:
            raise _bad(path, f"recording {i}: {error}") from error
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
            return {name: file[name] for name in _ARRAYS}
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
        raise _bad(path, f"labels must lie in 0..{len(names) - 1}, but reach {labels.max()}")
    return [one.tolist() for one in lists]


def _bad(path: Path, problem: str) -> DataError:
    return DataError(f"{path} cannot be read as recordings: {problem}. Save or download it again.")
