"""The physics: a board in a moving hand, and the specific force on its sensor.

An accelerometer weighs a tiny mass on springs. Lying on a table it does not read 0: the table
pushes the board up with 1 g, against the Earth's pull. In free fall it reads 0, although it
gets faster and faster, because nothing pushes it. It measures *specific force*: the acceleration
that is not due to gravity,

    f = R^T (p'' - g)        p'' acceleration of the board, g = (0, 0, -1) gravity

with R^T because the sensor turns with the board and measures along its own axes.

Axes of the world, as the person sees them: x to the right, y forwards, z up. Axes of the
micro:bit, as in its readings: x towards its LEFT edge, y towards the logo, z out of the BACK.
So it reads +1 g along x with its right edge down, +1 g along y with the logo up, -1 g along z
with its face up. And pushed to the right it reads minus along x: the mass inside stays behind,
to the left, just as if the left edge were down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr

GRAVITY = 9.81  # m/s^2, one g

# The board's axes seen from the hand when it is held out flat: face up, logo forwards.
# Columns: the board's x, y, z.
BOARD_IN_HAND = np.diag([-1.0, 1.0, -1.0])


@dataclass(frozen=True)
class Motion:
    """A hand's path through space, from a position and pose of rest, at evenly spaced times.

    position_m: (n, 3) right, forwards, up. Angles in radians, each (n,): pitch lifts the
    fingertips, roll turns the forearm so that its right side goes down, yaw points to the left;
    with the hand up, yaw leans it to the left. askew: (3,) pitch, roll, yaw by which the board
    sits askew in the hand.
    """

    position_m: np.ndarray
    pitch: np.ndarray
    roll: np.ndarray
    yaw: np.ndarray
    askew: np.ndarray

    __repr__ = short_repr

    def mirrored(self) -> Motion:
        """The same movement by the other hand: left and right are swapped."""
        mirror_x, mirror_turns = np.array([-1.0, 1.0, 1.0]), np.array([1.0, -1.0, -1.0])
        return Motion(
            self.position_m * mirror_x, self.pitch, -self.roll, -self.yaw, self.askew * mirror_turns
        )


def rotation(pitch: np.ndarray, roll: np.ndarray, yaw: np.ndarray) -> np.ndarray:
    """Angles (n,) -> matrices (n, 3, 3) that take the hand's axes to the world's.

    The arm is lifted (about x), turned to the side from there (about its own z), and the
    forearm rolls about itself (its own y).
    """
    zero, one = np.zeros_like(pitch), np.ones_like(pitch)
    about_x = _matrices(
        [one, zero, zero],
        [zero, np.cos(pitch), -np.sin(pitch)],
        [zero, np.sin(pitch), np.cos(pitch)],
    )
    about_y = _matrices(
        [np.cos(roll), zero, np.sin(roll)],
        [zero, one, zero],
        [-np.sin(roll), zero, np.cos(roll)],
    )
    about_z = _matrices(
        [np.cos(yaw), -np.sin(yaw), zero],
        [np.sin(yaw), np.cos(yaw), zero],
        [zero, zero, one],
    )
    return about_x @ about_z @ about_y


def specific_force(motion: Motion, step_s: float) -> np.ndarray:
    """The readings of an ideal sensor during the motion: (n, 3) in g along the micro:bit's axes.

    step_s: seconds between two time steps of the motion.
    """
    velocity = np.gradient(motion.position_m, step_s, axis=0)
    acceleration = np.gradient(velocity, step_s, axis=0) / GRAVITY
    push = acceleration - np.array([0.0, 0.0, -1.0])
    hand = rotation(motion.pitch, motion.roll, motion.yaw)
    askew = rotation(*motion.askew[:, np.newaxis])
    board = hand @ askew @ BOARD_IN_HAND
    return np.einsum("nji,nj->ni", board, push)  # R^T times the push, at every time step


def _matrices(*rows: list[np.ndarray]) -> np.ndarray:
    """Three rows of three arrays (n,) -> (n, 3, 3)."""
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
