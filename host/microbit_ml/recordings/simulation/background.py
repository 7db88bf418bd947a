"""Background movements that are not gestures: holding still, walking and fidgeting, in many ways.

Like a gesture, each is a function of a person, a random generator, the times ``t`` (n,) in seconds,
and its duration in seconds; it returns a Motion. They differ from the background of
:func:`~microbit_ml.recordings.simulate`, so that a model can be tested on unseen movements: several
gaits in several postures, and a board that is turned over, put down, handed on and put into a
pocket.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from microbit_ml.recordings.simulation.hand import Motion
from microbit_ml.recordings.simulation.movements import (
    TAU,
    Rng,
    bump,
    damped,
    envelope,
    held,
    progress,
)
from microbit_ml.recordings.simulation.people import Person, factor

# How the board is carried: fingertips up (pitch), right side down (roll), to the left (yaw), and
# how much the arm swings along. Radians.
POSTURES = {
    "held out": (0.0, 0.0, 0.0, 0.15),
    "hanging": (-1.3, 0.0, 0.0, 1.0),
    "to read": (0.6, 0.0, 0.2, 0.1),
    "before the chest": (0.9, -0.5, 0.5, 0.1),
    "on edge": (0.1, 1.4, 0.0, 0.4),
    "in a pocket": (-1.5, 0.9, 0.3, 0.25),
}
FIDGET_S = (1.5, 3.5)
PAUSE_S = (0.3, 2.5)  # between two fidgets
POSTURE_DEVIATION = 0.2  # radians, standard deviation: no posture is ever repeated exactly


@dataclass(frozen=True)
class Gait:
    """A way of walking: steps a second, how far the hand bounces, how hard the heels knock."""

    steps_hz: tuple[float, float]
    bounce_m: float
    heel_m_s: float


GAITS = {
    "strolling": Gait((1.3, 1.65), 0.014, 0.02),
    "walking": Gait((1.65, 2.05), 0.022, 0.04),
    "hurrying": Gait((2.05, 2.4), 0.030, 0.08),
    "stairs": Gait((1.4, 1.9), 0.028, 0.10),
}


def hold_still(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """A steady hand in some posture, which drifts a little."""
    pitch, roll, yaw, _ = _posture(rng)
    drift = 0.04 * np.sin(TAU * rng.uniform(0.05, 0.2) * t + rng.uniform(0, TAU))
    return held(person, rng, t, _nowhere(t), pitch + drift, roll + rng.normal(0, 1) * drift, yaw)


def walk(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """A gait in a posture: bounce at every step, sway and arm swing at every second one."""
    gait = list(GAITS.values())[rng.integers(len(GAITS))]
    strength = person.size * factor(rng, 0.25)
    steps_hz = rng.uniform(*gait.steps_hz)
    uneven = 0.15 * np.sin(TAU * rng.uniform(0.1, 0.3) * t + rng.uniform(0, TAU))
    step = TAU * steps_hz * t + uneven + rng.uniform(0, TAU)
    up = -gait.bounce_m * strength * np.cos(step)
    up += 0.2 * gait.bounce_m * strength * np.cos(2 * step + rng.uniform(0, TAU))
    up += gait.heel_m_s * strength * _heels(rng, t, step)
    sway = 0.6 * gait.bounce_m * strength * np.cos(step / 2 + rng.normal(0, 0.3))
    surge = 0.6 * gait.bounce_m * strength * np.sin(step + rng.normal(0, 0.3))
    pitch, roll, yaw, swings = _posture(rng)
    swing = swings * rng.uniform(0.15, 0.4) * strength * np.sin(step / 2)
    arm_m = 0.55
    position = np.stack([sway, surge + arm_m * np.sin(swing), up + arm_m * (1 - np.cos(swing))], 1)
    wobble = 0.05 * strength * np.cos(step / 2 + rng.uniform(0, TAU))
    nod = 0.04 * strength * np.sin(step + rng.uniform(0, TAU))
    return held(person, rng, t, position, pitch + swing + nod, roll + wobble, yaw + wobble / 2)


def fidget(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """One fidget after another, with pauses, from one posture."""
    pitch, roll, yaw, _ = _posture(rng)
    position, angles = _nowhere(t), _nowhere(t) + np.array([pitch, roll, yaw])
    kinds = list(FIDGETS.values())
    begin = rng.uniform(0.0, 0.5)
    while begin < seconds:
        duration = rng.uniform(*FIDGET_S)
        moved, turned = kinds[rng.integers(len(kinds))](person, rng, t, begin, begin + duration)
        position = position + moved
        angles = angles + turned
        begin += duration + rng.uniform(*PAUSE_S)
    return held(person, rng, t, position, *angles.T)


Change = tuple[np.ndarray, np.ndarray]
"""A fidget's change of position, (n, 3) m, and of pitch, roll and yaw, (n, 3) radians."""


def _nudge(person: Person, rng: Rng, t: np.ndarray, begin: float, end: float) -> Change:
    """Small pushes and turns this way and that."""
    moved, turned = _nowhere(t), _nowhere(t)
    for _ in range(int(rng.integers(2, 6))):
        start = rng.uniform(begin, end - 0.3)
        there = bump(t, start, start + rng.uniform(0.3, 0.9))[:, np.newaxis]
        moved = moved + there * rng.normal(0, 0.02 * person.size, 3)
        turned = turned + there * rng.normal(0, [0.25, 0.3, 0.2])
    return moved, turned


def _turn_over(person: Person, rng: Rng, t: np.ndarray, begin: float, end: float) -> Change:
    """Turned to look at the back, and after a while at the face again."""
    takes = rng.uniform(0.7, 1.3) / person.speed
    rests = max(end - begin - 2 * takes, 0.0) * rng.uniform(0.3, 1.0)
    back = progress(t, begin, begin + takes)
    back = back - progress(t, begin + takes + rests, begin + 2 * takes + rests)
    roll = rng.choice([-1, 1]) * rng.uniform(2.4, 3.3) * back
    moved = back[:, np.newaxis] * rng.normal(0, 0.03, 3)
    return moved, np.stack([rng.normal(0, 0.2) * back, roll, rng.normal(0, 0.2) * back], axis=1)


def _put_down(person: Person, rng: Rng, t: np.ndarray, begin: float, end: float) -> Change:
    """Down to a table, with a knock on contact, and later up again."""
    lands = begin + rng.uniform(0.7, 1.2) / person.speed
    lifts = max(end - rng.uniform(0.6, 1.0) / person.speed, lands + 0.2)
    down = progress(t, begin, lands) - progress(t, lifts, end + 0.3)
    knock = rng.uniform(0.02, 0.08) * damped(t - lands + 0.05, rng.uniform(12, 20), 0.4)
    moved = down[:, np.newaxis] * np.array([rng.normal(0, 0.1), rng.uniform(0.0, 0.2), -0.25])
    moved[:, 2] += knock
    return moved, down[:, np.newaxis] * rng.normal(0, [0.2, 0.15, 0.2])


def _hand_on(person: Person, rng: Rng, t: np.ndarray, begin: float, end: float) -> Change:
    """Handed to another person, taken with a little tug, looked at, and given back."""
    given = begin + rng.uniform(0.7, 1.2) / person.speed
    away = progress(t, begin, given) - progress(t, max(given + 0.2, end - 0.8), end + 0.2)
    tug = rng.uniform(0.03, 0.1) * damped(t - given, rng.uniform(3, 6), 0.5)
    moved = away[:, np.newaxis] * np.array([rng.normal(0, 0.1), 0.4, rng.normal(0.05, 0.1)])
    moved = moved + tug[:, np.newaxis] * np.array([rng.normal(0, 0.4), 1.0, rng.normal(0, 0.4)])
    return moved, away[:, np.newaxis] * rng.normal(0, [0.35, 0.35, 0.3])


def _pocket(person: Person, rng: Rng, t: np.ndarray, begin: float, end: float) -> Change:
    """Down along the body, fingertips to the ground, wriggled in, and out again."""
    inside = begin + rng.uniform(0.8, 1.3) / person.speed
    deep = progress(t, begin, inside) - progress(t, max(inside + 0.2, end - 0.7), end + 0.3)
    wriggle = np.sin(TAU * rng.uniform(1.5, 3.0) * t) * envelope(t, inside - 0.3, inside + 0.3, 0.2)
    moved = deep[:, np.newaxis] * np.array([0.1, -0.15, -0.3])
    moved = moved + 0.01 * wriggle[:, np.newaxis] * rng.normal(0, 1, 3)
    turned = deep[:, np.newaxis] * np.array([-1.4, rng.normal(0.4, 0.4), rng.normal(0, 0.2)])
    return moved, turned + 0.1 * wriggle[:, np.newaxis] * rng.normal(0, 1, 3)


def _rock(person: Person, rng: Rng, t: np.ndarray, begin: float, end: float) -> Change:
    """Rocked slowly back and forth between the fingers."""
    swing = np.sin(TAU * rng.uniform(0.5, 1.3) * person.speed * (t - begin))
    swing = swing * envelope(t, begin, end, 0.4)
    turned = swing[:, np.newaxis] * rng.normal(0, [0.2, 0.3, 0.15])
    return 0.015 * person.size * swing[:, np.newaxis] * rng.normal(0, 1, 3), turned


def _press(person: Person, rng: Rng, t: np.ndarray, begin: float, end: float) -> Change:
    """A thumb presses a button, once or twice: the board gives way and comes back."""
    down = np.zeros_like(t)
    for _ in range(int(rng.integers(1, 3))):
        start = rng.uniform(begin, end - 0.3)
        down += rng.uniform(0.001, 0.004) * bump(t, start, start + rng.uniform(0.12, 0.3))
    tilt = rng.normal(0, 12)
    return -down[:, np.newaxis] * np.array([0.0, 0.3, 1.0]), np.outer(down, [-8.0, tilt, 0.0])


FIDGETS: dict[str, Callable[[Person, Rng, np.ndarray, float, float], Change]] = {
    "nudge": _nudge,
    "turn over": _turn_over,
    "put down": _put_down,
    "hand on": _hand_on,
    "pocket": _pocket,
    "rock": _rock,
    "press": _press,
}

BACKGROUND_KINDS: dict[str, Callable[[Person, Rng, np.ndarray, float], Motion]] = {
    "holding still": hold_still,
    "walking": walk,
    "fidgeting": fidget,
}


def _posture(rng: Rng) -> tuple[float, float, float, float]:
    pitch, roll, yaw, swings = list(POSTURES.values())[rng.integers(len(POSTURES))]
    off = rng.normal(0, POSTURE_DEVIATION, 3)
    return pitch + off[0], roll + off[1], yaw + off[2], swings


def _heels(rng: Rng, t: np.ndarray, step: np.ndarray) -> np.ndarray:
    """A damped knock each time ``step`` completes a full turn: (n,), in metres at 1 m/s."""
    turns = np.floor(step / TAU)
    knocks = np.zeros_like(t)
    for i in np.flatnonzero(np.diff(turns) > 0):
        after = slice(i, i + 250)  # half a second, at 2 ms: by then it has decayed
        knocks[after] += rng.uniform(0.6, 1.4) * damped(t[after] - t[i], 10.0, 0.3)
    return knocks


def _nowhere(t: np.ndarray) -> np.ndarray:
    return np.zeros((len(t), 3))
