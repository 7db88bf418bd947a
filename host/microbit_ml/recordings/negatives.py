"""Synthetic negatives: random movements that train the network's negative class, "unknown".

Nobody can record everything that a board will go through. A few hundred random movements stand in
for it (outlier exposure): bursts of swinging, from a tremble to a blow; turns of the hand, as
between two gestures; and the strides of walking or running. A network trained to separate them
from the gestures keeps tighter decision regions, so out-of-distribution movements fall outside.
"""

from __future__ import annotations

import numpy as np

from microbit_ml.recordings.recording import to_counts

GRAVITY_COUNTS, GRAVITY_M_S2 = 1024.0, 9.81
FRACTIONS = {"bursts": 0.4, "turns": 0.4, "strides": 0.2}

# Bursts: the ranges of frequencies, strengths, durations and noise.
BURSTS = 3
FREQUENCY_HZ = (0.5, 9.0)
STRENGTH_COUNTS = (10.0, 1024.0)
DURATION_S = (0.08, 3.0)
NOISE_COUNTS = (3.0, 80.0)

# Turns: the angle and its duration, and how far the hand moves meanwhile.
TURN_RAD, TURN_S = (0.1, 3.0), (0.25, 1.5)
WAY_M, WAY_S = (0.03, 0.5), (0.25, 1.2)
QUIET_NOISE_COUNTS = (3.0, 30.0)

# Strides: steps a second, the arm's swing, and the strength of steps and heels.
STEPS_HZ = (1.2, 3.2)
ARM_RAD = (0.02, 0.6)
STEP_COUNTS, HEEL_COUNTS = (40.0, 1230.0), (20.0, 1230.0)
HEEL_HZ = (6.0, 14.0)


def synthetic_negatives(
    n: int, length: int, rate_hz: float, rng: np.random.Generator
) -> np.ndarray:
    """n random movements of all three kinds: int16 (n, length, 3) in counts."""
    time_s = np.arange(length) / rate_hz
    n_turns, n_strides = round(FRACTIONS["turns"] * n), round(FRACTIONS["strides"] * n)
    return np.concatenate(
        [
            bursts(n - n_turns - n_strides, time_s, rng),
            turns(n_turns, time_s, rng),
            strides(n_strides, time_s, rng),
        ]
    )


def bursts(n: int, time_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The board in any orientation, with three overlapping bursts of swinging.

    time_s: (length,) -> int16 (n, length, 3) in counts, as for the other kinds.
    """
    x = GRAVITY_COUNTS * np.repeat(_directions(n, rng), len(time_s), axis=1)
    time = time_s[None, :, None]
    for _ in range(BURSTS):
        frequency = _over_octaves(FREQUENCY_HZ, n, rng)[..., None]
        phase = rng.uniform(0, 2 * np.pi, (n, 1, 3))
        strength = _over_octaves(STRENGTH_COUNTS, n, rng)[..., None] * rng.normal(size=(n, 1, 3))
        middle = rng.uniform(0, time_s[-1], (n, 1, 1))
        duration = _over_octaves(DURATION_S, n, rng)[..., None]
        envelope = np.exp(-(((time - middle) / duration) ** 2))
        x = x + strength * envelope * np.sin(2 * np.pi * frequency * time + phase)
    return _with_noise(x, NOISE_COUNTS, rng)


def turns(n: int, time_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The hand changes its posture once or twice, and moves meanwhile.

    Angle and path follow a minimum-jerk trajectory: for u from 0 to 1
    ``u^3 (10 - 15 u + 6 u^2)``, whose second derivative is ``60 u - 180 u^2 + 120 u^3``.
    """
    angle = np.zeros((n, len(time_s)))
    push = np.zeros((n, len(time_s), 3))
    for often in (1.0, 0.4):
        middle = rng.uniform(-0.3, time_s[-1] + 0.3, (n, 1))
        u = np.clip((time_s - middle) / _over_octaves(TURN_S, n, rng) + 0.5, 0, 1)
        size = (rng.random((n, 1)) < often) * rng.choice([-1, 1], (n, 1))
        angle += size * _over_octaves(TURN_RAD, n, rng) * u**3 * (10 - 15 * u + 6 * u**2)
        takes_s = _over_octaves(WAY_S, n, rng)
        u = np.clip((time_s - middle) / takes_s + 0.5, 0, 1)
        acceleration = (60 * u - 180 * u**2 + 120 * u**3) / takes_s**2 / GRAVITY_M_S2
        way = _over_octaves(WAY_M, n, rng) * acceleration
        push += way[..., None] * _directions(n, rng)
    return _with_noise(GRAVITY_COUNTS * (_turned(angle, rng) + push), QUIET_NOISE_COUNTS, rng)


def strides(n: int, time_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Walking and running in any posture: the step, its half (an arm, one leg) and its multiples,
    a swinging arm, and a knock with every heel.
    """
    steps_hz = _over_octaves(STEPS_HZ, n, rng)
    step = 2 * np.pi * steps_hz * time_s + rng.uniform(0, 2 * np.pi, (n, 1))
    swing = np.sin(step / 2 + rng.uniform(0, 2 * np.pi, (n, 1)))
    x = GRAVITY_COUNTS * _turned(_over_octaves(ARM_RAD, n, rng) * swing, rng)
    size = _over_octaves(STEP_COUNTS, n, rng)[..., None]
    for multiple, weight in ((0.5, 0.5), (1, 1.0), (2, 0.5), (3, 0.25)):
        phase = rng.uniform(0, 2 * np.pi, (n, 1, 3))
        wave = np.sin(multiple * step[..., None] + phase)
        x = x + size * weight * rng.normal(size=(n, 1, 3)) * wave
    since_s = np.mod(step, 2 * np.pi) / (2 * np.pi * steps_hz)
    swing_rate = 2 * np.pi * _over_octaves(HEEL_HZ, n, rng)
    knock = np.exp(-0.3 * swing_rate * since_s) * np.sin(swing_rate * since_s)
    heel = (_over_octaves(HEEL_COUNTS, n, rng) * knock)[..., None]
    return _with_noise(x + heel * rng.normal(size=(n, 1, 3)), NOISE_COUNTS, rng)


def _with_noise(x: np.ndarray, limits: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    return to_counts(x + rng.normal(size=x.shape) * _over_octaves(limits, len(x), rng)[..., None])


def _turned(angle: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors (n, length, 3): a random direction, turned about a random axis across it.

    angle: (n, length) in radians. By Rodrigues: ``v cos(angle) + (axis x v) sin(angle)``.
    """
    start = _directions(len(angle), rng)
    axis = np.cross(start, _directions(len(angle), rng))
    axis /= np.maximum(np.linalg.norm(axis, axis=2, keepdims=True), 1e-9)
    return start * np.cos(angle)[..., None] + np.cross(axis, start) * np.sin(angle)[..., None]


def _directions(n: int, rng: np.random.Generator) -> np.ndarray:
    """Random unit vectors, (n, 1, 3)."""
    x = rng.normal(size=(n, 1, 3))
    return x / np.linalg.norm(x, axis=2, keepdims=True)


def _over_octaves(limits: tuple[float, float], n: int, rng: np.random.Generator) -> np.ndarray:
    """Random numbers between two limits, log-uniform (as many in each octave): (n, 1)."""
    low, high = np.log(limits)
    return np.exp(rng.uniform(low, high, (n, 1)))
