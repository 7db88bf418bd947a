"""Reading recordings from any source: a data set's folder or one file."""

from __future__ import annotations

from pathlib import Path

from microbit_ml.common.inputs import open_input
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Dataset, read_createai, read_csv, read_npz
from microbit_ml.recordings.csv_file import COLUMNS
from microbit_ml.recordings.formats.archive import Progress, is_npz, load_folders, read_zip
from microbit_ml.recordings.formats.edge_impulse import is_edge_impulse, read_edge_impulse
from microbit_ml.recordings.formats.makecode_hex import is_hex
from microbit_ml.recordings.formats.microbit_log import is_log, read_log
from microbit_ml.recordings.formats.plain_csv import looks_like_table, read_plain_csv
from microbit_ml.recordings.formats.tables import LARGEST

SIGNATURE_BYTES = 1024  # enough to detect the format


def read_source(
    path: Path,
    progress: Progress | None = None,
    columns: str | None = None,
    unit: str | None = None,
) -> Dataset:
    """Read the data sets in a folder, or a file of recordings as :func:`read_file` does.

    ``progress(done, total)`` is called while a large file is read. ``columns`` ("x,y,z,time") and
    ``unit`` (a key of ``tables.COUNTS_PER_UNIT``) are for tables whose header names neither their
    columns nor the unit. Raises FileMissingError or DataError.
    """
    if not path.is_dir():
        return read_file(path, progress, columns, unit)
    return read_edge_impulse(path, unit) if is_edge_impulse(path) else load_folders(path)


def read_file(
    path: Path,
    progress: Progress | None = None,
    columns: str | None = None,
    unit: str | None = None,
) -> Dataset:
    """Read one file; its format is detected by its content, not its name.

    A zip begins with ``PK`` (an npz is one, with arrays in it; Edge Impulse's has
    ``info.labels``), JSON with a bracket, a hex of CreateAI or MakeCode with a colon, a data log
    with ``<`` or ``Time (``, a recording with its header ``time_ms,x,y,z``; another table has x, y
    and z among its columns. Raises FileMissingError, or DataError, also for any other content.
    """
    start = _start(path)
    if start.startswith(b"PK"):
        _refuse(path, columns)
        return _read_packed(path, progress, unit)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if is_hex(text):
        _refuse(path, columns or unit)
        return read_createai(path)
    if is_log(text):
        return read_log(path, unit, columns)
    if columns is not None:
        return read_plain_csv(path, columns, unit)
    if text[:1] in (b"[", b"{"):
        if is_edge_impulse(path):
            return read_edge_impulse(path, unit)
        _refuse(path, unit)
        return read_createai(path)
    if unit is None and _is_recording(text):
        return Dataset([read_csv(path, source=path.name)])
    if looks_like_table(text) or path.suffix.lower() == ".csv":
        return read_plain_csv(path, columns, unit)
    raise DataError(
        f"{path} holds no recordings that microbit-ml can read. It reads data samples saved by "
        "CreateAI or ml-machine (.json), projects of CreateAI (.hex), Edge Impulse's "
        "(.json or .zip), data sets (.zip or folder), .npz files, a micro:bit's "
        "data log (MY_DATA.HTM), and tables (.csv) with the columns x, y and z, or with: "
        "--columns x,y,z,time"
    )


def _read_packed(path: Path, progress: Progress | None, unit: str | None) -> Dataset:
    if is_edge_impulse(path):
        return read_edge_impulse(path, unit)
    _refuse(path, unit)
    return read_npz(path) if is_npz(path) else read_zip(path, progress)


def _refuse(path: Path, option: str | None) -> None:
    """Raise DataError for columns or a unit that the file itself contains."""
    if option is not None:
        raise DataError(
            f"{path} already defines its columns and unit. Leave out --unit and --columns."
        )


def _is_recording(text: bytes) -> bool:
    """Whether the first line is the kit's own CSV header, or the start of it: a truncated file."""
    line = text.split(b"\n")[0].split(b"\r")[0]
    header = line.replace(b'"', b"").replace(b";", b",").replace(b" ", b"")
    return header.startswith(b"time_ms") and ",".join(COLUMNS).encode().startswith(header)


def _start(path: Path) -> bytes:
    try:
        with open_input(path, LARGEST, "file of recordings") as file:
            return file.read(SIGNATURE_BYTES)
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file or folder {path}. Check its name.") from error
