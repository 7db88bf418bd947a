"""Building blocks of movements: minimum-jerk paths, swings, knocks and tremor."""

from __future__ import annotations

import numpy as np

from microbit_ml.recordings.simulation.hand import Motion
from microbit_ml.recordings.simulation.people import Person, factor

Rng = np.random.Generator
TAU = 2 * np.pi


def held(
    person: Person,
    rng: Rng,
    t: np.ndarray,
    position: np.ndarray,
    pitch: np.ndarray | float = 0.0,
    roll: np.ndarray | float = 0.0,
    yaw: np.ndarray | float = 0.0,
) -> Motion:
    """The motion from the person's pose of rest, in the hand that they use, with its tremor."""
    none = np.zeros_like(t)
    position = position + tremor(person, rng, t, position)
    pitch = person.hold_pitch + pitch + none
    motion = Motion(position, pitch, roll + none, yaw + none, askew=person.grip)
    return motion if person.hand > 0 else motion.mirrored()


def tremor(person: Person, rng: Rng, t: np.ndarray, position: np.ndarray) -> np.ndarray:
    """The hand's tremor along its path: (n, 3) metres, three sines of similar frequency per axis.

    Working muscles tremble more (Harris and Wolpert 1998, "signal-dependent noise"): in a
    movement of 1 m/s nine times as much as at rest.
    """
    speeds_hz = person.tremor_hz * rng.uniform(0.8, 1.2, (3, 3))
    phases = rng.uniform(0, TAU, (3, 3))
    swings = np.sin(TAU * speeds_hz * t[:, np.newaxis, np.newaxis] + phases).sum(axis=2)
    squared_m_s = (np.gradient(position, t, axis=0) ** 2).sum(axis=1)
    work = squared_m_s / (1 + squared_m_s)  # 0 at rest, 0.5 at 1 m/s
    return person.tremor_mm / 1000 * (1 + 16 * work[:, np.newaxis]) * swings


def span(rng: Rng, duration_s: float, seconds: float) -> tuple[float, float]:
    """Begin and end of a gesture in a recording; one that is too long is truncated."""
    spare = seconds - duration_s
    begin = rng.uniform(min(spare, 0.0), max(spare, 0.0))
    return begin, begin + duration_s


def progress(t: np.ndarray, begin: float, end: float) -> np.ndarray:
    """0 before, 1 after, and a minimum-jerk transition between.

    Hands move like this (Flash and Hogan 1985): 10 u^3 - 15 u^4 + 6 u^5.
    """
    u = np.clip((t - begin) / (end - begin), 0.0, 1.0)
    return u**3 * (10 - 15 * u + 6 * u**2)


def bump(t: np.ndarray, begin: float, end: float) -> np.ndarray:
    """There and back: 0, 1 in the middle, 0."""
    middle = (begin + end) / 2
    return progress(t, begin, middle) - progress(t, middle, end)


def envelope(t: np.ndarray, begin: float, end: float, rise_s: float) -> np.ndarray:
    """0 outside, 1 inside, with smooth edges."""
    return progress(t, begin, begin + rise_s) * (1 - progress(t, end - rise_s, end))


def vibration(rng: Rng, t: np.ndarray, speed_hz: float) -> np.ndarray:
    """Back and forth between about -1 and 1, a little uneven in speed, size and shape."""
    phase = TAU * speed_hz * t + rng.uniform(0, TAU) + 0.4 * np.sin(TAU * t * rng.uniform(0.3, 0.8))
    size = 1 + 0.2 * np.sin(TAU * t * rng.uniform(0.3, 1.0) + rng.uniform(0, TAU))
    return size * factor(rng, 0.1) * (np.sin(phase) + rng.normal(0, 0.06) * np.sin(2 * phase))


def damped(since: np.ndarray, speed_hz: float, damping: float) -> np.ndarray:
    """Impulse response of a damped spring, knocked at 0 with 1 m/s, in metres; 0 before.

    x(t) = e^(-d w t) sin(w' t) / w' with w' = w sqrt(1 - d^2).
    """
    after = np.maximum(since, 0.0)
    w = TAU * speed_hz
    damped_w = w * np.sqrt(1 - damping**2)
    return np.exp(-damping * w * after) * np.sin(damped_w * after) / damped_w
