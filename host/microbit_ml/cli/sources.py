"""Reading recordings from whatever a pupil names: a data set's folder or one file."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Dataset, read_createai, read_csv, read_npz
from microbit_ml.recordings.archive import Progress, is_npz, load_folders, read_zip

SIGNATURE_BYTES = 64  # enough to tell the formats apart


def read_source(path: Path, progress: Progress | None = None) -> Dataset:
    """Read the data sets in a folder, or a file of recordings as :func:`read_file` does.

    ``progress(done, total)`` is called while a large file is read.
    """
    return load_folders(path) if path.is_dir() else read_file(path, progress)


def read_file(path: Path, progress: Progress | None = None) -> Dataset:
    """Read one file; its content, not its name, says which form it is.

    A zip begins with ``PK`` (an npz is one, with arrays in it), JSON with a bracket, a recording
    with its header ``time_ms,x,y,z``. Raises FileMissingError or DataError, also when it
    is none of these.
    """
    start = _start(path)
    if start.startswith(b"PK"):
        return read_npz(path) if is_npz(path) else read_zip(path, progress)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"[", b"{"):
        return read_createai(path)
    if text.startswith((b"time_ms", b'"time_ms"')) or path.suffix.lower() == ".csv":
        return Dataset([read_csv(path, source=path.name)])
    raise DataError(
        f"{path} holds no recordings that microbit-ml can read. It reads data samples saved by "
        "CreateAI or ml-machine (.json), data sets (.zip or folder), .npz files, and recordings "
        "(.csv: time_ms,x,y,z)."
    )


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SIGNATURE_BYTES)
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file or folder {path}. Check its name.") from error
