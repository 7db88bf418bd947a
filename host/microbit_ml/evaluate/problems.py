"""Problems of a data set, in sentences, before a model is trained on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from microbit_ml.common.wording import plural
from microbit_ml.errors import DataError
from microbit_ml.evaluate.near_duplicates import alike_windows, shared_stretches
from microbit_ml.evaluate.odd_labels import odd_labels
from microbit_ml.evaluate.principal_components import standardized
from microbit_ml.features import compute_features
from microbit_ml.recordings import Dataset, Recording, make_window
from microbit_ml.recordings.names import alike_labels

FEWEST_RECORDINGS = 3  # of a label; with fewer, hardly any are left for testing
CLIPPED_COUNTS = 2032  # a V1.3 reads at most this; the others up to 2047
CLIPPED_FRACTION = 0.30  # of a label's samples; a strong shake reaches it, most gestures don't
ODD_LENGTH = 2.0  # times longer or shorter than the median recording
RATE_TOLERANCE = 0.10  # of rate_hz; clocks are off by up to 2 %, lost samples change more
FEWEST_STAMPS = 10  # with fewer, whole milliseconds are too coarse to measure a rate
MOST_NAMED = 3  # recordings named in a sentence; the rest are counted
STEPS = {16: "16 (V1.3)", 4: "4 (V1.5, V2)"}  # counts between readings, and the boards


def find_problems(data: Dataset) -> list[str]:
    """One sentence for each problem of ``data``; an empty list when it is fine."""
    recordings, windows = windows_of(data)
    return [
        *_label_problems(data),
        *_twin_problems(data),
        *_copy_problems(data),
        *_board_problems(data),
        *_clipping_problems(data),
        *_length_problems(data),
        *_rate_problems(data),
        *_near_duplicate_problems(recordings, windows),
        *_odd_label_problems(recordings, windows),
    ]


def seconds_of(recording: Recording, rate_hz: float) -> float:
    """The duration of a recording in seconds: each sample counts one sampling period."""
    n = len(recording)
    period_ms = recording.time_ms[-1] / (n - 1) if n > 1 else 1000 / rate_hz
    return float(n * period_ms / 1000)


def clipped_fraction(recordings: list[Recording]) -> float:
    """The fraction of samples with an axis at the end of the sensor's range."""
    counts = np.concatenate([recording.samples for recording in recordings])
    return float((np.abs(counts) >= CLIPPED_COUNTS).any(axis=1).mean())


def sensor_step(recording: Recording) -> int | None:
    """Counts between a sensor's readings, 16 or 4, judging by the recording; None if unclear.

    Readings at the end of the range are ignored, because they may be rounded differently. With few
    different readings the step is unclear.
    """
    readings = np.unique(recording.samples)
    readings = readings[np.abs(readings.astype(np.int32)) < CLIPPED_COUNTS]
    if len(readings) < 8:
        return None
    return next((step for step in STEPS if not (readings % step).any()), None)


def _label_problems(data: Dataset) -> list[str]:
    problems = [f'"{label}" has no recordings.' for label in data.empty_labels]
    problems += alike_labels([*data.labels, *data.empty_labels])
    count = Counter(recording.label for recording in data)
    without = count.pop("", 0)
    if without:
        problems.append(
            f"{plural(without, 'recording')} without a label. "
            "Move each into the folder of its label."
        )
    problems += [
        f'"{label}" has only {plural(count[label], "recording")}; '
        f"record {FEWEST_RECORDINGS} or more."
        for label in sorted(count)
        if count[label] < FEWEST_RECORDINGS
    ]
    if len(count) == 1:
        problems.append(
            f'There is only one label, "{next(iter(count))}": '
            "a model needs at least two to tell apart."
        )
    return problems


def _twin_problems(data: Dataset) -> list[str]:
    """The same measurement under two labels, for example after merging corrected data."""
    twins: dict[str, dict[str, str]] = {}
    for recording in data:
        twins.setdefault(recording.digest, {}).setdefault(recording.label, recording.path)
    paths = [sorted(labels.values()) for labels in twins.values() if len(labels) > 1]
    if not paths:
        return []
    return [
        f"{plural(len(paths), 'measurement')} under more than one label, such as "
        f"{' and '.join(paths[0])}. Delete the wrong ones."
    ]


def _copy_problems(data: Dataset) -> list[str]:
    """The same measurement twice under one label: a copy may be in both training and test."""
    copies = len(data) - len({(one.label, one.digest) for one in data})
    if not copies:
        return []
    are = "is" if copies == 1 else "are"
    return [f"{plural(copies, 'recording')} {are} listed twice. Delete the copies."]


def _board_problems(data: Dataset) -> list[str]:
    boards = Counter(recording.board for recording in data if recording.board)
    if len(boards) > 1:
        mixed = ", ".join(f"{board} ({boards[board]})" for board in sorted(boards))
        return [f"Recordings of different boards are mixed: {mixed}."]
    steps = Counter(sensor_step(recording) for recording in data)
    if steps[16] and steps[4]:
        mixed = ", ".join(f"{STEPS[step]}: {steps[step]} recordings" for step in STEPS)
        return [f"Sensors with different steps, in counts, are mixed: {mixed}."]
    return []


def _clipping_problems(data: Dataset) -> list[str]:
    problems = []
    for label, recordings in data.by_label().items():
        fraction = clipped_fraction(recordings) if label else 0.0
        if fraction > CLIPPED_FRACTION:
            problems.append(
                f'"{label}": {fraction:.0%} of the samples are clipped: they hit the end of the '
                "sensor's range (2 g). If the model often gets this gesture wrong, move more "
                "gently."
            )
    return problems


def _length_problems(data: Dataset) -> list[str]:
    seconds = np.array([seconds_of(recording, data.rate_hz) for recording in data])
    usual = float(np.median(seconds))
    odd = [
        recording.path
        for recording, length in zip(data, seconds, strict=True)
        if not usual / ODD_LENGTH <= length <= usual * ODD_LENGTH
    ]
    if not odd:
        return []
    return [f"Much longer or shorter than the usual {usual:.1f} s: {_named(odd)}."]


def _rate_problems(data: Dataset) -> list[str]:
    """Time stamps that don't match the data set's rate: lost samples, or a wrong import."""
    odd = []
    for recording in data:
        rate_hz = 1000 * (len(recording) - 1) / max(recording.time_ms[-1], 0.001)
        is_known = len(recording) >= FEWEST_STAMPS
        if is_known and abs(rate_hz - data.rate_hz) > RATE_TOLERANCE * data.rate_hz:
            odd.append(f"{recording.path} ({rate_hz:.3g})")
    if not odd:
        return []
    return [
        f"{plural(len(odd), 'recording')} with a different rate from the data set's "
        f"{data.rate_hz:g} samples a second, by the time stamps: {_named(odd)}. Were samples lost? "
        "Record again, or import the file again with the right time."
    ]


def _near_duplicate_problems(recordings: list[Recording], windows: np.ndarray) -> list[str]:
    """Almost the same movement twice; exact copies are reported elsewhere."""
    pairs = [
        (a, b)
        for a, b in sorted(alike_windows(windows) | shared_stretches(recordings))
        if recordings[a].digest != recordings[b].digest
    ]
    if not pairs:
        return []
    first = [f"{recordings[a].path} and {recordings[b].path}" for a, b in pairs[:MOST_NAMED]]
    return [
        f"{plural(len(pairs), 'pair')} of almost identical recordings (copied, shifted or cut from "
        f"one another): {_named(first, len(pairs))}. A model that is trained on one and tested on "
        "the other looks better than it is. Keep one of each."
    ]


def _odd_label_problems(recordings: list[Recording], windows: np.ndarray) -> list[str]:
    """Recordings that look like those of another label."""
    if not recordings:
        return []
    rows = standardized(compute_features(windows))
    names = [
        f'{recordings[odd.number].path} (most like "{odd.neighbours_label}")'
        for odd in odd_labels(rows, [recording.label for recording in recordings])
    ]
    if not names:
        return []
    return [
        f"{plural(len(names), 'recording')} perhaps in the wrong folder: {_named(names)}. "
        "Look at each."
    ]


def windows_of(data: Dataset) -> tuple[list[Recording], np.ndarray]:
    """Recordings and their windows, int (n, 50, 3) at 50 Hz, as a model gets them.

    A recording without a window, because its time stamps span hours, is left out.
    """
    recordings, windows = [], [np.zeros((0, 50, 3), dtype=np.int16)]
    for recording in data:
        try:
            windows.append(make_window(recording)[None])
        except DataError:
            continue
        recordings.append(recording)
    return recordings, np.concatenate(windows)


def _named(names: Sequence[str], n: int | None = None) -> str:
    """The first few names, and the number of the rest; n: of all, if names are not all."""
    n = len(names) if n is None else n
    more = f" and {n - MOST_NAMED} more" if n > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
