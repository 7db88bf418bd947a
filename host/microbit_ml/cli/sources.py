"""Reading recordings from whatever a pupil names: a data set's folder or one file."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Dataset, read_createai, read_csv, read_npz

SIGNATURE_BYTES = 64  # enough to tell the formats apart


def read_source(path: Path) -> Dataset:
    """Read a data set's folder or a file of recordings; see :func:`read_file`."""
    return Dataset.load(path) if path.is_dir() else read_file(path)


def read_file(path: Path) -> Dataset:
    """Read one file; its content, not its name, says which form it is.

    An npz is a zip archive and begins with ``PK``, JSON with a bracket, a recording with its
    header ``time_ms,x,y,z``. Raises FileMissingError or DataError, also when it is none of these.
    """
    start = _start(path)
    if start.startswith(b"PK\x03\x04"):
        return read_npz(path)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"[", b"{"):
        return read_createai(path)
    if text.startswith((b"time_ms", b'"time_ms"')) or path.suffix.lower() == ".csv":
        return Dataset([read_csv(path, source=path.name)])
    raise DataError(
        f"{path} holds no recordings that microbit-ml can read. It reads data samples saved by "
        "CreateAI or ml-machine (.json), .npz files, and recordings (.csv: time_ms,x,y,z)."
    )


def _start(path: Path) -> bytes:
    if path.is_dir():
        raise DataError(f"{path} is a folder. Name the files in it.")
    try:
        with path.open("rb") as file:
            return file.read(SIGNATURE_BYTES)
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file or folder {path}. Check its name.") from error
