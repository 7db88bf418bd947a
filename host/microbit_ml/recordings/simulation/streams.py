"""Streams: minutes of readings, with gestures between holding still, walking and fidgeting.

A model is trained on segmented recordings. On the board nothing is segmented: a window slides over
everything, over half a gesture, over the transition to it, over a walk across the room. A stream
contains all of this, with the true label and time of each gesture.

A gesture lasts from its first movement to its last. For simulated people that is known: the hand
moves when it is faster than 2 cm/s or turns faster than 0.1 radians a second, tremor aside. For a
recording it is estimated from the samples: ``joined_streams.moving_part``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import SettingError
from microbit_ml.recordings.simulation.background import BACKGROUND_KINDS
from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.recordings.simulation.hand import Motion, specific_force
from microbit_ml.recordings.simulation.movements import Rng, progress
from microbit_ml.recordings.simulation.people import Person, make_person
from microbit_ml.recordings.simulation.sensor import SENSORS
from microbit_ml.recordings.simulation.simulate import GESTURES, MARGIN_S, STEP_S, read_sensor

MOVES_M_S = 0.02
TURNS_RAD_S = 0.1
BACKGROUND_S = (2.0, 7.0)  # duration of a piece of background, without transitions
REST_S = (0.2, 0.8)  # the hand holds still before and after a gesture
TRANSITION_S = (0.7, 1.5)  # from one posture to the next
GESTURE_S = 4.5  # room for the slowest gesture
LONGEST_MINUTES = 60  # of one person


@dataclass(frozen=True)
class Event:
    """A gesture in a stream: its name, and when it began and ended, ms from the stream's start."""

    label: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, eq=False)
class Stream:
    """Samples int16 (n, 3) in counts, one every 1000 / rate_hz ms, and the gestures in them."""

    name: str
    samples: np.ndarray
    events: list[Event]
    rate_hz: float = 50.0

    __repr__ = short_repr

    @property
    def minutes(self) -> float:
        """Its duration."""
        return len(self.samples) / self.rate_hz / 60


def simulate_streams(
    gestures: Sequence[str] = GESTURES,
    background: Sequence[str] = tuple(BACKGROUND_KINDS),
    people: int = 5,
    minutes: float = 2.0,
    seed: int = 0,
    sensor: str = "v2",
    rate_hz: float = 50.0,
) -> list[Stream]:
    """A stream of each of ``people`` simulated people, about ``minutes`` long.

    gestures: names of simulated movements, in turn between pieces of background; none: only
    background, in which every detection is a false alarm. background: some of "holding still",
    "walking", "fidgeting". The people are those of ``simulate`` with the same seed; a seed that
    was not used in training gives unseen people.
    Raises SettingError for a name that cannot be simulated, and for numbers out of range.
    """
    _check(gestures, background, people, minutes, seed, sensor, rate_hz)
    return [
        _stream_of(make_person(seed, i), [seed, i], gestures, background, minutes, sensor, rate_hz)
        for i in range(people)
    ]


def _check(
    gestures: Sequence[str],
    background: Sequence[str],
    people: int,
    minutes: float,
    seed: int,
    sensor: str,
    rate_hz: float,
) -> None:
    for name, known in [
        *((gesture, list(MOTIONS)) for gesture in gestures),
        *((kind, list(BACKGROUND_KINDS)) for kind in background),
    ]:
        if name not in known:
            raise SettingError(f"{name!r} cannot be simulated. Choose from: {', '.join(known)}.")
    if not background:
        raise SettingError(
            f"A stream needs a background. Choose from: {', '.join(BACKGROUND_KINDS)}."
        )
    if people < 1:
        raise SettingError(f"A stream needs a person: people is {people}, but must be at least 1.")
    if not 0 < minutes <= LONGEST_MINUTES:
        raise SettingError(
            f"A stream lasts more than 0 and at most {LONGEST_MINUTES} minutes, not {minutes:g}."
        )
    if sensor not in SENSORS:
        raise SettingError(f"There is no sensor {sensor!r}. Choose from {', '.join(SENSORS)}.")
    if seed < 0:
        raise SettingError(f"The seed is {seed}; it must be 0 or more.", "seed")
    if not 5 <= rate_hz <= 200:
        raise SettingError(f"{rate_hz:g} samples a second cannot be simulated: choose 5 to 200.")


@dataclass(frozen=True, eq=False)
class _Piece:
    """A motion, the length of the transition from the piece before, and a gesture in it.

    The transition takes the piece's first ``glide`` steps, which overlap with the last of the
    piece before. begin and end: steps from the piece's start.
    """

    motion: Motion
    glide: int
    label: str = ""
    begin: int = 0
    end: int = 0

    def __len__(self) -> int:
        return len(self.motion.pitch)


def _stream_of(
    person: Person,
    seeds: list[int],
    gestures: Sequence[str],
    background: Sequence[str],
    minutes: float,
    sensor: str,
    rate_hz: float,
) -> Stream:
    rng = np.random.default_rng([*seeds, 0x57AE])
    grip = person.grip + rng.normal(0, 0.1, 3)  # the board stays in the same grip
    pieces: list[_Piece] = []
    bag: list[str] = []
    length = 0
    while length * STEP_S < 60 * minutes:
        mood = replace(person.in_the_mood(rng), grip=grip)
        pieces.append(_background(mood, rng, background[int(rng.integers(len(background)))]))
        if gestures:
            bag = bag or rng.permutation(np.array(gestures)).tolist()
            pieces.append(_gesture(mood, rng, bag.pop()))
        length = sum(len(piece) - piece.glide for piece in pieces)
    motion, events = _joined(pieces)
    force = specific_force(motion, STEP_S)
    t = np.arange(len(force)) * STEP_S - MARGIN_S
    n_samples = int((t[-1] - MARGIN_S) * rate_hz)
    counts, _ = read_sensor(person, rng, t, force, n_samples, rate_hz, sensor)
    return Stream(person.name, counts, events, rate_hz)


def _background(person: Person, rng: Rng, kind: str) -> _Piece:
    seconds = rng.uniform(*BACKGROUND_S)
    glide, after = rng.uniform(*TRANSITION_S, 2)
    t = np.arange(0.0, glide + seconds + after, STEP_S)
    return _Piece(BACKGROUND_KINDS[kind](person, rng, t, t[-1]), round(glide / STEP_S))


def _gesture(person: Person, rng: Rng, label: str) -> _Piece:
    """A gesture with a short rest before and after it, and the transition to it."""
    glide, after = rng.uniform(*TRANSITION_S, 2)
    rest_before, rest_after = rng.uniform(*REST_S, 2)
    t = np.arange(-2.0, GESTURE_S + 2.0, STEP_S)
    seed = int(rng.integers(2**31))
    motion = MOTIONS[label](person, np.random.default_rng(seed), t, GESTURE_S)
    calm = replace(person, tremor_mm=0.0)
    begin, end = moving_steps(MOTIONS[label](calm, np.random.default_rng(seed), t, GESTURE_S))
    first = max(begin - round((glide + rest_before) / STEP_S), 0)
    last = end + round((rest_after + after) / STEP_S)
    return _Piece(
        _cut(motion, first, last), round(glide / STEP_S), label, begin - first, end - first
    )


def moving_steps(motion: Motion) -> tuple[int, int]:
    """The first and the last step at which the hand moves."""
    speed = np.linalg.norm(np.gradient(motion.position_m, STEP_S, axis=0), axis=1)
    angles = np.stack([motion.pitch, motion.roll, motion.yaw], axis=1)
    turning = np.abs(np.gradient(angles, STEP_S, axis=0)).max(axis=1)
    moves = np.flatnonzero((speed > MOVES_M_S) | (turning > TURNS_RAD_S))
    return int(moves[0]), int(moves[-1])


def _cut(motion: Motion, first: int, last: int) -> Motion:
    steps = slice(first, last)
    return Motion(
        motion.position_m[steps],
        motion.pitch[steps],
        motion.roll[steps],
        motion.yaw[steps],
        motion.askew,
    )


def _joined(pieces: Sequence[_Piece]) -> tuple[Motion, list[Event]]:
    """One motion of all pieces; where two overlap, the hand glides from one into the other.

    Both continue meanwhile, cross-faded with minimum-jerk weights, so position and posture never
    jump, nor do their speed and acceleration.
    """
    starts = np.cumsum([0] + [len(a) - b.glide for a, b in pairwise(pieces)])
    total = np.zeros((starts[-1] + len(pieces[-1]), 6))
    events = []
    for i, (piece, start) in enumerate(zip(pieces, starts, strict=True)):
        m = piece.motion
        path = np.column_stack([m.position_m, m.pitch, m.roll, m.yaw])
        steps = np.arange(len(piece))
        weight = progress(steps, 0, piece.glide) if i else np.ones(len(piece))
        if i + 1 < len(pieces):
            weight = weight * (1 - progress(steps, len(piece) - pieces[i + 1].glide, len(piece)))
        total[start : start + len(piece)] += weight[:, np.newaxis] * path
        if piece.label:
            times_ms = 1000 * ((start + np.array([piece.begin, piece.end])) * STEP_S - MARGIN_S)
            events.append(Event(piece.label, *times_ms.tolist()))
    askew = pieces[0].motion.askew
    return Motion(total[:, :3], total[:, 3], total[:, 4], total[:, 5], askew), events
