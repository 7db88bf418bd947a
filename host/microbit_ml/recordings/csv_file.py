"""One recording as a CSV file that a spreadsheet opens: ``time_ms,x,y,z``, a line a sample."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import numpy as np

from microbit_ml.common.inputs import MB, read_input
from microbit_ml.common.numbers import number_in
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.names import text_of
from microbit_ml.recordings.recording import Recording

COLUMNS = ("time_ms", "x", "y", "z")
LARGEST = 16 * MB  # of one recording: three hours
PIECE = 2**18  # characters of a file that are parsed at a time
_WITHOUT_NUMBERS = str.maketrans("", "", "0123456789+-.eE")
_AGAIN = "Correct it, or delete the file and record again."


def format_csv(recording: Recording) -> str:
    """The recording as CSV text; times in milliseconds (as few decimals as needed), counts."""
    lines = [",".join(COLUMNS)]
    for time_ms, (x, y, z) in zip(recording.time_ms, recording.samples.tolist(), strict=True):
        lines.append(f"{_format_ms(time_ms)},{x},{y},{z}")
    return "\n".join(lines) + "\n"


def read_csv(
    path: str | Path, label: str = "", subject: str = "", board: str = "", source: str = ""
) -> Recording:
    """Read one recording from a CSV file; its name is the file's name without ``.csv``.

    Windows' line ends, a byte order mark, blank lines at the end and a spreadsheet's semicolons
    (with decimal commas) are accepted. Raises FileMissingError when there is no such file, and
    DataError, with file and line, when something is missing or is not a number.
    """
    path = Path(path)
    try:
        content = read_input(path, LARGEST, "recording")
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    recording = parse_recording(content, str(path), text_of(path.stem), label)
    return recording.noted(subject, board, source)


def parse_recording(content: bytes, where: str, name: str, label: str) -> Recording:
    """The bytes of a CSV file -> the recording; ``where`` names the file in messages."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{where} is not a text file: it is damaged or not a CSV file.") from error
    rows = parse_csv(text, where)
    try:
        return Recording(rows[:, 1:], label, rows[:, 0], name=name)
    except DataError as error:
        raise DataError(f"{where}: {error}") from error


def parse_csv(text: str, where: str) -> np.ndarray:
    """CSV text -> float64 (n_samples, 4): time in ms, then x, y, z in counts.

    ``where`` names the file in the messages of DataError.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError(f"{where} is empty. Delete it and record again.")
    if not text.endswith("\n"):
        # A truncated number (-10 of -1024) looks valid, so a missing line break is an error.
        raise DataError(
            f"{where}, line {text.count(chr(10)) + 1}: the last line does not end with a line "
            "break, so the file may be cut short. If it is complete, add a line break. If not, "
            "delete the file and record again."
        )
    plain = _plain_rows(text)
    if plain is not None:
        return plain
    lines = text.split("\n")
    while not lines[-1].strip(" \t,;"):
        lines.pop()
    separator = ";" if ";" in lines[0] else ","
    header = tuple(cell.strip().strip('"') for cell in lines[0].split(separator))
    if header != COLUMNS:
        raise DataError(
            f"{where}, line 1 must be {','.join(COLUMNS)}, but it is {lines[0][:60]!r}. {_AGAIN}"
        )
    if len(lines) == 1:
        raise DataError(f"{where} has a header but no samples. Delete it and record again.")
    numbers = array("d")  # which takes a tenth of what lists of numbers take
    for number in range(2, len(lines) + 1):
        cells = lines[number - 1].split(separator)
        numbers.extend(_parse_line(cells, f"{where}, line {number}", separator == ";"))
    values = np.array(numbers).reshape(-1, len(COLUMNS))
    back = np.flatnonzero(np.diff(values[:, 0]) <= 0)
    if len(back):
        raise DataError(
            f"{where}, line {back[0] + 3}: the time {values[back[0] + 1, 0]:g} ms is not later "
            f"than the one before it, {values[back[0], 0]:g} ms. {_AGAIN}"
        )
    return values


def _plain_rows(text: str) -> np.ndarray | None:
    """The rows of a file as the kit writes it: float64 (n_samples, 4); None for any other.

    This is several times as fast as reading line by line, which then names what is wrong. Only
    digits, signs, points and exponents are taken, in exactly four columns.
    """
    header, _, body = text.partition("\n")
    if header != ",".join(COLUMNS) or not body:
        return None
    n_lines = body.count("\n")
    if body.translate(_WITHOUT_NUMBERS) != ",,,\n" * n_lines:
        return None
    numbers = array("d")
    at = 0
    try:
        while at < len(body):  # in pieces, so that a large file is no large list of texts
            end = body.find("\n", at + PIECE) + 1 or len(body)
            numbers.extend(map(float, body[at:end].replace("\n", ",").split(",")[:-1]))
            at = end
    except ValueError:
        return None
    rows = np.array(numbers).reshape(n_lines, len(COLUMNS))
    is_right = np.isfinite(rows).all() and (rows[1:, 0] > rows[:-1, 0]).all()
    return rows if is_right else None


def _parse_line(cells: list[str], where: str, decimal_commas: bool) -> list[float]:
    if len(cells) != len(COLUMNS):
        raise DataError(
            f"{where} has {len(cells)} columns instead of {len(COLUMNS)}: the file is cut short or "
            f"damaged. {_AGAIN}"
        )
    values = []
    for cell, column in zip(cells, COLUMNS, strict=True):
        value = number_in(cell.replace(",", ".") if decimal_commas else cell)
        if math.isnan(value):
            raise DataError(
                f"{where}: {cell.strip()[:40]!r} in column {column} is not a number. {_AGAIN}"
            )
        values.append(value)
    return values


def _format_ms(time_ms: float) -> str:
    whole, thousandths = divmod(round(time_ms * 1000), 1000)
    return f"{whole}.{thousandths:03d}".rstrip("0") if thousandths else str(whole)
