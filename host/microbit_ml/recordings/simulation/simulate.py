"""Simulated recordings: simulated people make gestures, and physics gives the board's readings."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np

from microbit_ml.errors import SettingError
from microbit_ml.recordings.dataset import Dataset
from microbit_ml.recordings.recording import SIMULATED, Recording, round_half_up
from microbit_ml.recordings.simulation.digits import DIGIT_MOTIONS, DIGITS
from microbit_ml.recordings.simulation.digits import SECONDS as DIGIT_SECONDS
from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.recordings.simulation.hand import specific_force
from microbit_ml.recordings.simulation.people import Person, make_person
from microbit_ml.recordings.simulation.sensor import SENSORS, read_ideal

GESTURES = ("shake", "circle", "tap", "wave", "lift", "twist")
"""The labels of gestures that simulated people make."""
BACKGROUND = ("still", "walking", "fidgeting")
"""The labels of movements between gestures."""
EVERY_MOTION = {**MOTIONS, **DIGIT_MOTIONS}

STEP_S = 0.002  # the motion is computed every 2 ms, at ten times the board's rate
MARGIN_S = 0.1  # computed before and after the recording, for slopes and clock jitter
CLOCK_JITTER = 0.02  # of a period: a board's loop is sometimes a little late


def simulate(
    labels: Iterable[str] | None = None,
    people: int = 8,
    repeats: int = 4,
    seed: int = 0,
    sensor: str | None = "v2",
    seconds: float = 1.0,
    rate_hz: float = 50.0,
) -> Dataset:
    """Recordings of gestures by simulated people; no hardware needed.

    >>> data = simulate(["shake", "still"], people=2, repeats=3)
    >>> data
    Dataset(12 recordings, 2 labels, 2 subjects)

    labels: some of shake, circle, tap, wave, lift, twist (gestures) and still, walking,
        fidgeting (background); None: these nine. Also the digits "0" to "9", drawn in the air; a
        whole digit takes about 2 seconds.
    people: "person-01", "person-02", ... differ in speed, size, hand, grip, tremor and habits;
        repeats: how often each makes each gesture.
    seed: another seed, other people. A recording depends only on person, label and repeat: asking
        for more people, labels or repeats does not change the others.
    sensor: "v2", "v1.5" (steps of 4 counts), "v1.3" (steps of 16), or None for a perfect one.
    seconds, rate_hz: length and rate of each recording; the time stamps jitter by a millisecond.

    Raises SettingError for an unknown label or sensor and for numbers out of range.
    """
    labels = _checked_labels(labels)
    _check_numbers(people, repeats, seed, seconds, rate_hz)
    if sensor is not None and sensor not in SENSORS:
        raise SettingError(
            f"There is no sensor {sensor!r}. Choose from {', '.join(SENSORS)} or None.", "sensor"
        )
    recordings = [
        _record(person, label, repeat, [seed, index, zlib.crc32(label.encode()), repeat],
                sensor, seconds, rate_hz)
        for index, person in enumerate(make_person(seed, index) for index in range(people))
        for label in labels
        for repeat in range(repeats)
    ]  # fmt: skip
    settings = {"kind": SIMULATED, "seed": seed, "people": people, "repeats": repeats,
                "sensor": sensor, "seconds": seconds}  # fmt: skip
    return Dataset(recordings, float(rate_hz), [settings])


def simulate_in_full(
    labels: Iterable[str], people: int, repeats: int, seed: int, sensor: str | None = "v2"
) -> Dataset:
    """As :func:`simulate`, each movement for as long as it takes: a second, a digit two."""
    names = list(labels)
    by_length = [
        ([name for name in names if name not in DIGITS], 1.0),
        ([name for name in names if name in DIGITS], DIGIT_SECONDS),
    ]
    parts = [
        simulate(some, people, repeats, seed, sensor, seconds)
        for some, seconds in by_length
        if some
    ]
    return Dataset(
        [recording for part in parts for recording in part],
        parts[0].rate_hz,
        [entry for part in parts for entry in part.provenance],
    )


def _record(
    person: Person,
    label: str,
    repeat: int,
    seeds: list[int],
    sensor: str | None,
    seconds: float,
    rate_hz: float,
) -> Recording:
    """One person makes one gesture once, with a board in the hand."""
    rng = np.random.default_rng(seeds)
    mood = person.in_the_mood(rng)
    t = np.arange(-MARGIN_S, seconds + MARGIN_S, STEP_S)
    motion = EVERY_MOTION[label](mood, rng, t, seconds)
    force = specific_force(motion, STEP_S)

    n_samples = int(round_half_up(np.array(seconds * rate_hz)))
    counts, times_s = read_sensor(mood, rng, t, force, n_samples, rate_hz, sensor)
    board = "" if sensor is None else SENSORS[sensor].board
    time_ms = round_half_up(times_s * 1000)
    name = f"{label}-{person.name.removeprefix('person-')}-{repeat + 1:02d}"
    return Recording(counts, label, time_ms, person.name, name, board, SIMULATED)


def read_sensor(
    person: Person,
    rng: np.random.Generator,
    t: np.ndarray,
    force: np.ndarray,
    n_samples: int,
    rate_hz: float,
    sensor: str | None,
) -> tuple[np.ndarray, np.ndarray]:
    """The readings of the person's board from 0 s on: counts int16 (n_samples, 3) and times in s.

    t: (m,) seconds, STEP_S apart; force: (m, 3) in g at these times, along the board's axes;
    sensor: a name in ``SENSORS``, or None for a perfect one. The board's clock jitters a little.
    """
    period_s = 1 / rate_hz
    times_s = np.arange(n_samples) * period_s
    times_s += rng.normal(0, CLOCK_JITTER * period_s, n_samples).clip(
        -0.2 * period_s, 0.2 * period_s
    )
    averaged = _averaged_at(t, force, times_s, period_s)
    if sensor is None:
        return read_ideal(averaged), times_s
    return SENSORS[sensor].read(averaged, person.sensor_offset, person.sensor_gain, rng), times_s


def _averaged_at(
    t: np.ndarray, force: np.ndarray, times_s: np.ndarray, period_s: float
) -> np.ndarray:
    """The force at each time, averaged over a period as by the sensor's filter: (m, 3)."""
    width = max(1, round(period_s / STEP_S))
    kernel = np.ones(width) / width
    smooth = [np.convolve(axis, kernel, mode="same") for axis in force.T]
    return np.stack([np.interp(times_s, t, axis) for axis in smooth], axis=1)


def _checked_labels(labels: Iterable[str] | None) -> list[str]:
    chosen = (
        [*GESTURES, *BACKGROUND]
        if labels is None
        else [labels]
        if isinstance(labels, str)
        else [*labels]
    )
    unknown = [label for label in chosen if label not in EVERY_MOTION]
    if unknown or not chosen:
        what = f"{unknown[0]!r} cannot be simulated" if unknown else "No movement was named"
        raise SettingError(f"{what}. Choose from: {', '.join(EVERY_MOTION)}.", "labels")
    return list(dict.fromkeys(chosen))


def _check_numbers(people: int, repeats: int, seed: int, seconds: float, rate_hz: float) -> None:
    if people < 1 or repeats < 1:
        raise SettingError(
            f"{people} people and {repeats} repeats: there must be at least one each."
        )
    if seed < 0:
        raise SettingError(f"The seed is {seed}; it must be 0 or more.", "seed")
    if not (0.1 <= seconds <= 600 and 5 <= rate_hz <= 200):
        raise SettingError(
            f"{seconds} s at {rate_hz} samples a second cannot be simulated: "
            "choose 0.1 to 600 s and 5 to 200 samples a second."
        )
