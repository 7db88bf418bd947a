"""Gestures: each is a path of the hand through space and its rotation.

A motion function takes a person, a random generator and the times ``t`` (n,) in seconds, which
begin shortly before 0 and end shortly after ``seconds``; the part between is recorded. It returns a
Motion. A gesture that is shorter than the recording starts at a random time in it, with stillness
before and after. Nothing here depends on sensors.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from microbit_ml.recordings.simulation.hand import Motion
from microbit_ml.recordings.simulation.movements import TAU, Rng
from microbit_ml.recordings.simulation.movements import bump as _bump
from microbit_ml.recordings.simulation.movements import damped as _damped
from microbit_ml.recordings.simulation.movements import envelope as _envelope
from microbit_ml.recordings.simulation.movements import held as _held
from microbit_ml.recordings.simulation.movements import progress as _progress
from microbit_ml.recordings.simulation.movements import span as _span
from microbit_ml.recordings.simulation.movements import vibration as _vibration
from microbit_ml.recordings.simulation.people import Person


def shake(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """Quickly back and forth, mostly left and right; the wrist turns along."""
    begin, end = _span(rng, rng.uniform(0.8, 1.5) / person.speed, seconds)
    swing = _vibration(rng, t, 4.2 * person.speed) * _envelope(t, begin, end, 0.15)
    angle = person.shake_tilt
    direction = np.array([np.cos(angle), rng.normal(0, 0.2), np.sin(angle)])
    position = 0.04 * person.size * swing[:, np.newaxis] * direction
    return _held(person, rng, t, position, roll=rng.normal(0.2, 0.1) * swing)


def circle(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """One turn or a little more, drawn upright in the air in front of the body."""
    turns = rng.uniform(1.0, 1.6)
    begin, end = _span(rng, turns / (1.2 * person.speed), seconds)
    angle = rng.uniform(-0.6, 0.6) + person.circle_sense * TAU * turns * _progress(t, begin, end)
    radius = 0.1 * person.size
    width, height = rng.uniform(0.75, 1.1, 2)
    tilt = rng.normal(0, 0.25)  # of the circle's plane, forwards
    x, z = width * radius * np.sin(angle), height * radius * np.cos(angle)
    position = np.stack([x, z * np.sin(tilt), z * np.cos(tilt)], axis=1)
    lean = rng.normal(1.3, 0.5) * person.size
    return _held(person, rng, t, position, pitch=lean * z, roll=lean * x)


def tap(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """A finger of the other hand knocks on the face, one to four times.

    The hand below gives way and springs back: a damped oscillation that starts with the velocity
    of the knock.
    """
    gap_s = rng.uniform(0.17, 0.28) / person.speed
    begin, _ = _span(rng, gap_s * person.n_taps, seconds)
    down = np.zeros_like(t)
    for n in range(person.n_taps):
        since = t - begin - n * gap_s * rng.uniform(0.9, 1.1)
        knock_m_s = rng.uniform(0.08, 0.2) * person.size
        down += knock_m_s * _damped(since, rng.uniform(9, 14), 0.35)
    aside = rng.normal(0, 0.25, 2)
    position = -down[:, np.newaxis] * np.array([*aside, 1.0])
    return _held(person, rng, t, position, pitch=-rng.uniform(2, 8) * down)


def wave(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """Hand up, palm forwards, forearm swinging from side to side."""
    begin, end = _span(rng, rng.uniform(1.1, 1.8) / person.speed, seconds)
    swing = _vibration(rng, t, 2.0 * person.speed) * _envelope(t, begin, end, 0.2)
    upright = rng.normal(1.2, 0.15) - person.hold_pitch
    lean = rng.uniform(0.3, 0.55) * np.sqrt(person.size) * swing
    arm = person.wave_arm_m * person.size
    position = np.stack([arm * np.sin(lean), np.zeros_like(t), arm * np.cos(lean)], axis=1)
    twist_along = rng.normal(0, 0.2) * lean
    return _held(person, rng, t, position, pitch=upright + 0 * t, roll=twist_along, yaw=-lean)


def lift(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """Up by a forearm's length in one movement, and held there."""
    begin, end = _span(rng, rng.uniform(0.6, 0.85) / person.speed, seconds)
    up = _progress(t, begin, end)
    height = 0.36 * person.size
    path = np.array([rng.normal(0, 0.04), rng.normal(0.03, 0.05), height])
    pitch = rng.normal(0.35, 0.2) * up + rng.normal(0.1, 0.08) * _bump(t, begin, end)
    return _held(
        person, rng, t, up[:, np.newaxis] * path, pitch=pitch, roll=rng.normal(0, 0.15) * up
    )


def twist(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """The forearm turns as for a key in a lock, and back again."""
    begin, end = _span(rng, rng.uniform(0.65, 0.95) / person.speed, seconds)
    middle = begin + (end - begin) * rng.uniform(0.4, 0.6)
    turn = _progress(t, begin, middle) - person.twist_return * _progress(t, middle, end)
    roll = rng.normal(1.7, 0.25) * turn
    off_axis = rng.uniform(0.01, 0.05)  # how far the board is from the forearm's axis, m
    position = off_axis * np.stack([np.sin(roll), np.zeros_like(t), np.cos(roll)], axis=1)
    return _held(person, rng, t, position, roll=roll, pitch=rng.normal(0, 0.1) * turn)


def still(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """In a steady hand, or lying on a table, face up or down."""
    nowhere = np.zeros((len(t), 3))
    if rng.random() < 0.4:
        level = np.full_like(t, rng.normal(0, 0.03))
        face_down = np.pi if rng.random() < 0.3 else 0.0
        yaw = np.full_like(t, rng.uniform(0, TAU))
        return Motion(nowhere, level, level + face_down, yaw, askew=np.zeros(3))
    pitch, roll = rng.normal(0, 0.4), rng.normal(0, 0.3)
    return _held(person, rng, t, nowhere, pitch=pitch + 0 * t, roll=roll + 0 * t)


def walking(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """Up and down with each step, a knock with each heel; the arm hangs or holds the board up."""
    steps_hz = person.steps_hz * person.speed**0.3
    step = TAU * steps_hz * t + rng.uniform(0, TAU)
    bounce = -0.022 * person.size * np.cos(step) + 0.004 * np.cos(2 * step + rng.uniform(0, TAU))
    sway = 0.012 * person.size * np.cos(step / 2)
    surge = 0.012 * person.size * np.sin(step)
    heel_times = (np.arange(-3, int(t[-1] * steps_hz) + 3) * TAU - step[0]) / (TAU * steps_hz)
    for time in t[0] + heel_times:
        bounce += rng.uniform(0.02, 0.06) * _damped(t - time, 10.0, 0.3)
    position = np.stack([sway, surge, bounce], axis=1)
    if not person.arm_hangs:
        return _held(
            person, rng, t, position, pitch=0.04 * np.sin(step), roll=0.05 * np.cos(step / 2)
        )
    swing = rng.uniform(0.15, 0.4) * person.size * np.sin(step / 2)
    arm = 0.55
    position += arm * np.stack([0 * t, np.sin(swing), 1 - np.cos(swing)], axis=1)
    down = -1.1 - person.hold_pitch + rng.normal(0, 0.15)  # the fingertips point at the ground
    return _held(person, rng, t, position, pitch=down + swing, roll=0.05 * np.cos(step / 2))


def fidgeting(person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """Idle play: small pushes and turns this way and that, none of them intended."""
    position, angles = np.zeros((len(t), 3)), np.zeros((len(t), 3))
    for _ in range(int(rng.integers(3, 7) * max(1.0, seconds))):
        begin = rng.uniform(-0.2, seconds)
        end = begin + rng.uniform(0.25, 0.7)
        bump = _bump(t, begin, end) if rng.random() < 0.5 else _progress(t, begin, end)
        position += bump[:, np.newaxis] * rng.normal(0, 0.015 * person.size, 3)
        angles += bump[:, np.newaxis] * rng.normal(0, [0.25, 0.3, 0.25])
    pose = rng.normal(0, [0.35, 0.35, 0.0])
    return _held(person, rng, t, position, *(angles + pose).T)


MOTIONS: dict[str, Callable[[Person, Rng, np.ndarray, float], Motion]] = {
    "shake": shake,
    "circle": circle,
    "tap": tap,
    "wave": wave,
    "lift": lift,
    "twist": twist,
    "still": still,
    "walking": walking,
    "fidgeting": fidgeting,
}
