"""The data log of a micro:bit V2: what MakeCode's and MicroPython's ``log`` blocks write.

Two files hold one: ``MY_DATA.HTM`` on the MICROBIT drive, and the CSV that its page downloads.
MY_DATA.HTM is the flash of the board as it is, a web page before a table::

    0x0000  the page, which ends with a comment that is never closed
    0x0800  "UBIT_LOG_FS_V_002\\n"
            "0x0001EFFC\\0"  where the log must end: "FUL" after it when it is full
            "0x00002000\\0"  where the table begins
    0x2000  Time (seconds),x,y,z\\n     names of the columns, again whenever one is added
            0.02,12,-4,-1020\\n         rows, and 0xFF where nothing was written yet

(Source: MicroBitLog.h and MicroBitLog.cpp of codal-microbit-v2.) A log holds what the program put
into it: x, y and z are needed, the time, a label, a name and a person are used where they are.
It has no board, no rate and no unit; the accelerometer gives counts, which MakeCode calls mg.
This kit reads logs and writes none: only a board does that.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.formats.tables import (
    AXES,
    Column,
    Run,
    Table,
    as_dataset,
    column_of,
    read_bytes,
    table_lines,
)

LONGEST_PAUSE_MS = 500.0  # a longer one, if also five usual steps, begins a new recording
_HEAD = re.compile(rb"UBIT_LOG_FS_V_(\d{3})\n0x([0-9A-Fa-f]{8}).0x([0-9A-Fa-f]{8})", re.DOTALL)
_UNWRITTEN = b"\xff"
_SAVED_BY_BROWSER = b"\xef\xbf\xbd"  # what a browser's "save page" makes of an unwritten byte


def is_log(start: bytes) -> bool:
    """Whether a file that begins like this is MY_DATA.HTM or the CSV that its page downloads."""
    text = start.decode("utf-8", errors="replace").lstrip("\ufeff \r\n").lower()
    return text.startswith(("<", "ubit_log_fs", "time (", '"time ('))


def read_log(path: str | Path, unit: str | None = None) -> Dataset:
    """Read a data log as a data set in counts; what is beyond +-2 g is clipped.

    A new recording begins where the board was started again (the time goes back), after a pause
    of half a second, where columns were added, and with another label, name or person.
    unit: "counts" when left out. Without a time there are 50 rows a second.
    Raises FileMissingError, or DataError that names file and line.
    """
    path = Path(path)
    content = read_bytes(path)
    if content.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"<", b"UBIT_LOG_FS")):
        content = table_of(content, str(path))
    lines, separator = table_lines(content, str(path))
    numbered = list(enumerate(lines, start=1))
    heads = [number for number, line in numbered if _columns(line, separator)]
    if not heads or heads[0] != 1:
        raise DataError(
            f"{path}, line 1: there are no columns x, y and z in {lines[0][:60]!r}. Let the "
            "program on the board log x, y and z of the accelerometer, by these names."
        )
    runs: list[Run] = []
    for start, end in zip(heads, [*heads[1:], len(lines) + 1], strict=True):
        if end - start > 1:  # names alone: nothing was logged before a column was added
            there = _columns(lines[start - 1], separator) or []
            told = any(column and column.unit for column in there)
            table = Table(str(path), there, separator, unit or (None if told else "counts"))
            for run in table.runs(numbered[start : end - 1], is_log=True):
                runs += _without_pauses(run)
    if not runs:
        raise DataError(f"{path} has names of columns but no rows. Nothing was logged yet.")
    return as_dataset(runs, path, "data log")


def table_of(content: bytes, where: str) -> bytes:
    """The table in a MY_DATA.HTM, as the bytes of a CSV file."""
    head = _HEAD.search(content)
    if head is None:
        raise DataError(
            f"{where} is a web page without a data log. Copy MY_DATA.HTM from the MICROBIT drive "
            "once more, or open it and choose Download."
        )
    if head[1] != b"002":
        raise DataError(
            f"{where} is a data log of version {head[1].decode()}, and version 002 is known. Open "
            "it in a browser, choose Download, and import the CSV file."
        )
    log = content[head.start() :].replace(_SAVED_BY_BROWSER, _UNWRITTEN)
    begin = int(head[3], 16) - 0x800  # the log's own part begins behind the page
    if not 0 < begin < len(log):
        raise DataError(
            f"{where} is cut short: its table begins at byte {begin + head.start()}, and the file "
            f"has {len(content)}. Copy it from the MICROBIT drive once more."
        )
    table = log[begin:].split(_UNWRITTEN, 1)[0].rstrip(b"\0")
    if not table.strip():
        raise DataError(f"{where} holds an empty data log. Let the board log something first.")
    return table


def _columns(line: str, separator: str) -> list[Column | None] | None:
    """The columns when the line names x, y and z, else None."""
    there = [column_of(cell.strip('"')) for cell in line.split(separator)]
    roles = [column.role for column in there if column]
    return there if all(roles.count(axis) == 1 for axis in AXES) else None


def _without_pauses(run: Run) -> list[Run]:
    """The run in parts, cut where the program on the board had stopped logging for a while."""
    if len(run.time_ms) < 2:
        return [run]
    steps_ms = np.diff(run.time_ms)
    usual_ms = float(np.percentile(steps_ms, 50, method="lower"))  # one that there is, not a mean
    pause_ms = max(LONGEST_PAUSE_MS, 5 * usual_ms)
    cuts = [0, *(np.flatnonzero(steps_ms > pause_ms) + 1).tolist(), len(run.rows)]
    return [
        Run(run.texts, run.line + start, run.rows[start:end], run.time_ms[start:end])
        for start, end in pairwise(cuts)
    ]
