"""Tables of accelerations as text: the roles of their columns, and their rows as recordings.

Shared by plain CSV, a micro:bit's data log and Edge Impulse's CSV. Columns are recognised by their
names: ``x``, ``accX``, ``acceleration y (m/s2)``, ``timestamp``, ``Time (seconds)``.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from microbit_ml.common.inputs import MB, read_input
from microbit_ml.common.numbers import number_in
from microbit_ml.errors import DataError, FileMissingError, SettingError
from microbit_ml.recordings.dataset import Dataset, usual_rate
from microbit_ml.recordings.names import text_of
from microbit_ml.recordings.recording import AXES, COUNTS_PER_G, Recording

METRES_PER_S2 = 9.80665  # in one g: the standard acceleration of gravity (CGPM 1901)
COUNTS_PER_UNIT = {
    "counts": 1.0,
    "g": float(COUNTS_PER_G),
    "mg": COUNTS_PER_G / 1000,
    "m/s2": COUNTS_PER_G / METRES_PER_S2,
}
LARGEST = 256 * MB  # of a table or a JSON file: 50,000 recordings of 5 KB
LARGEST_G = 16.5  # no chip of a micro:bit measures more: larger numbers are in another unit
LEAST_G = 0.05  # gravity alone is 1 g: a table entirely below this is in another unit
LONGEST_STEP_MS = 10_000.0  # slower than any log of movements: the times are in microseconds
SHORTEST_STEP_MS = 0.5  # faster than any accelerometer here: the times are in seconds
TEXTS = ("label", "recording", "person", "board")
ROLES = (*AXES, "time", *TEXTS)
_MS_PER = {"ms": 1.0, "s": 1000.0, "us": 0.001, "min": 60_000.0, "h": 3_600_000.0}
_MS_PER |= {"milliseconds": 1.0, "seconds": 1000.0, "minutes": 60_000.0, "hours": 3_600_000.0}
_NAMES = {
    **dict.fromkeys(("class", "gesture", "activity", "action"), "label"),
    **dict.fromkeys(("name", "sample", "file"), "recording"),
    **dict.fromkeys(("subject", "user", "participant"), "person"),
}
_AXIS = re.compile(
    r"(?:a|acc|accel|acceleration|accelerometer)?[ _.-]*([xyz])(?:[ _.-]*\(?\[?"
    r"(counts|mg|g|m/s2|m/s\^2|m/s²|m/s\*\*2)\]?\)?)?",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"(?:time|timestamp|t)(?:[ _.-]*\(?\[?({'|'.join(_MS_PER)})\]?\)?)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Column:
    """A column's role, one of ROLES, and its unit if its name contains one.

    unit: of an axis, a key of COUNTS_PER_UNIT or ""; ms_per_unit: of the time.
    """

    role: str
    unit: str = ""
    ms_per_unit: float = 1.0


@dataclass
class Run:
    """Consecutive rows of a table that become one recording.

    rows: values of x, y, z in counts; time_ms: of each, empty without a time column; texts: label,
    recording, person and board, "" when unknown; line: of its first row.
    """

    texts: dict[str, str]
    line: int
    rows: list[list[float]] = field(default_factory=list)
    time_ms: list[float] = field(default_factory=list)


def column_of(name: str) -> Column | None:
    """The column of this name; None for one that is not used."""
    name = name.strip().strip("\ufeff")
    if match := _AXIS.fullmatch(name):
        unit = (match[2] or "").lower()
        return Column(match[1].lower(), "m/s2" if unit.startswith("m/s") else unit)
    if match := _TIME.fullmatch(name):
        return Column("time", ms_per_unit=_MS_PER[(match[1] or "ms").lower()])
    role = _NAMES.get(name.lower(), name.lower())
    return Column(role) if role in TEXTS else None


def named_columns(columns: str) -> list[Column | None]:
    """The columns in an order such as "x,y,z,time", "-" to skip one; SettingError for others."""
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


def checked_columns(columns: str) -> list[Column | None]:
    """The named columns. Raises SettingError unless x, y and z are among them, and none twice."""
    found = named_columns(columns)
    if problem := missing_or_twice(found):
        raise SettingError(
            f"columns is {columns!r}: there is {problem}. Name x, y and z once each, such as: "
            "x,y,z,time",
            "columns",
        )
    return found


def missing_or_twice(columns: Sequence[Column | None]) -> str:
    """What is wrong with columns that lack an axis or have one role twice, in words; else ""."""
    counts = Counter(column.role for column in columns if column)
    missing = [axis for axis in AXES if axis not in counts]
    twice = [role for role, count in counts.items() if count > 1]
    if missing or twice:
        return f"no column {missing[0]}" if missing else f"two columns {twice[0]}"
    return ""


def is_name(cell: str) -> bool:
    """Whether a cell holds letters, as column names do, and not a number."""
    return bool(re.search("[A-Za-z]", cell)) and math.isnan(number_in(cell.replace(",", ".")))


def read_bytes(path: Path) -> bytes:
    """The file's bytes; FileMissingError when there is none, DataError for one too large."""
    try:
        return read_input(path, LARGEST, "file of recordings")
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error


def table_lines(content: bytes, where: str) -> tuple[list[str], str]:
    """The lines of a table without empty ones at its end, and the separator of its columns."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{where} is not a text file: it is damaged or not a table.") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ended = not lines[-1].strip()
    while lines and not lines[-1].strip(" \t,;"):
        lines.pop()
    if not lines:
        raise DataError(f"{where} is empty. Save or download it again.")
    if not ended:
        # A truncated number (-10 of -1024) looks valid, so a missing line break is an error.
        raise DataError(
            f"{where}, line {len(lines)}: the last line does not end with a line break, so the "
            "file may be cut short. If it is complete, add a line break. If not, save it again."
        )
    return lines, separator_of(lines[0])


@dataclass
class Table:
    """Reads the rows of one table; ``where`` names the file in messages."""

    where: str
    columns: Sequence[Column | None]
    separator: str
    unit: str | None = None  # None: from the column names

    def runs(self, lines: Sequence[tuple[int, str]], *, is_log: bool = False) -> list[Run]:
        """The numbered lines as runs of samples in counts.

        is_log: in a data log, the time restarts with the board, so any step back begins a new
        recording; in other tables that is damage, unless the time starts again.
        """
        factor = self._counts_per_unit()
        runs: list[Run] = []
        for number, line in lines:
            cells = cells_of(line, self.separator)
            where = f"{self.where}, line {number}"
            if len(cells) != len(self.columns):
                raise DataError(
                    f"{where} has {len(cells)} columns instead of {len(self.columns)}: the file is "
                    "cut short or damaged. Correct it, or save it again."
                )
            texts = dict.fromkeys(TEXTS, "") | {
                column.role: cell
                for column, cell in zip(self.columns, cells, strict=True)
                if column and column.role in TEXTS
            }
            values = self._numbers(cells, where)
            time_ms = values.pop("time", None)
            begins = not runs or runs[-1].texts != texts
            if not begins and time_ms is not None:
                begins = self._is_new_start(runs[-1], time_ms, where, is_log)
            if begins:
                runs.append(Run(texts, number))
            runs[-1].rows.append([values[axis] * factor for axis in AXES])
            if time_ms is not None:
                runs[-1].time_ms.append(time_ms)
        if not runs:
            raise DataError(f"{self.where} has column names but no samples. Save it again.")
        self._check(runs)
        return runs

    def _counts_per_unit(self) -> float:
        units = {column.unit for column in self.columns if column and column.unit}
        if len(units) > 1:
            raise DataError(f"{self.where}: its columns are in {' and '.join(sorted(units))}. "
                            "Use one unit for x, y and z.")  # fmt: skip
        unit = self.unit or next(iter(units), None)
        if unit is None:
            raise DataError(
                f"{self.where} does not name the unit of its numbers. Add: --unit mg (or g, m/s2, "
                "or counts: 1/1024 g, the unit of a micro:bit)"
            )
        return counts_per_unit(unit, self.where)

    def _numbers(self, cells: list[str], where: str) -> dict[str, float]:
        values = {}
        for column, cell in zip(self.columns, cells, strict=True):
            if column is None or column.role in TEXTS:
                continue
            value = number_in(cell.replace(",", ".") if self.separator != "," else cell)
            if np.isnan(value):
                raise DataError(
                    f"{where}: {cell.strip()[:40]!r} in column {column.role} is not a number. "
                    "Correct it, or save the file again."
                )
            values[column.role] = value * (column.ms_per_unit if column.role == "time" else 1)
        return values

    def _is_new_start(self, run: Run, time_ms: float, where: str, is_log: bool) -> bool:
        first_ms, before_ms = run.time_ms[0], run.time_ms[-1]
        if time_ms > before_ms:
            return False
        stands_still = time_ms == before_ms > first_ms
        if stands_still or (time_ms > first_ms and not is_log):
            raise DataError(
                f"{where}: the time {time_ms:g} ms is not later than the one before it, "
                f"{before_ms:g} ms. Correct it, or record again with time stamps in milliseconds."
            )
        return True

    def _check(self, runs: list[Run]) -> None:
        """Raise DataError for impossible numbers: their unit must be another one."""
        steps = [np.diff(run.time_ms) for run in runs if len(run.time_ms) > 1]
        step_ms = float(np.median(np.concatenate(steps))) if steps else 20.0
        if not SHORTEST_STEP_MS <= step_ms <= LONGEST_STEP_MS:
            unit, column = ("seconds", "s") if step_ms < 1 else ("microseconds", "us")
            raise DataError(
                f"{self.where}: its time increases by {step_ms:g} ms per sample. If it is in "
                f"{unit}, name the column time_{column}."
            )
        largest_g = max(np.abs(run.rows).max() for run in runs) / COUNTS_PER_G
        has_unit = any(column and column.unit for column in self.columns) and not self.unit
        if largest_g > LARGEST_G or (largest_g < LEAST_G and not has_unit):
            raise wrong_unit(self.where, largest_g)


def wrong_unit(where: str, largest_g: float) -> DataError:
    """The error for numbers that are impossible in the assumed unit."""
    return DataError(
        f"{where}: its largest number would be {largest_g:g} g, which no micro:bit can read. Name "
        "the unit: --unit counts, mg, g or m/s2"
    )


def as_dataset(runs: list[Run], path: Path, kind: str) -> Dataset:
    """The runs as recordings; those without a name get the label or file name and a number."""
    numbers: Counter[str] = Counter()
    recordings = []
    for run in runs:
        stem = run.texts["label"] or text_of(path.stem)
        numbers[stem] += 1
        alone = len(runs) == 1 and not run.texts["label"]
        try:
            recordings.append(
                Recording(
                    np.array(run.rows),
                    run.texts["label"],
                    run.time_ms or None,
                    run.texts["person"],
                    run.texts["recording"] or (stem if alone else f"{stem}-{numbers[stem]:02d}"),
                    run.texts["board"],
                    path.name,
                )
            )
        except DataError as error:
            raise DataError(f"{path}, line {run.line} and after: {error}") from error
    provenance = [{"kind": kind, "file": path.name, "recordings": len(recordings)}]
    return Dataset(recordings, usual_rate(recordings), provenance)


def counts_per_unit(unit: str, where: str) -> float:
    """The counts per unit. Raises DataError, with the known units, for an unknown one."""
    if unit not in COUNTS_PER_UNIT:
        raise DataError(
            f"{where}: {unit!r} is not a known unit. Choose from: {', '.join(COUNTS_PER_UNIT)}."
        )
    return COUNTS_PER_UNIT[unit]


def separator_of(line: str) -> str:
    """The separator of the line's columns: a semicolon, a tab or a comma."""
    return next((mark for mark in (";", "\t") if mark in line), ",")


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of one line; a cell in quotation marks may hold the separator."""
    line = line.replace("\0", "\ufffd")  # Python 3.10 raises an error for it
    rows: Iterator[list[str]] = csv.reader([line], delimiter=separator, skipinitialspace=True)
    try:
        return next(rows, [""])
    except csv.Error:  # a cell of more than 131,072 characters
        return [line]
