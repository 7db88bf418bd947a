"""What may be wrong with a data set before anything is trained on it, in words."""

from __future__ import annotations

from collections import Counter

import numpy as np

from microbit_ml.cli.screen import plural
from microbit_ml.recordings import Dataset, Recording

FEWEST_RECORDINGS = 3  # of a label; with fewer, hardly any is left to check what was learned
CLIPPED_COUNTS = 2032  # a V1.3 reads at most this; the others up to 2047
CLIPPED_SHARE = 0.30  # of a label's samples; a strong shake reaches it, most gestures need not
ODD_LENGTH = 2.0  # times longer or shorter than the usual recording
STEPS = {16: "16 (V1.3)", 4: "4 (V1.5, V2)"}  # counts between readings, and which board has them


def find_problems(data: Dataset) -> list[str]:
    """One sentence for each problem of ``data``; an empty list when it is fine."""
    return [
        *_label_problems(data),
        *_twin_problems(data),
        *_copy_problems(data),
        *_board_problems(data),
        *_clipping_problems(data),
        *_length_problems(data),
    ]


def seconds_of(recording: Recording, rate_hz: float) -> float:
    """How long a recording lasts: each sample counts one sampling period."""
    n = len(recording)
    period_ms = recording.time_ms[-1] / (n - 1) if n > 1 else 1000 / rate_hz
    return float(n * period_ms / 1000)


def clipped_share(recordings: list[Recording]) -> float:
    """The share of samples with an axis at the end of what the sensor can measure."""
    counts = np.concatenate([recording.samples for recording in recordings]).astype(np.int32)
    return float((np.abs(counts) >= CLIPPED_COUNTS).any(axis=1).mean())


def sensor_step(recording: Recording) -> int | None:
    """Counts between a sensor's readings, 16 or 4, as the recording shows; None when it does not.

    A reading at the end of the range may be rounded otherwise and tells nothing; neither does a
    recording with few different readings.
    """
    readings = np.unique(recording.samples)
    readings = readings[np.abs(readings.astype(np.int32)) < CLIPPED_COUNTS]
    if len(readings) < 8:
        return None
    return next((step for step in STEPS if not (readings % step).any()), None)


def _label_problems(data: Dataset) -> list[str]:
    problems = [f'"{label}" has no recordings.' for label in data.empty_labels]
    count = Counter(recording.label for recording in data)
    without = count.pop("", 0)
    if without:
        problems.append(
            f"{plural(without, 'recording')} without a label; "
            "move each into the folder of its label."
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
    """The same measurement under two labels, as when people merged what they had corrected."""
    twins: dict[str, dict[str, str]] = {}
    for recording in data:
        twins.setdefault(recording.digest, {}).setdefault(recording.label, recording.path)
    paths = [sorted(labels.values()) for labels in twins.values() if len(labels) > 1]
    if not paths:
        return []
    return [
        f"{plural(len(paths), 'measurement')} under more than one label, such as "
        f"{' and '.join(paths[0])}; delete what is wrong."
    ]


def _copy_problems(data: Dataset) -> list[str]:
    """The same measurement twice under one label: a model may be tested on what it learned."""
    copies = len(data) - len({(one.label, one.digest) for one in data})
    if not copies:
        return []
    return [f"{plural(copies, 'recording')} stand there twice; delete the copies."]


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
    for label in data.labels:
        share = clipped_share([r for r in data if r.label == label])
        if share > CLIPPED_SHARE:
            problems.append(
                f'"{label}": {share:.0%} of the samples are clipped, at the end of the range '
                "(2 g). If it is hard to recognise, move more gently."
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
    more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
    return [
        f"Much longer or shorter than the usual {usual:.1f} s: {', '.join(odd[:3])}{more}.",
    ]
