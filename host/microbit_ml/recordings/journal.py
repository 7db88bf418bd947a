"""``recordings.jsonl``: what is known of each recording, a line of JSON for each, only appended.

A line holds what a CSV file does not say, so that adding a recording reads no other one::

    {"file": "shake/shake-01.csv", "size": 812, "time_ns": 1764590000000000000,
     "digest": "0f3a...", "key": "0f3a...", "subject": "Ann", "board": "V2"}

- ``file``, ``size``, ``time_ns``: the CSV file when it was written, and ``digest``, the recording's
  fingerprint. A file that has another size or time now has been changed by hand: it is read again.
- ``key`` with ``subject``, ``board``, ``source``: as in ``dataset.json`` (see ``notes.py``).

Either half may be missing. Of two lines about the same file or key the later one counts. Lines
that a killed program left unfinished do not count; the next writer removes them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from microbit_ml.common.inputs import open_input, parse_json
from microbit_ml.common.printable import shown
from microbit_ml.errors import DataError
from microbit_ml.recordings.recording import composed

FILE_NAME = "recordings.jsonl"
FIELDS = ("subject", "board", "source")
LARGEST = 512 * 2**20  # bytes; a million recordings have about 150 MB
LONGEST_LINE = 64 * 1024  # bytes
LINES_AT_ONCE = 1000
_TEXTS = ("file", "digest", "key", *FIELDS)
_TYPES: dict[str, type] = {**dict.fromkeys(_TEXTS, str), "size": int, "time_ns": int}


def read_lines(path: Path, begin: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The whole lines from a byte on, and the byte behind the last of them.

    Raises DataError for a line that makes no sense, and says which it is.
    """
    lines: list[dict[str, Any]] = []
    end, number = begin, 1
    whole = _whole_lines(path, begin)
    while block := list(islice(whole, LINES_AT_ONCE)):
        end += sum(map(len, block))
        lines += _parsed_together(block) or [
            _parsed(line, f"{path}, line {n}" if begin == 0 else str(path))
            for n, line in enumerate(block, start=number)
            if line.strip()
        ]
        number += len(block)
    return lines, end


def append(path: Path, lines: Iterable[dict[str, Any]]) -> int:
    """Append lines, on the disk when this returns; the file's size. Only for who holds the lock."""
    data = b"".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
        for line in lines
    )
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0) as file:
        size = _end_of_lines(file)
        file.truncate(size)
        file.seek(size)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError:  # a full disk: no half of a line stays
            os.ftruncate(file.fileno(), size)
            raise
    return size + len(data)


def _whole_lines(path: Path, begin: int) -> Iterator[bytes]:
    try:
        with open_input(path, LARGEST, "data set's list of recordings") as file:
            file.seek(begin)
            for line in iter(lambda: file.readline(LONGEST_LINE + 1), b""):
                if not line.endswith(b"\n"):
                    if len(line) > LONGEST_LINE:
                        raise _damaged(str(path), "a line is too long")
                    return
                yield line
    except FileNotFoundError:
        return


def _parsed_together(block: list[bytes]) -> list[dict[str, Any]]:
    """The lines as one JSON list, which is quicker; [] where one of them may make no sense."""
    try:
        contents = json.loads(b"[" + b",".join(block) + b"]")
    except (ValueError, RecursionError):
        return []
    is_right = len(contents) == len(block) and not any(map(_problem, contents))
    return contents if is_right else []


def _parsed(line: bytes, where: str) -> dict[str, Any]:
    try:
        content = parse_json(line)
    except (ValueError, RecursionError) as error:
        raise _damaged(where, str(error)) from error
    if problem := _problem(content):
        raise _damaged(where, problem)
    return content


def _problem(content: object) -> str:
    """What is wrong with a line's content; "" for nothing."""
    if not isinstance(content, dict):
        return "it must be an object {...}"
    for name, value in content.items():
        if type(value) is not _TYPES.get(name, type(value)):
            what = "a text" if name in _TEXTS else "a whole number"
            return f"{name} is {shown(value)} instead of {what}"
        if name in FIELDS:
            try:
                composed(str(value), name)
            except DataError as error:
                return str(error)
    return ""


def _end_of_lines(file: Any) -> int:
    """The byte behind the last line end."""
    end = file.seek(0, os.SEEK_END)
    while end:
        begin = max(0, end - LONGEST_LINE)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + int(found) + 1
        end = begin
    return 0


def _damaged(where: str, problem: str) -> DataError:
    return DataError(
        f"{where} is damaged: {problem}. The recordings are not touched. Repair or delete the "
        "line, or move the file out of the folder: then the recordings load without their subjects."
    )
