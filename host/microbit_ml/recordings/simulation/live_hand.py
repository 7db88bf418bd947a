"""A hand that holds a board and is told what to do while it moves: tilt, shake, make a gesture.

The hand takes time. It approaches a posture like a critically damped spring, the fastest way that
does not overshoot:

    a'' = w^2 (target - a) - 2 w a'

The wrist is the hinge, so a board that is being tilted also moves, and its accelerometer measures
both: gravity along turned axes, and the movement's own acceleration (:mod:`.hand`). A gesture is
one of the simulator's; the hand glides into it and back with minimum-jerk weights.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.recordings.simulation.hand import Motion, specific_force
from microbit_ml.recordings.simulation.movements import TAU, progress
from microbit_ml.recordings.simulation.people import Person
from microbit_ml.recordings.simulation.sensor import SENSORS
from microbit_ml.recordings.simulation.simulate import BACKGROUND, STEP_S
from microbit_ml.recordings.simulation.streams import GESTURE_S, moving_steps

PERIOD_S = 0.02  # from one reading to the next
APPROACH_HZ = 1.8  # of the spring: 90 % of the way to a posture in 0.35 s
WRIST_M = 0.1  # from the wrist to the board
SHAKES_HZ, SHAKE_M, SHAKE_ROLL = 4.2, 0.04, 0.2
SHAKE_ASIDE, SHAKE_PITCH = 0.2, 0.25  # nobody shakes quite straight, or quite flat
GLIDE_S = 0.4  # into a gesture
BACK_S = 0.8  # and back: slower, so that it is not a gesture itself
INTERRUPTED_S = 0.3  # back from a gesture that is broken off
BACKGROUND_S = 2.0  # of still, walking or fidgeting
_STEPS = round(PERIOD_S / STEP_S)
_EDGE = 2  # steps at either end whose acceleration is not exact yet

TYPICAL = Person(
    name="hand",
    speed=1.0,
    size=1.0,
    hand=1,
    grip=np.zeros(3),
    hold_pitch=0.25,
    tremor_mm=0.02,
    tremor_hz=9.0,
    shake_tilt=0.0,
    circle_sense=1,
    n_taps=2,
    wave_arm_m=0.22,
    twist_return=0.85,
    steps_hz=1.85,
    arm_hangs=False,
    sensor_offset=np.zeros(3),
    sensor_gain=np.ones(3),
    digit_way=0.0,
    digit_width=1.0,
    digit_slant=0.1,
    digit_tilt=0.0,
)
"""Nobody in particular: the middle of the crowd of simulated people."""

Counts = tuple[int, int, int]


class LiveHand:
    """Moves on by :meth:`advance`, 20 ms at a time.

    pitch, roll: the posture to hold, radians (0, 0 is flat, face up); shaking: whether to shake.
    Both are set from outside at any time. sensor: a name in ``SENSORS``.
    """

    def __init__(self, sensor: str, seed: int = 0) -> None:
        self.pitch = self.roll = 0.0
        self.shaking = False
        self._sensor = SENSORS[sensor]
        self._rng = np.random.default_rng(seed)
        self._state = np.zeros(3)  # pitch, roll, how much it shakes: 0 to 1
        self._rates = np.zeros(3)  # of the same, a second
        self._step = 0
        self._rows: deque[np.ndarray] = deque(maxlen=_STEPS + 2 * _EDGE)
        self._gesture = np.zeros((0, 7))  # what is left of it: weight, position, angles
        self._played = np.zeros((0, 4))  # what is left of a recording: weight, counts
        while len(self._rows) < 2 * _EDGE:
            self._rows.append(self._next_row())

    @property
    def is_busy(self) -> bool:
        """Whether a gesture or a recording is under way."""
        return len(self._gesture) > 0 or len(self._played) > 0

    @property
    def row(self) -> np.ndarray:
        """Where the hand is now: right, forwards, up in m, pitch, roll, yaw in radians: (6,)."""
        return self._rows[-1]

    def make(self, label: str) -> None:
        """Begin a gesture, each time a little different. label: one of ``MOTIONS``."""
        path = _path_of(label, self._rng)
        self._gesture = np.column_stack([_weights(len(path), STEP_S), path])

    def play(self, counts: np.ndarray) -> None:
        """Begin a recording: (n, 3) in counts, one every 20 ms. The hand's posture stays."""
        before = np.repeat(counts[:1], round(GLIDE_S / PERIOD_S), axis=0)
        after = np.repeat(counts[-1:], round(BACK_S / PERIOD_S), axis=0)
        path = np.concatenate([before, counts, after])
        self._played = np.column_stack([_weights(len(path), PERIOD_S), path])

    def interrupt(self) -> None:
        """Break off a gesture or a recording: the hand goes back to its posture."""
        self._gesture = _broken_off(self._gesture, STEP_S)
        self._played = _broken_off(self._played, PERIOD_S)

    def advance(self) -> Counts:
        """Move on by 20 ms; returns the accelerometer's reading, counts along the board's axes."""
        for _ in range(_STEPS):
            self._rows.append(self._next_row())
        path = np.array(self._rows)
        motion = Motion(path[:, :3], path[:, 3], path[:, 4], path[:, 5], askew=np.zeros(3))
        force = specific_force(motion, STEP_S)[_EDGE:-_EDGE].mean(axis=0, keepdims=True)
        read = self._sensor.read(force, np.zeros(3), np.ones(3), self._rng)[0].astype(float)
        if len(self._played):
            weight, *counts = self._played[0]
            self._played = self._played[1:]
            read = (1 - weight) * read + weight * np.array(counts)
        x, y, z = (round(value) for value in read.tolist())
        return x, y, z

    def _next_row(self) -> np.ndarray:
        """The position and the angles one step later."""
        target = np.array([self.pitch, self.roll, float(self.shaking)])
        spring = TAU * APPROACH_HZ
        self._rates += STEP_S * (spring**2 * (target - self._state) - 2 * spring * self._rates)
        self._state += STEP_S * self._rates
        self._step += 1
        row = _posture_row(self._state, self._step * STEP_S)
        if len(self._gesture):
            weight, *path = self._gesture[0]
            self._gesture = self._gesture[1:]
            row = (1 - weight) * row + weight * np.array(path)
        return row


def _posture_row(state: np.ndarray, t: float) -> np.ndarray:
    """Position and angles of a hand that is hinged at the wrist, shakes and trembles: (6,).

    state: pitch, roll, how much it shakes; t: seconds.
    """
    pitch, roll, shaking = state
    uneven = 0.4 * np.sin(TAU * 0.5 * t)  # as in the simulator's shake
    swing = shaking * (1 + uneven / 2) * np.sin(TAU * SHAKES_HZ * t + uneven)
    tremor = (
        TYPICAL.tremor_mm / 1000 * np.sin(TAU * TYPICAL.tremor_hz * t * np.array([1, 1.1, 0.9]))
    )
    right, forwards, up = tremor
    return np.array(
        [
            right + SHAKE_M * swing,
            forwards + WRIST_M * (np.cos(pitch) - 1) + SHAKE_ASIDE * SHAKE_M * swing,
            up + WRIST_M * np.sin(pitch) + SHAKE_ASIDE * SHAKE_M * swing,
            pitch + SHAKE_PITCH * shaking,
            roll + SHAKE_ROLL * swing,
            0.0,
        ]
    )


def _path_of(label: str, rng: np.random.Generator) -> np.ndarray:
    """A gesture with room before it and after it for the transitions: (n, 6)."""
    person = replace(TYPICAL.in_the_mood(rng), grip=np.zeros(3))
    if label in BACKGROUND:
        seconds = GLIDE_S + BACKGROUND_S + BACK_S
        t = np.arange(0.0, seconds, STEP_S)
        steps = slice(None)
        motion = MOTIONS[label](person, rng, t, seconds)
    else:
        t = np.arange(-2.0, GESTURE_S + 2.0, STEP_S)
        seed = int(rng.integers(2**31))
        motion = MOTIONS[label](person, np.random.default_rng(seed), t, GESTURE_S)
        calm = replace(person, tremor_mm=0.0)
        begin, end = moving_steps(MOTIONS[label](calm, np.random.default_rng(seed), t, GESTURE_S))
        steps = slice(max(begin - round(GLIDE_S / STEP_S), 0), end + round(BACK_S / STEP_S))
    path = np.column_stack([motion.position_m, motion.pitch, motion.roll, motion.yaw])[steps]
    return path - np.pad(path[0, :3], (0, 3))  # it begins where the hand is


def _weights(n: int, step_s: float) -> np.ndarray:
    """0, then 1 during the gesture, then 0 again: (n,)."""
    t = np.arange(n) * step_s
    return progress(t, 0, GLIDE_S) * (1 - progress(t, t[-1] - BACK_S, t[-1]))


def _broken_off(left: np.ndarray, step_s: float) -> np.ndarray:
    """What is left of a movement, with weights that soon go to 0."""
    soon = left[: round(INTERRUPTED_S / step_s)].copy()
    soon[:, 0] *= 1 - progress(np.arange(len(soon)) * step_s, 0, INTERRUPTED_S)
    return soon
