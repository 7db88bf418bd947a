"""Writing a data set into one file: the formats, and what each cannot store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.faces import Face, with_icons
from microbit_ml.recordings.formats.archive import Progress, write_zip
from microbit_ml.recordings.formats.createai import RATE_HZ, write_createai
from microbit_ml.recordings.formats.edge_impulse import is_even, write_edge_impulse
from microbit_ml.recordings.formats.ml_machine import write_ml_machine
from microbit_ml.recordings.formats.npz import write_npz
from microbit_ml.recordings.formats.plain_csv import write_plain_csv
from microbit_ml.recordings.pictures import CREATEAI
from microbit_ml.recordings.window import resample

_EVEN = "time stamps (50 samples a second are assumed)"


def _keeps_none(face: Face) -> bool:
    return False


def _keeps_all(face: Face) -> bool:
    return True


def _createai_keeps(face: Face) -> bool:
    return not face.sound and (not face.icon or face.icon in CREATEAI)


@dataclass(frozen=True)
class Format:
    """A file format for a whole data set.

    lacks: what it cannot store, beside the provenance; has_people: whether it stores who moved;
    has_sources: whether it stores where each recording came from, such as a simulation;
    keeps_face: whether it stores a label's icon and sound;
    even: whether its time stamps are evenly spaced; at_50_hz: whether it assumes 50 samples a
    second.
    """

    write: Callable[[Dataset, Path], int]
    lacks: str = ""
    has_people: bool = True
    has_sources: bool = False
    keeps_face: Callable[[Face], bool] = _keeps_none
    even: bool = False
    at_50_hz: bool = False

    def lost_faces(self, data: Dataset) -> list[str]:
        """The labels whose icon or sound the format cannot store."""
        faces = with_icons(data.faces).items()
        present = data.ordered_labels
        return [label for label, face in faces if label in present and not self.keeps_face(face)]

    def n_changed(self, data: Dataset) -> int:
        """The number of recordings whose samples or times change to fit the format."""
        if self.at_50_hz:
            return sum(not np.array_equal(resample(one, RATE_HZ), one.samples) for one in data)
        return sum(not is_even(one, data.rate_hz) for one in data) if self.even else 0


FORMATS = {
    "zip": Format(write_zip, has_sources=True, keeps_face=_keeps_all),
    "npz": Format(write_npz, has_sources=True, keeps_face=_keeps_all),
    "csv": Format(
        write_plain_csv,
        "the data set's rate, sources of recordings, and labels without recordings",
    ),
    "createai": Format(
        write_createai,
        f"people, boards, names of recordings and {_EVEN}",
        has_people=False,
        keeps_face=_createai_keeps,
        even=True,
        at_50_hz=True,
    ),
    "ml-machine": Format(
        write_ml_machine,
        f"people, boards, names of recordings and {_EVEN}",
        has_people=False,
        even=True,
        at_50_hz=True,
    ),
    "edge-impulse": Format(
        write_edge_impulse,
        "uneven time stamps, and labels without recordings",
        has_sources=True,
        even=True,
    ),
    "edge-impulse-csv": Format(
        partial(write_edge_impulse, kind="csv"), "labels without recordings", has_sources=True
    ),
}
BY_ENDING = {".zip": "zip", ".npz": "npz", ".csv": "csv"}


def write_file(data: Dataset, path: Path, name: str, progress: Progress | None = None) -> int:
    """Write the data set in the format of this name; return the number of recordings in it.

    ``progress(done, total)`` is called while a zip is written. The file is written atomically.
    Raises DataError when the format cannot store the data set, OSError when the disk is full or may
    not be written.
    """
    if name == "zip":
        return write_zip(data, path, progress)
    return FORMATS[name].write(data, path)
