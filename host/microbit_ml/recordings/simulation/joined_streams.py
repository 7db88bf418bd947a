"""Streams from recordings: a data set's gestures inserted into background, and logs joined again.

Between two pieces the hand turns: the direction of gravity is interpolated along the shortest arc
(slerp) with a minimum-jerk profile, and so is the magnitude of the reading. Other movements of the
hand in between are unknown; a little noise stands in for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.recordings.recording import COUNTS_PER_G, Recording, to_counts
from microbit_ml.recordings.simulation.movements import progress
from microbit_ml.recordings.simulation.streams import (
    BACKGROUND_S,
    REST_S,
    TRANSITION_S,
    Event,
    Stream,
)
from microbit_ml.recordings.window import resample

NOISE_JUMP_COUNTS = 50  # a jump from one sample to the next of at most this is noise
EDGE = 0.05  # fraction of a recording's activity before its movement begins, and after it ends
NOISE_COUNTS = 4.0
SHORTEST_BACKGROUND_S = 10
CUT_SAMPLES = 3  # between a recording's end, where the hand may still move, and rest


def moving_part(samples: np.ndarray) -> tuple[int, int]:
    """The first and the last sample of the movement in a recording (n, 3) of counts.

    The activity of a sample is its jump |dx| + |dy| + |dz| since the one before, if that exceeds a
    sensor's noise. The movement lasts from 5 % to 95 % of the total activity. Without any
    activity it is the whole recording.
    """
    jumps = np.abs(np.diff(samples.astype(np.int64), axis=0)).sum(axis=1)
    total = np.cumsum(np.where(jumps > NOISE_JUMP_COUNTS, jumps, 0))
    if not len(total) or total[-1] == 0:
        return 0, len(samples) - 1
    begin = int(np.searchsorted(total, EDGE * total[-1]))
    end = int(np.searchsorted(total, (1 - EDGE) * total[-1]))
    return begin, end + 1


def join_recordings(
    gestures: Sequence[Recording], background: Sequence[Stream], seed: int = 0
) -> list[Stream]:
    """Every recording once, in shuffled order, each between two pieces of background.

    The recordings are assigned to the background streams in turn; a background that is too short
    for them is repeated. Raises DataError when there is no background, or one shorter than 10 s.
    """
    shortest_s = min((len(one.samples) / one.rate_hz for one in background), default=0.0)
    if shortest_s < SHORTEST_BACKGROUND_S:
        raise DataError(
            f"Recordings need background streams of at least {SHORTEST_BACKGROUND_S} s; the "
            f"shortest of {len(background)} has {shortest_s:g} s. Simulate longer ones."
        )
    rng = np.random.default_rng([seed, 0x101])
    order = [gestures[i] for i in rng.permutation(len(gestures))]
    chunks = [order[i :: len(background)] for i in range(len(background))]
    return [
        _joined(chunk, one, rng) for chunk, one in zip(chunks, background, strict=True) if chunk
    ]


def _joined(gestures: Sequence[Recording], background: Stream, rng: np.random.Generator) -> Stream:
    rate_hz = background.rate_hz
    pieces: list[np.ndarray] = []
    events: list[Event] = []
    position = length = 0

    def add(piece: np.ndarray) -> int:
        """Append a transition and the piece; return the index where it starts."""
        nonlocal length
        if pieces:
            glide = _glide(pieces[-1], piece, round(rng.uniform(*TRANSITION_S) * rate_hz), rng)
            pieces.append(glide)
            length += len(glide)
        pieces.append(piece)
        length += len(piece)
        return length - len(piece)

    for recording in [*gestures, None]:
        n = round(rng.uniform(*BACKGROUND_S) * rate_hz)
        position = 0 if position + n > len(background.samples) else position
        add(background.samples[position : position + n])
        position += n
        if recording is not None:
            samples = resample(recording, rate_hz)
            rested, rest = _with_rest(samples, rate_hz, rng)
            start = add(rested) + rest
            times_ms = (start + np.array(moving_part(samples))) * 1000 / rate_hz
            events.append(Event(recording.label, *times_ms.tolist()))
    return Stream(background.name, np.concatenate(pieces), events, rate_hz)


def join_logs(name: str, segments: Iterable[Recording], rate_hz: float = 50.0) -> Stream:
    """One stream without gestures, joined from recordings that were cut from one log without gaps.

    Raises DataError for no recordings, or for different rates.
    """
    segments = list(segments)
    periods = {round(float(np.median(np.diff(one.time_ms))), 2) for one in segments}
    if len(periods) != 1:
        raise DataError(
            f"The recordings of the log {name!r} do not have one common rate: the time stamps of "
            f"{len(segments)} recordings are {', '.join(map(str, sorted(periods))) or 'no'} ms "
            "apart. Join recordings of the same rate."
        )
    whole = Recording(
        np.concatenate([one.samples for one in segments]), rate_hz=1000 / periods.pop()
    )
    return Stream(name, resample(whole, rate_hz), [], rate_hz)


def _with_rest(
    samples: np.ndarray, rate_hz: float, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """The recording with a short rest before and after it, in the posture of its ends.

    At rest the reading is 1 g, whatever it is where the recording was cut. Returns the samples,
    and the index of the recording's first one.
    """
    before, after = (
        _rest(end, round(rng.uniform(*REST_S) * rate_hz), rng)
        for end in (samples[:3], samples[-3:])
    )
    lead_in = _glide(before, samples, CUT_SAMPLES, rng)
    lead_out = _glide(samples, after, CUT_SAMPLES, rng)
    whole = np.concatenate([before, lead_in, samples, lead_out, after])
    return whole, len(before) + len(lead_in)


def _rest(posture: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """``n`` samples at rest, in the mean direction of the given samples."""
    mean = posture.mean(axis=0)
    held = mean * COUNTS_PER_G / max(float(np.linalg.norm(mean)), 1.0)
    return to_counts(held + rng.normal(0, NOISE_COUNTS, (n, 3)))


def _glide(before: np.ndarray, after: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """``n`` samples that turn from the end of one piece to the start of the next."""
    first, last = (before[-3:].mean(axis=0), after[:3].mean(axis=0))
    magnitudes = np.linalg.norm([first, last], axis=1).clip(1.0)
    a, b = first / magnitudes[0], last / magnitudes[1]
    angle = np.arccos(np.clip(a @ b, -1.0, 1.0))
    across = b - (a @ b) * a
    if np.linalg.norm(across) < 1e-6:  # the same or the opposite direction: any arc
        across = np.cross(a, np.eye(3)[np.argmin(np.abs(a))])
    across = across / np.linalg.norm(across)
    fraction = progress(np.arange(1, n + 1), 0, n + 1)
    turned = np.outer(np.cos(fraction * angle), a) + np.outer(np.sin(fraction * angle), across)
    magnitude = magnitudes[0] + fraction * (magnitudes[1] - magnitudes[0])
    return to_counts(turned * magnitude[:, np.newaxis] + rng.normal(0, NOISE_COUNTS, (n, 3)))
