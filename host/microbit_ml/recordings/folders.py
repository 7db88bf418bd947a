"""The folders and file names of a data set: which there are, and which are free.

A pupil may open, rename, move (to another label) or delete recordings and folders with ordinary
tools. Files and folders that begin with a dot, and files other than ``.csv``, are ignored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from microbit_ml.common.wording import command, quoted
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.names import file_name, text_of, without_case
from microbit_ml.recordings.notes import FILE_NAME as NOTES_NAME

LONGEST_NAME = 200  # bytes; file systems allow 255, and a temporary file's name is a little longer


class FreeNames:
    """Names of files that are free in one folder; each call takes one."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {without_case(name) for name in taken}
        self._counted: dict[tuple[str, int], tuple[int, int]] = {}  # from, to: all taken

    def add(self, name: str) -> None:
        """This file is there."""
        self._taken.add(without_case(name))

    def discard(self, name: str) -> None:
        """This file is gone."""
        self._taken.discard(without_case(name))
        self._counted.clear()

    def take(self, name: str) -> str:
        """A free file name: a name in use is counted up, tap-07 -> tap-08, tap -> tap-2."""
        stem = fitting(name)
        start, dash, digits = _numbered(stem)
        number, width = int(digits or 1), len(digits)
        key = (without_case(start), width)
        first = number
        while without_case(stem) in self._taken:
            begin, end = self._counted.get(key, (0, -1))
            number = end + 1 if begin <= number <= end else number + 1
            stem = fitting(f"{start}{dash}{number:0{width}d}")
        begin, end = self._counted.get(key, (first, -1))
        self._counted[key] = (min(begin, first) if begin <= number <= end + 1 else first, number)
        self._taken.add(without_case(stem))
        return stem


def _numbered(stem: str) -> tuple[str, str, str]:
    """Split a name before its number: tap-07 -> tap, -, 07; without one -> tap, -, ""."""
    match = re.fullmatch(r"(.*?)-([0-9]{1,9})", stem, re.DOTALL)
    return (match[1], "-", match[2]) if match else (stem, "-", "")


def fitting(name: str) -> str:
    """The file name for ``name``; a name that is too long loses its middle."""
    name = _without_middle(name, 2 * LONGEST_NAME)  # a character has at least one byte
    least, most = 0, len(name)
    while least < most:  # the most characters that fit
        middle = (least + most + 1) // 2
        if len(file_name(_without_middle(name, middle)).encode("utf-8")) <= LONGEST_NAME:
            least = middle
        else:
            most = middle - 1
    return file_name(_without_middle(name, least))


def _without_middle(text: str, n_left: int) -> str:
    """The first and the last characters of a text, n_left together."""
    if len(text) <= n_left:
        return text
    last = n_left // 2
    return text[: n_left - last] + text[len(text) - last :]


def require_folder(folder: Path) -> None:
    """Raise FileMissingError or DataError when this is not a folder."""
    if not folder.exists():
        raise FileMissingError(
            f"There is no data set folder {folder}. Check the name, or make it by importing or "
            f"recording: {command('collect', folder, 'shake')}"
        )
    if not folder.is_dir():
        raise DataError(
            f"{folder} is a file, not the folder of a data set. "
            f"To use it: {command('import', folder, '--into', folder_for(folder))}"
        )


def folder_for(file: Path) -> Path:
    """A new folder for the recordings of a file, as an example for a command."""
    taken = file.with_suffix("").exists()
    return Path(f"{file.stem}-copy" if taken else file.stem)


def label_folders(folder: Path) -> list[tuple[Path, str]]:
    """The data set's own folder (no label) and the label folders with their labels, sorted."""
    inner = [
        (path, text_of(path.name)) for path in folder.iterdir() if _is_shown(path, folder=True)
    ]
    return [(folder, ""), *sorted(inner, key=lambda pair: (pair[1], pair[0].name))]


def refuse_inner_folders(label_folder: Path) -> None:
    """Raise DataError for recordings in a folder inside a label's: nothing is skipped silently."""
    for path in label_folder.iterdir():
        if _is_shown(path, folder=True) and csv_files(path):
            if (label_folder / NOTES_NAME).is_file():
                raise DataError(
                    f"{label_folder} is a data set of its own, inside the folder that you gave. "
                    f"Give the data set's folder instead: {quoted(label_folder)}"
                )
            raise DataError(
                f"{path} holds recordings, but is inside the label {label_folder.name!r}. Labels "
                "cannot be nested: move the folder one level up, or move its files out of it."
            )


def csv_files(folder: Path) -> list[Path]:
    """The recordings in a folder, sorted by name."""
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if entry.name.lower().endswith(".csv") and entry.name[0] != "." and entry.is_file()
        ]
    return sorted((folder / name for name in names), key=lambda path: text_of(path.stem))


def _is_shown(path: Path, *, folder: bool) -> bool:
    return not path.name.startswith(".") and (path.is_dir() if folder else path.is_file())


def plan_folders(folder: Path, labels: list[str]) -> dict[str, Path]:
    """Label -> its folder, for new labels and those in the data set. Raises DataError."""
    folders = {"": folder}
    if folder.is_dir():
        folders |= {label: path for path, label in label_folders(folder)}
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
