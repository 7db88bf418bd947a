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
import math
import re
from collections import Counter
from pathlib import Path

from microbit_ml.common.files import write_whole
from microbit_ml.common.numbers import number_in
from microbit_ml.errors import DataError, SettingError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.formats.tables import (
    ROLES,
    TEXTS,
    Column,
    Table,
    as_dataset,
    cells_of,
    column_of,
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
    found = [column_of(cell) for cell in cells]
    n_head = 1
    if columns is not None:
        found = _named_columns(columns)
        pairs = zip(found, cells, strict=False)  # a line of another length is refused later
        n_head = int(any(one and one.role not in TEXTS and _is_name(cell) for one, cell in pairs))
    counts = Counter(column.role for column in found if column)
    missing = [axis for axis in AXES if axis not in counts]
    twice = [role for role, count in counts.items() if count > 1]
    if missing or twice:
        problem = f"no column {missing[0]}" if missing else f"two columns {twice[0]}"
        if columns is not None:
            raise SettingError(
                f"columns is {columns!r}: there is {problem}. Name x, y and z once each, such as: "
                "x,y,z,time",
                "columns",
            )
        raise DataError(
            f"{where}, line 1: there is {problem} in {first_line[:60]!r}. Name the columns "
            "in their order: --columns x,y,z,time (- for one to skip)"
        )
    return found, n_head


def _named_columns(columns: str) -> list[Column | None]:
    named: list[Column | None] = []
    for name in columns.split(","):
        column = column_of(name)
        if column is None and name.strip() not in ("-", ""):
            raise SettingError(
                f"columns is {columns!r}, but {name.strip()!r} is not a known column. Choose "
                f"from: {', '.join(ROLES)}, time_s, and - for one to skip.",
                "columns",
            )
        named.append(column)
    return named


def _is_name(cell: str) -> bool:
    """Whether a cell holds letters, as column names do, and not a number."""
    return bool(re.search("[A-Za-z]", cell)) and math.isnan(number_in(cell.replace(",", ".")))
