"""Simulated people: each has their own way of moving, and their own board."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.common.short_repr import short_repr


@dataclass(frozen=True)
class Person:
    """A person's way of moving. Factors are around 1; angles in radians.

    speed and size: of all movements; hand: +1 right, -1 left; grip: (3,) pitch, roll, yaw by
    which the board sits askew; hold_pitch: how far the fingertips point up when at rest.
    tremor_mm, tremor_hz: the fine shaking of every hand. The rest are habits: the way of
    shaking (its axis, tilted from left-right), circling (-1 or +1), tapping (how often), waving
    (distance from the turning point: wrist or elbow), twisting (how far back), walking (steps a
    second; arm hanging or board held up).
    sensor_offset, sensor_gain: (3,) counts and factors of their board. digit_way: 0 to 1, which of
    several ways to draw a digit; digit_width: a factor; digit_slant: to the right, for a height of
    1; digit_tilt: of the plane that they draw in, forwards.
    """

    name: str
    speed: float
    size: float
    hand: int
    grip: np.ndarray
    hold_pitch: float
    tremor_mm: float
    tremor_hz: float
    shake_tilt: float
    circle_sense: int
    n_taps: int
    wave_arm_m: float
    twist_return: float
    steps_hz: float
    arm_hangs: bool
    sensor_offset: np.ndarray
    sensor_gain: np.ndarray
    digit_way: float
    digit_width: float
    digit_slant: float
    digit_tilt: float

    __repr__ = short_repr

    def in_the_mood(self, rng: np.random.Generator) -> Person:
        """The same person in one recording, with a little random variation."""
        return replace(
            self,
            speed=self.speed * factor(rng, 0.08),
            size=self.size * factor(rng, 0.1),
            grip=self.grip + rng.normal(0, 0.1, 3),
            hold_pitch=self.hold_pitch + rng.normal(0, 0.1),
            shake_tilt=self.shake_tilt + rng.normal(0, 0.15),
            n_taps=max(1, self.n_taps + int(rng.integers(-1, 2) * (rng.random() < 0.3))),
        )


def make_person(seed: int, index: int) -> Person:
    """Person number ``index`` (0, 1, ...) of the crowd ``seed``: deterministic."""
    rng = np.random.default_rng([seed, index])
    return Person(
        name=f"person-{index + 1:02d}",
        speed=factor(rng, 0.17),
        size=factor(rng, 0.2),
        hand=-1 if rng.random() < 0.15 else 1,
        grip=rng.normal(0, 0.2, 3),
        hold_pitch=rng.normal(0.25, 0.2),
        tremor_mm=0.02 * factor(rng, 0.4),
        tremor_hz=rng.uniform(7.0, 11.0),
        shake_tilt=rng.normal(0, 0.35),
        circle_sense=1 if rng.random() < 0.6 else -1,
        n_taps=int(rng.integers(1, 4)),
        wave_arm_m=rng.uniform(0.12, 0.35),
        twist_return=rng.uniform(0.6, 1.0),
        steps_hz=rng.normal(1.85, 0.15),
        arm_hangs=bool(rng.random() < 0.5),
        sensor_offset=rng.normal(0, 25, 3),
        sensor_gain=1 + rng.normal(0, 0.012, 3),
        digit_way=rng.uniform(0, 1),
        digit_width=factor(rng, 0.15),
        digit_slant=rng.normal(0.1, 0.12),
        digit_tilt=rng.normal(0.0, 0.2),
    )


def factor(rng: np.random.Generator, deviation: float) -> float:
    """A random factor around 1 (log-normal): a half is as likely as a double."""
    return float(np.exp(rng.normal(0, deviation)))
