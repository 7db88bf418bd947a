"""``dataset.json``: what a data set knows beside its CSV files.

Layout (JSON, UTF-8)::

    {
     "format": "microbit-ml data set",
     "version": 2,
     "rate_hz": 50.0,                    samples a second of the recordings
     "provenance": [{...}, ...],         where recordings came from: an entry per import
     "labels": [                         in the order that their owner gave them, if any did
      {"name": "shake", "icon": "HEART", "sound": "TWINKLE"},   see faces.py
      {"name": "circle"}
     ],
     "recordings": {                     facts about each recording, by its fingerprint
      "0f3a...": {"subject": "Ann", "board": "V2", "source": "wand.json"}
     }
    }

The fingerprint is :attr:`microbit_ml.Recording.digest`, so a recording that a pupil renames or
moves to another label keeps its subject. The same measurement under two labels shares an entry
unless the two differ; then the later one has its own under ``"0f3a... label"``. Unknown entries are
kept as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from microbit_ml.common.files import write_whole
from microbit_ml.common.inputs import MB, parse_json, read_input
from microbit_ml.common.printable import shown
from microbit_ml.errors import DataError
from microbit_ml.recordings import journal
from microbit_ml.recordings.faces import from_json, to_json
from microbit_ml.recordings.journal import FIELDS
from microbit_ml.recordings.recording import (
    HIGHEST_RATE_HZ,
    LOWEST_RATE_HZ,
    Recording,
    composed,
)

FILE_NAME = "dataset.json"
FORMAT, VERSION = "microbit-ml data set", 2
LARGEST = 512 * MB  # a data set of version 1 kept all notes here


class Notes:
    """The content of a ``dataset.json``; an absent file is an empty one.

    rate_hz: float or None; provenance: list of JSON objects; faces: label -> Face, in the order of
    the labels. Raises DataError for a damaged file.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content
        self._recordings: dict[str, dict[str, str]] = content.setdefault("recordings", {})
        self.provenance: list[Any] = content.setdefault("provenance", [])
        self.rate_hz: float | None = content.get("rate_hz")
        self.faces = from_json(content.get("labels", []))

    @classmethod
    def read(cls, folder: Path) -> Notes:
        """The notes of a data set's folder, with what ``recordings.jsonl`` adds to them."""
        notes = cls.read_head(folder)
        for line in journal.read_lines(folder / journal.FILE_NAME)[0]:
            notes.apply(line)
        return notes

    @classmethod
    def read_head(cls, folder: Path) -> Notes:
        """Those in ``dataset.json`` alone."""
        path = folder / FILE_NAME
        try:
            data = read_input(path, LARGEST, "data set's dataset.json")
        except FileNotFoundError:
            return cls.empty()
        return cls.parse(data, str(path))

    def apply(self, line: Mapping[str, Any]) -> None:
        """Apply a line of ``recordings.jsonl``."""
        if "key" in line:
            self._recordings[line["key"]] = {
                field: line[field] for field in FIELDS if field in line
            }

    @classmethod
    def empty(cls) -> Notes:
        """The notes of a new data set."""
        return cls({"format": FORMAT, "version": 1, "rate_hz": None, "provenance": []})

    @classmethod
    def parse(cls, data: bytes, where: str) -> Notes:
        """The notes in a file's bytes; ``where`` names the file in messages."""
        try:
            content = parse_json(data)
            _to_json(content)  # what cannot be written back, such as half a character, is damage
        except (ValueError, RecursionError) as error:
            raise _damaged(where, str(error)) from error
        problem = _problem(content)
        if problem:
            raise _damaged(where, problem)
        if content.get("version", VERSION) > VERSION:
            raise DataError(
                f"{where} was written by a newer microbit-ml (version {content['version']} of the "
                f"format; this one knows {VERSION}). Update microbit-ml and try again."
            )
        return cls(content)

    def write(self, folder: Path, rate_hz: float) -> None:
        """Write the file atomically; ``rate_hz`` is used only when the file has none.

        For the head of a data set that has ``recordings.jsonl``: see :meth:`read_head`.
        """
        content = self._bytes(rate_hz, version=VERSION)
        path = folder / FILE_NAME
        if not path.exists() or read_input(path, LARGEST, "data set's dataset.json") != content:
            write_whole(path, content)

    def to_bytes(self, rate_hz: float) -> bytes:
        """The file's bytes; ``rate_hz`` is used only when the file has none."""
        return self._bytes(rate_hz)

    def _bytes(self, rate_hz: float, **changes: Any) -> bytes:
        changes["rate_hz"] = rate_hz if self.rate_hz is None else self.rate_hz
        if self.faces or "labels" in self._content:
            known = {entry["name"]: entry for entry in self._content.get("labels", [])}
            changes["labels"] = [
                _unknown_fields(known.get(entry["name"], {})) | entry
                for entry in to_json(self.faces)
            ]
        return _to_json({**self._content, **changes})

    def applied(self, recording: Recording) -> Recording:
        """The recording with its subject, board and source, where known."""
        known = self.of(recording.label, recording.digest)
        return recording.noted(*(known.get(field, "") for field in FIELDS))

    def of(self, label: str, digest: str) -> dict[str, str]:
        """Subject, board and source of a recording, where known."""
        return self._recordings.get(f"{digest} {label}") or self._recordings.get(digest) or {}

    def add(self, recording: Recording) -> dict[str, Any]:
        """Note subject, board and source of a recording that is new in the folder.

        Returns the line for ``recordings.jsonl``, {} when nothing has changed.
        """
        known = _known(recording)
        noted = self.of(recording.label, recording.digest)
        contradicts = any(noted.get(field, value) != value for field, value in known.items())
        if contradicts:
            return self._set(f"{recording.digest} {recording.label}", known)
        return self.complete(recording)

    def complete(self, recording: Recording) -> dict[str, Any]:
        """Note what was unknown so far; existing notes stay. Returns as :meth:`add`."""
        own = f"{recording.digest} {recording.label}"
        key = own if own in self._recordings else recording.digest
        return self._set(key, {**_known(recording), **self._recordings.get(key, {})})

    def _set(self, key: str, known: dict[str, str]) -> dict[str, Any]:
        """Set the facts of a key; returns as :meth:`add`."""
        if known == self._recordings.get(key, {}):
            return {}
        self._recordings[key] = known
        return {"key": key, **known}


def _unknown_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What another program has noted about a label."""
    return {name: value for name, value in entry.items() if name not in ("icon", "sound")}


def _to_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _known(recording: Recording) -> dict[str, str]:
    return {field: getattr(recording, field) for field in FIELDS if getattr(recording, field)}


def _problem(content: object) -> str:
    """The problem with the parsed JSON; "" when there is none."""
    if not isinstance(content, dict):
        return "it must hold an object {...}"
    rate_hz = content.get("rate_hz")
    if rate_hz is not None and not _is_rate(rate_hz):
        return (
            f"rate_hz is {shown(rate_hz)} instead of samples a second, such as 50 (from "
            f"{LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:,})"
        )
    if not _is_number(content.get("version", VERSION)):
        return f"version is {shown(content['version'])} instead of a number"
    if not isinstance(content.get("provenance", []), list):
        return "provenance must be a list [...]"
    try:
        from_json(content.get("labels", []))
    except DataError as error:
        return str(error).rstrip(".")
    recordings = content.get("recordings", {})
    if not isinstance(recordings, dict):
        return "recordings must be an object {...}"
    for digest, note in recordings.items():
        if not isinstance(note, dict):
            return (
                f"the recording {shown(digest)} is {shown(note)} instead of an object with the "
                f"texts {', '.join(FIELDS)}"
            )
        for field in FIELDS:
            problem = _problem_of_text(note.get(field, ""))
            if problem:
                return f"the {field} of the recording {shown(digest)} {problem}"
    return ""


def _problem_of_text(text: object) -> str:
    if not isinstance(text, str):
        return f"is {shown(text)} instead of a text"
    try:
        composed(text, "text")
    except DataError:
        return f"is {shown(text)}, which has a character in it that no text has"
    return ""


def _is_rate(value: Any) -> bool:
    return _is_number(value) and LOWEST_RATE_HZ <= value <= HIGHEST_RATE_HZ


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _damaged(where: str, problem: str) -> DataError:
    return DataError(
        f"{where} is damaged: {problem}. The recordings are not affected. Repair the file, or move "
        "it out of the folder: the recordings then load without their subjects."
    )
