"""The digits 0 to 9, drawn in the air: a hand follows a path of strokes in an upright plane.

Like a gesture, each digit is a function of a person, a random generator, the times ``t`` (n,) in
seconds, and a duration in seconds; it returns a Motion. The hand moves to the start of the first
stroke, draws, and comes back. Between two strokes it moves on in the air, as nobody lifts a pen
there. It slows down in curves: its speed is proportional to the curvature to the power of -1/3
(Lacquaniti, Terzuolo and Viviani 1983, "the two-thirds power law").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from microbit_ml.recordings.simulation.hand import Motion
from microbit_ml.recordings.simulation.movements import Rng, envelope, held, progress, span
from microbit_ml.recordings.simulation.people import Person, factor

DIGITS = tuple("0123456789")
"""The digits that simulated people draw in the air."""
SECONDS = 2.0  # of a recording that holds the whole digit, with the ways there and back
HEIGHT_M = 0.2
PACE_M_S = 0.75  # mean speed of drawing
WAY_S = 0.35  # to the first stroke, or back
PAUSE_S = (0.02, 0.15)  # at the first and last point of the digit
RISE_S = 0.12  # from standing to full speed
MUSCLE_S = 0.035  # standard deviation: no muscle changes its force in less time
POINTS = 400  # of a path

Points = list[tuple[float, float]]


def _arc(
    centre: tuple[float, float], radii: tuple[float, float], begin: float, end: float
) -> Points:
    """Points of an ellipse from one angle to another, in degrees: 0 is right, 90 is up."""
    angles = np.radians(np.linspace(begin, end, max(3, int(abs(end - begin) / 6))))
    x = centre[0] + radii[0] * np.cos(angles)
    z = centre[1] + radii[1] * np.sin(angles)
    return list(zip(x.tolist(), z.tolist(), strict=True))


def _eight() -> Points:
    u = np.linspace(0, 2 * np.pi, 80)
    return list(zip((-0.27 * np.sin(2 * u)).tolist(), (0.5 * np.cos(u)).tolist(), strict=True))


# Ways to draw each digit: points (right, up) with a height of 1, from -0.5 to 0.5. A person has one
# way for each digit.
PATHS: dict[str, list[Points]] = {
    "0": [_arc((0, 0), (0.3, 0.5), 90, 450), _arc((0, 0), (0.3, 0.5), 60, 430)],
    "1": [[(-0.22, 0.22), (0.05, 0.5), (0.05, -0.5)], [(-0.12, 0.35), (0.0, 0.5), (0.0, -0.5)]],
    "2": [[*_arc((0, 0.22), (0.28, 0.28), 165, -35), (-0.3, -0.5), (0.32, -0.5)]],
    "3": [
        [
            *_arc((-0.02, 0.25), (0.26, 0.25), 150, -90),
            *_arc((-0.02, -0.25), (0.3, 0.25), 90, -150),
        ]
    ],
    "4": [
        [(-0.15, 0.5), (-0.3, -0.1), (0.3, -0.1), (0.14, 0.3), (0.1, -0.5)],
        [(0.12, 0.5), (-0.32, -0.15), (0.32, -0.15), (0.14, 0.15), (0.12, -0.5)],
    ],
    "5": [
        [(0.27, 0.5), (-0.22, 0.5), *_arc((-0.02, -0.18), (0.3, 0.32), 135, -145)],
        [(-0.22, 0.5), *_arc((-0.02, -0.18), (0.3, 0.32), 135, -145), (-0.22, 0.5), (0.27, 0.5)],
    ],
    "6": [
        [
            *_arc((0.25, -0.2), (0.53, 0.7), 95, 180),
            *_arc((0, -0.22), (0.28, 0.28), 180, 530),
        ]
    ],
    "7": [
        [(-0.28, 0.5), (0.28, 0.5), (-0.08, -0.5)],
        [(-0.28, 0.5), (0.28, 0.5), (-0.08, -0.5), (-0.18, 0.0), (0.22, 0.0)],
    ],
    "8": [_eight()],
    "9": [[*_arc((0, 0.22), (0.26, 0.28), 20, 375), (0.2, -0.5)]],
}


def draw(digit: str, person: Person, rng: Rng, t: np.ndarray, seconds: float) -> Motion:
    """The hand draws a digit: a little differently each time, and each person in their own way."""
    path_m = _path_m(digit, person, rng)
    length_m = float(np.linalg.norm(np.diff(path_m, axis=0), axis=1).sum())
    drawing_s = length_m / (PACE_M_S * person.speed * person.size**0.5)
    way_s, pauses_s = WAY_S / person.speed * factor(rng, 0.15), rng.uniform(*PAUSE_S, 2)
    begin, _ = span(rng, 2 * way_s + pauses_s.sum() + drawing_s, seconds)
    first = begin + way_s + pauses_s[0]
    last = first + drawing_s
    back = last + pauses_s[1]
    rest_m = rng.normal([0.03, -0.05, -0.08], 0.03)
    along = _at(path_m, _travelled(path_m, t, first, last))
    there, home = progress(t, begin, begin + way_s), progress(t, back, back + way_s)
    weight = (there - home)[:, np.newaxis]
    position = _blurred(weight * along + (1 - weight) * rest_m, MUSCLE_S / (t[1] - t[0]))
    lean = rng.normal(1.2, 0.4, 2)
    roll, pitch = lean[0] * position[:, 0], lean[1] * position[:, 2]
    return held(person, rng, t, position, pitch=pitch, roll=roll, yaw=-0.5 * roll)


def _path_m(digit: str, person: Person, rng: Rng) -> np.ndarray:
    """The digit's path as a person draws it this time: (POINTS, 3) metres, right, forwards, up."""
    ways = PATHS[digit]
    x, z = _smooth(ways[int(person.digit_way * len(ways))], rng.uniform(0.02, 0.05)).T
    x = x * person.digit_width * factor(rng, 0.1) + (person.digit_slant + rng.normal(0, 0.06)) * z
    turn = rng.normal(0, 0.06)
    x, z = x * np.cos(turn) - z * np.sin(turn), x * np.sin(turn) + z * np.cos(turn)
    # A left hand draws digits the same way round: ``held`` mirrors them back.
    right = x * person.hand
    tilt, facing = person.digit_tilt + rng.normal(0, 0.08), rng.normal(0, 0.15)
    away = z * np.sin(tilt) + right * np.sin(facing)
    height_m = HEIGHT_M * person.size * factor(rng, 0.08)
    return height_m * np.stack([right * np.cos(facing), away, z * np.cos(tilt)], axis=1)


def _smooth(points: Sequence[tuple[float, float]], roundness: float) -> np.ndarray:
    """Points of a path (POINTS, 2), evenly spaced along it, with corners rounded.

    roundness: standard deviation of the Gaussian that rounds them, as a fraction of the height.
    """
    corners = np.array(points)
    even = _at(corners, np.linspace(0, 1, POINTS))
    step = np.linalg.norm(np.diff(even, axis=0), axis=1).mean()
    return _at(_blurred(even, roundness / step), np.linspace(0, 1, POINTS))


def _blurred(rows: np.ndarray, width: float) -> np.ndarray:
    """Rows (n, dimensions), each averaged with its neighbours by a Gaussian of this width."""
    reach = max(1, round(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    axes = [np.convolve(axis, kernel / kernel.sum(), mode="valid") for axis in padded.T]
    return np.stack(axes, axis=1)


def _at(path: np.ndarray, fraction: np.ndarray) -> np.ndarray:
    """The points of a path (n, dimensions) at fractions of its length, 0 to 1."""
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(lengths)])
    travelled /= travelled[-1]
    return np.stack([np.interp(fraction, travelled, axis) for axis in path.T], axis=1)


def _travelled(path_m: np.ndarray, t: np.ndarray, begin: float, end: float) -> np.ndarray:
    """How much of the path is drawn at each time: 0 before ``begin``, 1 after ``end``; slower in
    curves, and with a smooth start and stop.
    """
    tangent = np.gradient(path_m, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    step_m = np.linalg.norm(np.diff(path_m, axis=0), axis=1).mean()
    curvature = np.linalg.norm(np.gradient(tangent, step_m, axis=0), axis=1)  # 1/m
    needs = (3.0 + curvature) ** (1 / 3)  # time for each point
    needs = np.convolve(np.pad(needs, 10, mode="edge"), np.ones(21) / 21, mode="valid")
    due = np.concatenate([[0.0], np.cumsum((needs[1:] + needs[:-1]) / 2)])
    pace = envelope(t, begin, end, min(RISE_S, (end - begin) / 3))
    done = np.cumsum(pace) / max(pace.sum(), 1e-9)
    return np.interp(done, due / due[-1], np.linspace(0, 1, len(due)))


DIGIT_MOTIONS: dict[str, Callable[[Person, Rng, np.ndarray, float], Motion]] = {
    digit: partial(draw, digit) for digit in DIGITS
}
