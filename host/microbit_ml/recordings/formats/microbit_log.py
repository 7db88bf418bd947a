"""The data log of a micro:bit V2, written by the ``log`` blocks of MakeCode and MicroPython.

It comes in two files: ``MY_DATA.HTM`` on the MICROBIT drive, and the CSV that its page downloads.
MY_DATA.HTM is an image of the board's flash, a web page followed by a table::

    0x0000  the page, which ends with a comment that is never closed
    0x0800  "UBIT_LOG_FS_V_002\\n"
            "0x0001EFFC\\0"  where the log must end: "FUL" after it when it is full
            "0x00002000\\0"  where the table begins
    0x2000  Time (seconds),x,y,z\\n     column names, repeated whenever one is added
            0.02,12,-4,-1020\\n         rows, and 0xFF where nothing was written yet

(Source: MicroBitLog.h and MicroBitLog.cpp of codal-microbit-v2.) A log contains what the program
logged: x, y and z are required; time, label, name and person are used if present. It has no board,
rate or unit; the accelerometer returns counts, which MakeCode calls mg. This kit only reads logs.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.recordings.dataset import LONGEST_PAUSE_MS, Dataset
from microbit_ml.recordings.formats.tables import (
    AXES,
    Column,
    Run,
    Table,
    as_dataset,
    checked_columns,
    column_of,
    is_name,
    read_bytes,
    table_lines,
)

_HEAD = re.compile(rb"UBIT_LOG_FS_V_(\d{3})\n0x([0-9A-Fa-f]{8}).0x([0-9A-Fa-f]{8})", re.DOTALL)
_UNWRITTEN = b"\xff"
_SAVED_BY_BROWSER = b"\xef\xbf\xbd"  # an unwritten byte after a browser's "save page"


def is_log(start: bytes) -> bool:
    """Whether a file that begins like this is MY_DATA.HTM or the CSV that its page downloads."""
    text = start.decode("utf-8", errors="replace").lstrip("\ufeff \r\n").lower()
    return text.startswith(("<", "ubit_log_fs", "time (", '"time ('))


def read_log(path: str | Path, unit: str | None = None, columns: str | None = None) -> Dataset:
    """Read a data log as a data set in counts, clipped at +-2 g.

    A new recording begins where the board was restarted (the time goes back), after a pause of
    half a second, where columns were added, and at another label, name or person.
    unit: default "counts". Without a time, 50 rows a second are assumed. columns: the columns in
    their order, such as "time,x,y,z", if the program on the board gave them other names.
    Raises FileMissingError, DataError that names file and line, or SettingError for the columns.
    """
    path = Path(path)
    content = read_bytes(path)
    if content.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"<", b"UBIT_LOG_FS")):
        content = table_of(content, str(path))
    lines, separator = table_lines(content, str(path))
    numbered = list(enumerate(lines, start=1))
    named = None if columns is None else checked_columns(columns)
    columns_at = {number: _columns(line, separator, named) for number, line in numbered}
    heads = [number for number in columns_at if columns_at[number]]
    if not heads or heads[0] != 1:
        raise DataError(
            f"{path}, line 1: there are no columns x, y and z in {lines[0][:60]!r}. Change the "
            "program on the board to log x, y and z of the accelerometer under these names, or "
            "name the columns in their order: --columns time,x,y,z (- for one to skip)"
        )
    runs: list[Run] = []
    for start, end in zip(heads, [*heads[1:], len(lines) + 1], strict=True):
        if end - start > 1:  # column names only: nothing was logged before a column was added
            found = columns_at[start] or []
            has_unit = any(column and column.unit for column in found)
            table = Table(str(path), found, separator, unit or (None if has_unit else "counts"))
            for run in table.runs(numbered[start : end - 1], is_log=True):
                runs += _without_pauses(run)
    if not runs:
        raise DataError(f"{path} has column names but no rows. Nothing was logged yet.")
    return as_dataset(runs, path, "data log")


def table_of(content: bytes, where: str) -> bytes:
    """The table in a MY_DATA.HTM, as the bytes of a CSV file."""
    head = _HEAD.search(content)
    if head is None:
        raise DataError(
            f"{where} is a web page without a data log. Copy MY_DATA.HTM from the MICROBIT drive "
            "again, or open it and choose Download."
        )
    if head[1] != b"002":
        raise DataError(
            f"{where} is a data log of version {head[1].decode()}, but only version 002 is "
            "supported. Open it in a browser, choose Download, and import the CSV file."
        )
    log = content[head.start() :].replace(_SAVED_BY_BROWSER, _UNWRITTEN)
    begin = int(head[3], 16) - 0x800  # the log begins after the page
    if not 0 < begin < len(log):
        raise DataError(
            f"{where} is cut short: its table begins at byte {begin + head.start()}, and the file "
            f"has {len(content)}. Copy it from the MICROBIT drive again."
        )
    table = log[begin:].split(_UNWRITTEN, 1)[0].rstrip(b"\0")
    if not table.strip():
        raise DataError(f"{where} contains an empty data log. Log something with the board first.")
    return table


def _columns(
    line: str, separator: str, named: list[Column | None] | None
) -> list[Column | None] | None:
    """The columns when the line names x, y and z, else None.

    named: the columns in their order, whatever they are called in the log; a time keeps the unit
    that it has there, and columns that were added later are skipped.
    """
    cells = [cell.strip('"') for cell in line.split(separator)]
    found = [column_of(cell) for cell in cells]
    if named is None:
        roles = [column.role for column in found if column]
        return found if all(roles.count(axis) == 1 for axis in AXES) else None
    pairs = list(zip(named, cells, strict=False))
    if not all(is_name(cell) for one, cell in pairs if one and one.role in AXES):
        return None
    times = [column for column in found if column and column.role == "time"]
    chosen = [times[0] if one and one.role == "time" and times else one for one in named]
    return chosen + [None] * (len(cells) - len(named))


def _without_pauses(run: Run) -> list[Run]:
    """The run, split where the program on the board stopped logging for a while."""
    if len(run.time_ms) < 2:
        return [run]
    steps_ms = np.diff(run.time_ms)
    median_ms = float(np.percentile(steps_ms, 50, method="lower"))  # an actual step
    pause_ms = max(LONGEST_PAUSE_MS, 5 * median_ms)
    cuts = [0, *(np.flatnonzero(steps_ms > pause_ms) + 1).tolist(), len(run.rows)]
    return [
        Run(run.texts, run.line + start, run.rows[start:end], run.time_ms[start:end])
        for start, end in pairwise(cuts)
    ]
