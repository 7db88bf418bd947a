"""Streams from recordings: a data set's gestures placed into background, and logs joined again.

Between two pieces the hand turns: gravity's direction swings from where the one ended to where the
other begins, evenly on the shortest way, at the smoothest speed, and the strength of the reading
goes along. What the hand does besides on that way nobody knows; a little noise stands for it.
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

QUIET_COUNTS = 50  # a jump from one sample to the next that is not more than this is noise
EDGE = 0.05  # of a recording's activity lies before its movement begins, and as much after its end
NOISE_COUNTS = 4.0
SHORTEST_BACKGROUND_S = 10
CUT_SAMPLES = 3  # between a recording's end, where the hand may still move, and rest


def moving_part(samples: np.ndarray) -> tuple[int, int]:
    """The first and the last sample of the movement in a recording (n, 3) of counts.

    The activity of a moment is the jump |dx| + |dy| + |dz| since the sample before, where that is
    more than a sensor's noise. The movement lasts from where 5 % of all activity are over to where
    95 % are. Where nothing moves it is the whole recording.
    """
    jumps = np.abs(np.diff(samples.astype(np.int64), axis=0)).sum(axis=1)
    total = np.cumsum(np.where(jumps > QUIET_COUNTS, jumps, 0))
    if not len(total) or total[-1] == 0:
        return 0, len(samples) - 1
    begin = int(np.searchsorted(total, EDGE * total[-1]))
    end = int(np.searchsorted(total, (1 - EDGE) * total[-1]))
    return begin, end + 1


def join_recordings(
    gestures: Sequence[Recording], background: Sequence[Stream], seed: int = 0
) -> list[Stream]:
    """Every recording once, in shuffled order, each between two pieces of background.

    The recordings are dealt to the background streams in turn; a background that is too short for
    its share is played again. Raises DataError when there is no background, or none of at least
    10 s.
    """
    shortest_s = min((len(one.samples) / one.rate_hz for one in background), default=0.0)
    if shortest_s < SHORTEST_BACKGROUND_S:
        raise DataError(
            f"Recordings need background streams of at least {SHORTEST_BACKGROUND_S} s to lie in; "
            f"the shortest of {len(background)} has {shortest_s:g} s. Simulate longer ones."
        )
    rng = np.random.default_rng([seed, 0x101])
    order = [gestures[i] for i in rng.permutation(len(gestures))]
    shares = [order[i :: len(background)] for i in range(len(background))]
    return [
        _joined(share, one, rng) for share, one in zip(shares, background, strict=True) if share
    ]


def _joined(gestures: Sequence[Recording], background: Stream, rng: np.random.Generator) -> Stream:
    rate_hz = background.rate_hz
    pieces: list[np.ndarray] = []
    events: list[Event] = []
    place = length = 0

    def add(piece: np.ndarray) -> int:
        """Glide to the piece and play it; where it starts."""
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
        place = 0 if place + n > len(background.samples) else place
        add(background.samples[place : place + n])
        place += n
        if recording is not None:
            samples = resample(recording, rate_hz)
            rested, rest = _with_rest(samples, rate_hz, rng)
            start = add(rested) + rest
            times_ms = (start + np.array(moving_part(samples))) * 1000 / rate_hz
            events.append(Event(recording.label, *times_ms.tolist()))
    return Stream(background.name, np.concatenate(pieces), events, rate_hz)


def join_logs(name: str, parts: Iterable[Recording], rate_hz: float = 50.0) -> Stream:
    """One stream without gestures, of recordings that were cut from one log without gaps.

    Raises DataError when there are none, or when they differ in their rate.
    """
    parts = list(parts)
    periods = {round(float(np.median(np.diff(part.time_ms))), 2) for part in parts}
    if len(periods) != 1:
        raise DataError(
            f"The recordings of the log {name!r} are not all at one rate: the time stamps of "
            f"{len(parts)} recordings are {', '.join(map(str, sorted(periods))) or 'no'} ms apart. "
            "Join those of one rate."
        )
    whole = Recording(
        np.concatenate([part.samples for part in parts]), rate_hz=1000 / periods.pop()
    )
    return Stream(name, resample(whole, rate_hz), [], rate_hz)


def _with_rest(
    samples: np.ndarray, rate_hz: float, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """The recording with a short rest before and after it, in the posture of its ends.

    At rest the reading is 1 g, whatever it is at the moment where the recording was cut. Returns
    the samples, and which of them is the recording's first.
    """
    before, after = (
        _rest(end, round(rng.uniform(*REST_S) * rate_hz), rng)
        for end in (samples[:3], samples[-3:])
    )
    there = _glide(before, samples, CUT_SAMPLES, rng)
    back = _glide(samples, after, CUT_SAMPLES, rng)
    whole = np.concatenate([before, there, samples, back, after])
    return whole, len(before) + len(there)


def _rest(posture: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """``n`` samples at rest in the direction of some samples' mean."""
    mean = posture.mean(axis=0)
    held = mean * COUNTS_PER_G / max(float(np.linalg.norm(mean)), 1.0)
    return to_counts(held + rng.normal(0, NOISE_COUNTS, (n, 3)))


def _glide(before: np.ndarray, after: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """``n`` samples that turn from the end of one piece to the start of the next."""
    first, last = (before[-3:].mean(axis=0), after[:3].mean(axis=0))
    strengths = np.linalg.norm([first, last], axis=1).clip(1.0)
    a, b = first / strengths[0], last / strengths[1]
    angle = np.arccos(np.clip(a @ b, -1.0, 1.0))
    aside = b - (a @ b) * a
    if np.linalg.norm(aside) < 1e-6:  # the same or the opposite direction: any way round
        aside = np.cross(a, np.eye(3)[np.argmin(np.abs(a))])
    aside = aside / np.linalg.norm(aside)
    share = progress(np.arange(1, n + 1), 0, n + 1)
    turned = np.outer(np.cos(share * angle), a) + np.outer(np.sin(share * angle), aside)
    strength = strengths[0] + share * (strengths[1] - strengths[0])
    return to_counts(turned * strength[:, np.newaxis] + rng.normal(0, NOISE_COUNTS, (n, 3)))
