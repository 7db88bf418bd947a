"""Edge Impulse's data acquisition format, as JSON and as CSV; a zip with its ``info.labels``.

One file per recording, in the folders ``training`` and ``testing``::

    shake.shake-01.json   {"protected": {"ver": "v1", "alg": "none"}, "signature": "000...",
                           "payload": {"device_type": "BBC micro:bit V2", "interval_ms": 20.0,
                                       "sensors": [{"name": "accX", "units": "m/s2"}, ...],
                                       "values": [[0.1149, -0.0383, -9.7683], ...]}}
    shake.shake-01.csv    timestamp,accX,accY,accZ       timestamp in ms
                          0,0.1149,-0.0383,-9.7683
    info.labels           {"version": 1, "files": [{
                           "path": "training/shake.shake-01.json",
                           "name": "shake-01", "category": "training",
                           "label": {"type": "label", "label": "shake"},
                           "metadata": {"person": "Ann", "unit": "m/s2"}}]}

(Source: "Data acquisition format", "Edge Impulse labels" and "Uploader" in the documentation of
Edge Impulse.) Every fifth recording of a label goes into ``testing``, so a fifth is held out, as by
Edge Impulse itself.
Without ``info.labels``, the label is the file name up to its first dot. Labels, names, people,
boards and sources are in ``info.labels``; Edge Impulse shows and returns them. JSON has one
sampling interval, so uneven time stamps are lost; CSV keeps them. Neither has the data set's rate,
or labels without recordings. Signatures are neither written nor checked. Only the accelerometer is
read. CBOR is not supported.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from microbit_ml.common.files import write_whole
from microbit_ml.common.inputs import MB, open_input, parse_json
from microbit_ml.common.printable import shown, shown_json
from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings.dataset import Dataset, usual_rate, usual_step_ms
from microbit_ml.recordings.folders import FreeNames
from microbit_ml.recordings.formats.archive import zip_entry
from microbit_ml.recordings.formats.tables import (
    COUNTS_PER_UNIT,
    LARGEST_G,
    Table,
    column_of,
    counts_per_unit,
    read_bytes,
    table_lines,
    wrong_unit,
)
from microbit_ml.recordings.formats.zip_members import BROKEN, ZipReader, is_hidden, names_in
from microbit_ml.recordings.names import text_of
from microbit_ml.recordings.recording import AXES, COUNTS_PER_G, Recording

INFO = "info.labels"
CATEGORIES = "training", "testing"  # the folders
TEST_EVERY = 5  # this recording of a label, and each multiple, is for testing
UNIT = "m/s2"  # the unit that is written, as by Edge Impulse's own firmware
_ENDINGS = (".json", ".csv", ".cbor")
_AGAIN = "Export it from Edge Impulse again."
Files = list[tuple[tuple[str, ...], bytes]]  # the path of each as a tuple, and its content
LARGEST_LOOKED_AT = 512 * MB  # files of other formats come by here too, in pieces
PIECE = 2**20  # bytes of a file that are looked at together


def write_edge_impulse(data: Dataset, path: str | Path, kind: str = "json") -> int:
    """Write a zip for Edge Impulse's uploader, atomically; return its number of recordings.

    kind: "json" or "csv". Unpack the zip into a folder, and give that folder to the uploader
    (``edge-impulse-uploader --directory FOLDER``). ``info.labels`` describes each file. Raises
    DataError when there is no recording, OSError when the disk is full.
    """
    if not data.recordings:
        raise DataError(f"There are no recordings to write to {path}. Record or import some.")
    packed, names, files = io.BytesIO(), FreeNames(), []
    n_of_label: Counter[str] = Counter()
    with zipfile.ZipFile(packed, "w") as file:
        for category in CATEGORIES:  # both are there, even if one stays empty
            file.writestr(zip_entry(PurePosixPath(category), folder=True), b"")
        for recording in data:
            # The label ends at the first dot, so it must not contain one.
            stem = (recording.label or "unlabeled").replace(".", "_")
            name = names.take(f"{stem}.{recording.name or 'recording'}")
            n_of_label[recording.label] += 1
            category = CATEGORIES[n_of_label[recording.label] % TEST_EVERY == 0]
            name = f"{category}/{name}.{kind}"
            text = _csv_of(recording) if kind == "csv" else _json_of(recording, data.rate_hz)
            file.writestr(zip_entry(PurePosixPath(name)), text)
            files.append(_info_of(recording, name, category))
        info = json.dumps({"version": 1, "files": files}, ensure_ascii=False, indent=1)
        file.writestr(zip_entry(PurePosixPath(INFO)), info + "\n")
    write_whole(Path(path), packed.getvalue())
    return len(data)


def read_edge_impulse(path: str | Path, unit: str | None = None) -> Dataset:
    """Read one JSON file, or a zip or folder with such files; in counts, clipped at +-2 g.

    unit: of CSV files without one in ``info.labels``: "counts", "g", "mg" or "m/s2".
    Raises FileMissingError, or DataError that names the file and the position in it.
    """
    path = Path(path)
    files = _files(path)
    infos = _infos(files, str(path))
    recordings = []
    for parts, content in files:
        if parts[-1] == INFO:
            continue
        where = "/".join((str(path), *parts)) if path.is_dir() else f"{path}, {'/'.join(parts)}"
        if parts == (path.name,):
            where = str(path)
        recordings.append(_recording(parts, content, infos.pop(parts, {}), where, unit))
    if infos:
        raise DataError(
            f"{path}: {INFO} names {shown('/'.join(next(iter(infos))))}, which is not there. "
            f"{_AGAIN}"
        )
    if not recordings:
        raise DataError(f"{path} holds no recordings of Edge Impulse (.json or .csv). {_AGAIN}")
    provenance = [{"kind": "Edge Impulse", "file": path.name, "recordings": len(recordings)}]
    return Dataset(recordings, usual_rate(recordings), provenance)


def is_edge_impulse(path: Path) -> bool:
    """Whether a zip or a folder holds ``info.labels``, or a JSON file a payload with sensors."""
    if path.is_dir():
        return any(True for _ in path.rglob(INFO))
    if not _begins(path, b"PK"):
        return _has_texts(path, {b'"payload"', b'"sensors"'})
    try:
        return any(PurePosixPath(name).name == INFO for name in names_in(path))
    except BROKEN:
        return False


def _begins(path: Path, start: bytes) -> bool:
    """Whether the file begins with these bytes."""
    try:
        with open_input(path, LARGEST_LOOKED_AT, "file of recordings") as file:
            return file.read(len(start)) == start
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error


def _has_texts(path: Path, texts: set[bytes]) -> bool:
    """Whether all texts are in the file, which is read in pieces."""
    longest = max(map(len, texts))
    before = b""
    try:
        with open_input(path, LARGEST_LOOKED_AT, "file of recordings") as file:
            while texts and (piece := file.read(PIECE)):
                texts = {text for text in texts if text not in before + piece}
                before = piece[-longest:]
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    return not texts


def _json_of(recording: Recording, rate_hz: float) -> str:
    payload = {
        "device_type": f"BBC micro:bit {recording.board}".strip(),
        "interval_ms": _step_ms(recording, rate_hz),
        "sensors": [{"name": f"acc{axis.upper()}", "units": UNIT} for axis in AXES],
        "values": _metres_per_s2(recording),
    }
    head = {"protected": {"ver": "v1", "alg": "none"}, "signature": "0" * 64}
    return json.dumps({**head, "payload": payload}) + "\n"


def is_even(recording: Recording, rate_hz: float) -> bool:
    """Whether its samples are evenly spaced, to a thousandth of a millisecond."""
    return _has_step(recording, _step_ms(recording, rate_hz))


def _step_ms(recording: Recording, rate_hz: float) -> float:
    """The sampling interval: the data set's if the recording has that, else the mean."""
    usual_ms = 1000.0 / rate_hz
    if _has_step(recording, usual_ms):
        return usual_ms
    return usual_step_ms(recording.time_ms)


def _has_step(recording: Recording, step_ms: float) -> bool:
    expected_ms = np.round(np.arange(len(recording)) * step_ms, 3)
    return bool(np.all(np.abs(recording.time_ms - expected_ms) < 0.0015))


def _csv_of(recording: Recording) -> str:
    lines = ["timestamp," + ",".join(f"acc{axis.upper()}" for axis in AXES)]
    for time_ms, row in zip(recording.time_ms.tolist(), _metres_per_s2(recording), strict=True):
        lines.append(",".join([f"{time_ms:.3f}".rstrip("0").rstrip("."), *map(repr, row)]))
    return "\n".join(lines) + "\n"


def _metres_per_s2(recording: Recording) -> list[list[float]]:
    """Rounded to four decimals: a count is 0.0096 m/s2, so the counts can be restored."""
    return (recording.samples / COUNTS_PER_UNIT[UNIT]).round(4).tolist()


def _info_of(recording: Recording, name: str, category: str) -> dict[str, Any]:
    known = {"person": recording.subject, "board": recording.board, "source": recording.source}
    label = {"type": "label", "label": recording.label}
    return {
        "path": name,
        "name": recording.name,
        "category": category,
        "label": label if recording.label else {"type": "unlabeled"},
        "metadata": {key: text for key, text in known.items() if text} | {"unit": UNIT},
    }


def _files(path: Path) -> Files:
    """All files that Edge Impulse may have made, with their paths inside ``path``."""
    if path.is_dir():
        inside = (
            file.relative_to(path).parts for file in sorted(path.rglob("*")) if file.is_file()
        )
        return [
            (parts, read_bytes(path.joinpath(*parts)))
            for parts in inside
            if parts[-1].lower().endswith((*_ENDINGS, INFO)) and not any(map(is_hidden, parts))
        ]
    content = read_bytes(path)
    if not content.startswith(b"PK"):
        return [((path.name,), content)]
    members = ZipReader().members(content, str(path), (*_ENDINGS, INFO))
    return [(one.parts, one.read()) for one in members if one.is_requested]


def _infos(files: Files, where: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """The entries of all ``info.labels``, by the path of the file that each describes."""
    existing = {parts for parts, _ in files}
    infos: dict[tuple[str, ...], dict[str, Any]] = {}
    for parts, content in files:
        if parts[-1] != INFO:
            continue
        inner = f"{where}, {'/'.join(parts)}"
        entries = _parsed(content, inner).get("files")
        if not isinstance(entries, list):
            raise DataError(f"{inner} has no list of files. {_AGAIN}")
        for number, entry in enumerate(entries, start=1):
            path = entry.get("path") if isinstance(entry, dict) else None
            if not isinstance(path, str) or not path:
                raise DataError(f"{inner}, entry {number} has no file path. {_AGAIN}")
            path_parts = PurePosixPath(path.replace("\\", "/")).parts
            # Relative to the folder of info.labels, or to the top of the export.
            candidates = [(*parts[:-1], *path_parts), path_parts]
            infos[next((one for one in candidates if one in existing), candidates[0])] = entry
    return infos


def _recording(
    parts: tuple[str, ...], content: bytes, info: dict[str, Any], where: str, unit: str | None
) -> Recording:
    """One file as a recording, with its entry in ``info.labels``."""
    name = parts[-1]
    if name.lower().endswith(".cbor") or content[:1] in (b"\xa3", b"\xbf"):
        raise DataError(f"{where} is CBOR, which is not supported. Choose JSON when you export.")
    metadata = info.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise DataError(f"{where}: its metadata in {INFO} is not an object. {_AGAIN}")
    texts = {key: _text(metadata.get(key)) for key in ("person", "board", "source", "unit")}
    label, stem = _label(info, where), text_of(name.rsplit(".", 1)[0])
    if label is None:
        label = stem.split(".")[0] if "." in stem else ""
    try:
        samples, time_ms = (
            _from_csv(content, where, unit or texts["unit"] or None)
            if name.lower().endswith(".csv")
            else _from_json(content, where, unit)
        )
        return Recording(
            samples,
            label,
            time_ms,
            texts["person"],
            _text(info.get("name")) or stem,
            texts["board"],
            texts["source"] or name,
        )
    except DataError as error:
        raise error if where in str(error) else DataError(f"{where}: {error}") from error


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _label(info: dict[str, Any], where: str) -> str | None:
    """The label in ``info.labels``; None when it has none."""
    label = info.get("label")
    if isinstance(label, str):
        return label
    if not isinstance(label, dict):
        return None
    if label.get("type") == "unlabeled":
        return ""
    if label.get("type") == "multi-label":
        raise DataError(
            f"{where} has several labels. Split it in Edge Impulse, so that each sample has one."
        )
    return label["label"] if isinstance(label.get("label"), str) else None


def _from_csv(content: bytes, where: str, unit: str | None) -> tuple[np.ndarray, object]:
    lines, separator = table_lines(content, where)
    columns = [column_of(cell.strip('"')) for cell in lines[0].split(separator)]
    roles = [column.role for column in columns if column]
    if sorted(role for role in roles if role in (*AXES, "time")) != ["time", *AXES]:
        raise DataError(
            f"{where}, line 1 must name timestamp, accX, accY and accZ once each, but it is "
            f"{lines[0][:60]!r}. {_AGAIN}"
        )
    runs = Table(where, columns, separator, unit).runs(list(enumerate(lines, start=1))[1:])
    if len(runs) > 1:
        raise DataError(f"{where}, line {runs[1].line}: the time starts again. {_AGAIN}")
    return np.array(runs[0].rows), runs[0].time_ms


def _from_json(content: bytes, where: str, unit: str | None) -> tuple[np.ndarray, object]:
    payload = _parsed(content, where).get("payload")
    if not isinstance(payload, dict):
        raise DataError(f"{where} has no payload: it is not an Edge Impulse file. {_AGAIN}")
    step_ms: Any = payload.get("interval_ms")
    if not _is_number(step_ms) or not 0.01 <= step_ms <= 60_000:
        raise DataError(
            f"{where}: interval_ms is {shown(step_ms)} instead of milliseconds. {_AGAIN}"
        )
    columns, factor = _sensors(payload.get("sensors"), where, unit)
    rows = payload.get("values")
    if not isinstance(rows, list) or not rows:
        raise DataError(f"{where}: values is not a list of samples. {_AGAIN}")
    values = np.array([_row(row, columns, f"{where}, value {n}") for n, row in enumerate(rows, 1)])
    values *= factor
    largest_g = float(np.abs(values).max()) / COUNTS_PER_G
    if largest_g > LARGEST_G:
        raise wrong_unit(where, largest_g)
    return values, np.arange(len(rows)) * step_ms


def _sensors(sensors: object, where: str, unit: str | None) -> tuple[list[int], float]:
    """The columns of x, y and z in a row, and the counts per unit."""
    if not isinstance(sensors, list) or not all(isinstance(one, dict) for one in sensors):
        raise DataError(f"{where}: sensors is not a list of sensors. {_AGAIN}")
    names = [column_of(str(one.get("name", ""))) for one in sensors]
    columns = []
    for axis in AXES:
        found = [number for number, column in enumerate(names) if column and column.role == axis]
        if len(found) != 1:
            raise DataError(
                f"{where}: sensors must name accX, accY and accZ once each, but are "
                f"{shown(', '.join(str(one.get('name')) for one in sensors[:20]))}. {_AGAIN}"
            )
        columns += found
    units = {str(sensors[column].get("units", "")).lower() for column in columns}
    if unit is None and len(units) > 1:
        raise DataError(f"{where}: its axes are in {' and '.join(sorted(units))}. {_AGAIN}")
    name = unit or next(iter(units))
    if name not in COUNTS_PER_UNIT:
        raise DataError(
            f"{where}: the unit {shown(name)} is not known. Add one of: --unit g, mg, m/s2, counts"
        )
    return columns, counts_per_unit(name, where)


def _row(row: object, columns: list[int], where: str) -> list[float]:
    if not isinstance(row, list):
        raise DataError(f"{where} is not a list of numbers. {_AGAIN}")
    values: list[Any] = [row[one] if one < len(row) else None for one in columns]
    for axis, value in zip(AXES, values, strict=True):
        if not _is_number(value):
            raise DataError(f"{where}: {axis} is {shown_json(value)}, not a number. {_AGAIN}")
    return values


def _is_number(value: object) -> bool:
    """Whether a JSON value is a finite number (true and false are not)."""
    return type(value) in (int, float) and abs(value) < 1e300  # type: ignore[arg-type]


def _parsed(content: bytes, where: str) -> dict[str, Any]:
    try:
        parsed = parse_json(content, takes_nan=True)
    except ValueError as error:
        raise DataError(f"{where} is not JSON or is cut short: {error}. {_AGAIN}") from error
    if not isinstance(parsed, dict):
        raise DataError(f"{where} does not contain an object {{...}}. {_AGAIN}")
    return parsed
