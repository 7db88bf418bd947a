"""Files of micro:bit CreateAI, read and written, and of its predecessor ml-machine, read.

Four formats are supported:

- CreateAI's data samples: a list of actions, or ``{"data": [actions]}``::

    [{"id": "...", "name": "circle", "icon": "Heart", "recordings": [{"id": "...",
      "data": {"x": [0.328, ...], "y": [...], "z": [...]}}]}]

  (older files write ``ID``),
- a MakeCode project: ``{"text": {"dataset.json": "<the above as text>"}}``; or the hex of one, as
  CreateAI and MakeCode save it (makecode_hex.py),
- ml-machine: ``"recordings": [{"samples": [{"vector": [x, y, z]}, ...]}]``.

The numbers are the board's counts divided by 1000 (so a board at rest reads 1.024 there, not 1).
The files hold no time stamps (50 samples a second are assumed), no people, no boards and no names
of recordings. The first format is the one that is written, as CreateAI opens it: it requires a
name, an ``id`` and a list of recordings (empty for a class without any) for each action, and an
``id`` and x, y, z of equal length for each recording; it adds an icon where there is none. The
icons and the order of the actions are kept, and in the provenance, for a later export, the
``requiredConfidence`` of actions that differs from CreateAI's default. Its windows are 1 s, or
1.8 s when the first recording in the file has 80 samples or more.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from microbit_ml.common.files import write_whole
from microbit_ml.common.inputs import MB, open_input, parse_json
from microbit_ml.common.printable import shown_json
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.faces import Face, merged
from microbit_ml.recordings.formats.json_pieces import read_pieces
from microbit_ml.recordings.formats.makecode_hex import DATASET, dataset_in_hex, is_hex
from microbit_ml.recordings.pictures import CREATEAI
from microbit_ml.recordings.recording import AXES, Recording, composed, to_counts
from microbit_ml.recordings.window import resample

COUNTS_PER_UNIT = 1000
LARGEST = 512 * MB  # of a file: a quarter of a million recordings of a second
LARGEST_UNIT = 16.0  # no micro:bit measures beyond 16 g: larger numbers are in another unit
RATE_HZ = 50.0  # nominal: the board is read every 20 ms
LONG_SAMPLES = 80  # CreateAI uses 1.8 s windows for a file whose first recording is this long
REQUIRED_CONFIDENCE = 0.8  # of an action, CreateAI's default
CONFIDENCES = "required_confidence"  # in the provenance: label -> what it was instead
START_BYTES = 64  # enough to tell a hex from JSON
BEGIN_MS = 1_704_067_200_000  # 2024: "created" counts up from here, so the order is kept
_IMAGE_OF = {name: image for image, name in CREATEAI.items()} | {"EigthNote": "MUSIC_QUAVER"}
_IDS = uuid.UUID("b53e0ad0-3c4b-5d02-9cf5-5f2f2a1f6f61")  # the same data gives the same ids


def write_createai(data: Dataset, path: str | Path) -> int:
    """Write the data set as CreateAI's data samples, atomically; return its number of recordings.

    A recording at another rate is resampled to 50 samples a second. Raises DataError when there is
    no recording, or one without a label; OSError when the disk is full or may not be written.
    """
    created_ms = BEGIN_MS
    confidences = _confidences(data)
    actions = []
    for label, recordings in by_action(data, "CreateAI").items():
        created_ms += 1
        action: dict[str, Any] = {
            "name": label,
            "id": str(uuid.uuid5(_IDS, label)),
            "createdAt": created_ms,
            "requiredConfidence": confidences.get(label, REQUIRED_CONFIDENCE),
            "recordings": [],
        }
        if icon := CREATEAI.get(data.faces.get(label, Face()).icon):
            action["icon"] = icon
        for number, rows in enumerate(recordings):
            created_ms += 1
            columns = zip(*rows, strict=True)
            action["recordings"].append(
                {
                    "id": str(uuid.uuid5(_IDS, f"{label} {number}")),
                    "createdAt": created_ms,
                    "data": {axis: list(c) for axis, c in zip(AXES, columns, strict=True)},
                }
            )
        actions.append(action)
    write_whole(Path(path), (json.dumps(actions, ensure_ascii=False) + "\n").encode("utf-8"))
    return len(data)


def by_action(data: Dataset, program: str) -> dict[str, list[list[list[float]]]]:
    """Label -> its recordings as rows [x, y, z] in counts / 1000 at 50 samples a second.

    ``program`` is the name of the receiving program in messages.
    """
    if not data.recordings:
        raise DataError(f"There are no recordings to write for {program}. Record or import some.")
    actions: dict[str, list[list[list[float]]]] = {label: [] for label in data.ordered_labels}
    for recording in data:
        if not recording.label.strip():
            raise DataError(
                f"The recording {recording.name!r} has no label, and {program} needs one. Move its "
                "file into the folder of a label, or choose labels: --labels A,B"
            )
        counts = resample(recording, RATE_HZ)
        actions[recording.label].append((counts / COUNTS_PER_UNIT).round(3).tolist())
    return actions


def read_createai(path: str | Path, subject: str = "") -> Dataset:
    """Read a JSON file of CreateAI or ml-machine, or a hex of CreateAI, as a data set at 50 Hz.

    Actions of the same name are joined; an action without recordings is in ``empty_labels``.
    ``subject``: who made all of them. Raises FileMissingError, or DataError that names file,
    action and recording: a bad recording is never skipped silently.
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(f"{path} is a folder. Give the JSON file in it.")
    actions = _actions(path)
    recordings: list[Recording] = []
    n_of_label: dict[str, int] = {}
    faces: dict[str, Face] = {}
    confidences: dict[str, float] = {}
    for number, action in enumerate(actions, start=1):
        label, items = _action(action, f"{path}, action {number}")
        n_of_label.setdefault(label, 0)
        faces = merged(faces, {label: _face(action)})
        confidences |= _confidence(label, action)
        for index, item in enumerate(items, start=1):
            items[index - 1] = None  # it is not needed any more
            where = f"{path}, action {label!r}, recording {index}"
            n_of_label[label] += 1
            name = f"{label}-{n_of_label[label]:02d}"
            if isinstance(item, np.ndarray):
                counts = item
            else:
                counts = _recording_values(item, where) * COUNTS_PER_UNIT
            try:
                recordings.append(
                    Recording(counts, label, None, subject, name, source=path.name, rate_hz=RATE_HZ)
                )
            except DataError as error:
                raise DataError(f"{where}: {error}") from error
    if not recordings:
        raise DataError(f"{path} holds no recordings. Record some in CreateAI and save it again.")
    origin: dict[str, Any] = {
        "kind": "CreateAI",
        "file": path.name,
        "recordings": len(recordings),
    }
    if confidences:
        origin[CONFIDENCES] = confidences
    return Dataset(
        recordings,
        RATE_HZ,
        [origin],
        sorted(label for label, n in n_of_label.items() if n == 0),
        faces,
    )


def _actions(path: Path) -> list[Any]:
    """The list of actions, whatever format the file has."""
    content = _parse(path)
    if isinstance(content, str):  # of the dataset.json in a hex
        content = _parse_json(content, f"{path}, {DATASET} in it")
    if isinstance(content, dict) and isinstance(content.get("text"), dict):
        text = content["text"].get(DATASET)
        if not isinstance(text, str):
            raise DataError(
                f"{path} is a MakeCode project without a {DATASET}: it holds no recordings. "
                "Save the data samples in CreateAI and import that file."
            )
        content = _parse_json(text, f"{path}, {DATASET} in it")
    if isinstance(content, dict) and "data" in content:
        content = content["data"]
    if isinstance(content, dict) and {"x", "y"} <= set(content):
        raise DataError(
            f"{path} holds features (numbers computed from recordings), not recordings. "
            "Save the data samples in CreateAI and import that file."
        )
    if not isinstance(content, list):
        raise DataError(
            f"{path} is not a CreateAI or ml-machine file: it must hold a list of actions. "
            "Save the data samples in CreateAI and import that file."
        )
    return content


def _parse(path: Path) -> object:
    """The content of the file, in which plain recordings are arrays already: :func:`_shrunk`.

    Of a hex, it is the text of the dataset.json in it.
    """
    try:
        with open_input(path, LARGEST, "JSON file of recordings") as file:
            if is_hex(file.read(START_BYTES)):
                return dataset_in_hex(path)
            file.seek(0)
            return read_pieces(file, _shrunk)
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    except DataError:  # of a hex, which explains itself
        raise
    except (ValueError, RecursionError) as error:
        raise _not_json(str(path), error) from error


def _shrunk(item: object) -> tuple[object, bool]:
    """A recording as int16 (n_samples, 3) in counts, and True; another item itself, and False."""
    try:
        return to_counts(_recording_values(item, "") * COUNTS_PER_UNIT), True
    except DataError:  # raised again where the file, the action and the recording are known
        return item, False


def _parse_json(text: str | bytes, where: str) -> object:
    try:
        return parse_json(text, takes_nan=True)
    except (ValueError, RecursionError) as error:
        raise _not_json(where, error) from error


def _not_json(where: str, error: Exception) -> DataError:
    return DataError(f"{where} is not JSON or is cut short: {error}. Save or download it again.")


def _action(action: object, where: str) -> tuple[str, list[Any]]:
    """An action's label and its recordings."""
    if not isinstance(action, dict):
        raise DataError(
            f"{where} is {_short(action)} instead of an action with recordings. Save the data "
            "samples again."
        )
    label = action.get("name")
    if not isinstance(label, str) or not label.strip():
        raise DataError(
            f"{where} has no name. Give the action a name in CreateAI and save the file again."
        )
    items = action.get("recordings")
    if not isinstance(items, list):
        raise DataError(
            f"{where} ({label!r}) has no list of recordings. Save the data samples again."
        )
    try:
        return composed(label, "label"), items
    except DataError as error:
        raise DataError(f"{where}: {error}") from error


def _face(action: dict[str, Any]) -> Face:
    """An action's icon; none for one that only a newer CreateAI has."""
    return Face(_IMAGE_OF.get(str(action.get("icon", "")), ""))


def _confidence(label: str, action: dict[str, Any]) -> dict[str, float]:
    """The label's threshold in CreateAI, if its owner has changed it."""
    value: Any = action.get("requiredConfidence")
    if type(value) not in (int, float) or not 0 <= value <= 1 or value == REQUIRED_CONFIDENCE:
        return {}
    return {label: value}


def _confidences(data: Dataset) -> dict[str, float]:
    """The thresholds that labels had when they were imported, the newest ones."""
    known: dict[str, float] = {}
    for origin in data.provenance:
        of_labels = origin.get(CONFIDENCES)
        if isinstance(of_labels, dict):
            for label, value in of_labels.items():
                known |= _confidence(label, {"requiredConfidence": value})
    return known


def _recording_values(item: object, where: str) -> np.ndarray:
    """One recording's x, y, z in CreateAI's unit: float64 (n_samples, 3)."""
    if isinstance(item, dict) and isinstance(item.get("data"), dict):
        columns = [_column(item["data"].get(axis), f"{where}, axis {axis}") for axis in AXES]
        lengths = [len(column) for column in columns]
        if len(set(lengths)) > 1:
            raise DataError(
                f"{where}: x, y and z have {', '.join(map(str, lengths))} values, but must have "
                "the same number. Delete that recording in CreateAI, save and import again."
            )
        values = np.stack(columns, axis=1)
    elif isinstance(item, dict) and isinstance(item.get("samples"), list):
        rows = [
            _column(
                sample.get("vector") if isinstance(sample, dict) else None,
                f"{where}, sample {number}",
            )
            for number, sample in enumerate(item["samples"], start=1)
        ]
        bad = [number for number, row in enumerate(rows, start=1) if len(row) != 3]
        if bad:
            raise DataError(
                f"{where}, sample {bad[0]} has {len(rows[bad[0] - 1])} values instead of x, y, z. "
                "Delete that recording, save and import again."
            )
        values = np.array(rows).reshape(-1, 3)
    else:
        raise DataError(
            f"{where} has neither data (x, y, z) nor samples. Delete that recording in CreateAI, "
            "save and import again."
        )
    if values.size and np.abs(values).max() > LARGEST_UNIT:
        raise DataError(
            f"{where}: the value {values.flat[np.abs(values).argmax()]:g} is not an acceleration "
            f"in g (CreateAI's numbers are within +-2.05). Is the file in another unit?"
        )
    return values


def _column(values: object, where: str) -> np.ndarray:
    """A JSON list of numbers as float64, or a DataError."""
    if not isinstance(values, list):
        raise DataError(
            f"{where} is {_short(values)} instead of a list of numbers. Delete that recording in "
            "CreateAI, save and import again."
        )
    if set(map(type, values)) <= {int, float}:
        try:
            column = np.array(values, dtype=np.float64)
        except OverflowError:  # an integer of 400 digits, which is named below
            column = np.full(1, np.inf)
        if (np.abs(column) < 1e300).all():
            return column
    for number, value in enumerate(values, start=1):
        if type(value) not in (int, float) or not abs(value) < 1e300:
            raise DataError(
                f"{where}, value {number} is {_short(value)} instead of a number. "
                "Delete that recording in CreateAI, save and import again."
            )
    return np.array(values, dtype=np.float64)


def _short(value: object) -> str:
    return "missing" if value is None else shown_json(value)
