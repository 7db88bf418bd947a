"""Tables of accelerations from other tools: columns in any order, in a named unit.

One line per sample, with commas, semicolons (then decimal commas are accepted) or tabs::

    "label","recording","person","board","time_ms","x_counts","y_counts","z_counts"
    "shake","shake-01","Ann","V2",0,12,-4,-1020
    "shake","shake-01","Ann","V2",20,16,-8,-1016

``write_plain_csv`` writes this: one table with all recordings, for a spreadsheet. It stores
labels, names, people, boards and time stamps, but not the sources of recordings, the data set's
rate, or labels without recordings.

Columns are recognised by their names (``x``, ``accX``, ``acceleration y (m/s2)``, ``timestamp``,
``Time (seconds)``), or by their order with ``columns="x,y,z,time"``. Others are ignored.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from microbit_ml.common.files import write_whole
from microbit_ml.errors import DataError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.formats.tables import (
    TEXTS,
    Column,
    Table,
    as_dataset,
    cells_of,
    checked_columns,
    column_of,
    is_name,
    missing_or_twice,
    read_bytes,
    separator_of,
    table_lines,
)
from microbit_ml.recordings.recording import AXES


def read_plain_csv(
    path: str | Path, columns: str | None = None, unit: str | None = None
) -> Dataset:
    """Read a table of accelerations as a data set in counts, clipped at +-2 g.

    columns: the columns in their order, such as "x,y,z,time"; "-" for one to skip. Default: by
    their names in the first line. A time without a unit is in milliseconds, "time_s" in seconds;
    without a time, 50 samples a second are assumed.
    unit: "counts" (1/1024 g), "g", "mg" or "m/s2", if the column names do not contain it.

    A new recording begins at another label, name or person, and where the time starts again.
    Raises FileMissingError, or DataError that names file and line.
    """
    path = Path(path)
    lines, separator = table_lines(read_bytes(path), str(path))
    found, n_head = _columns(lines[0], separator, columns, str(path))
    table = Table(str(path), found, separator, unit)
    runs = table.runs(list(enumerate(lines, start=1))[n_head:])
    return as_dataset(runs, path, "CSV")


def write_plain_csv(data: Dataset, path: str | Path) -> int:
    """Write all recordings into one table, atomically; return their number.

    Two consecutive recordings of the same label, name, person and board would be read as one, so
    the second is called name-2. Raises DataError when there is no recording, OSError
    when the disk is full or may not be written.
    """
    if not data.recordings:
        raise DataError(f"There are no recordings to write to {path}. Record or import some.")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([*TEXTS, "time_ms", *(f"{axis}_counts" for axis in AXES)])
    before: tuple[str, ...] = ()
    for number, one in enumerate(data, start=1):
        key = (
            one.label,
            one.name or f"{one.label or 'recording'}-{number}",
            one.subject,
            one.board,
        )
        if key == before:
            key = (one.label, f"{key[1]}-2", one.subject, one.board)
        before = key
        for time_ms, counts in zip(one.time_ms.tolist(), one.samples.tolist(), strict=True):
            writer.writerow([*key, int(time_ms) if time_ms.is_integer() else time_ms, *counts])
    write_whole(Path(path), text.getvalue().encode("utf-8"))
    return len(data)


def looks_like_table(start: bytes) -> bool:
    """Whether a file that begins like this has columns named x, y and z."""
    line = start.decode("utf-8-sig", errors="replace").lstrip().split("\n")[0].strip()
    found = {column.role for column in map(column_of, cells_of(line, separator_of(line))) if column}
    return set(AXES) <= found


def _columns(
    first_line: str, separator: str, columns: str | None, where: str
) -> tuple[list[Column | None], int]:
    """The columns, and the number of header lines before the samples."""
    cells = cells_of(first_line, separator)
    if columns is not None:
        named = checked_columns(columns)
        pairs = zip(named, cells, strict=False)  # a line of another length is refused later
        n_head = int(any(one and one.role not in TEXTS and is_name(cell) for one, cell in pairs))
        return named, n_head
    found = [column_of(cell) for cell in cells]
    if problem := missing_or_twice(found):
        raise DataError(
            f"{where}, line 1: there is {problem} in {first_line[:60]!r}. Name the columns "
            "in their order: --columns x,y,z,time (- for one to skip)"
        )
    return found, 1
