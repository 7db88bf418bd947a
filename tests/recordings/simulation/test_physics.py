"""The physics of a board in a hand, checked against experiments that anyone can try."""

from dataclasses import replace

import numpy as np
import pytest

from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.recordings.simulation.hand import GRAVITY, Motion, rotation, specific_force
from microbit_ml.recordings.simulation.people import make_person
from microbit_ml.recordings.simulation.sensor import SENSORS, read_ideal

STEP_S = 0.002
T = np.arange(0, 1, STEP_S)
NOTHING = np.zeros_like(T)
NOWHERE = np.zeros((len(T), 3))


def motion(position=NOWHERE, pitch=0.0, roll=0.0, yaw=0.0, askew=(0, 0, 0)):
    return Motion(position, NOTHING + pitch, NOTHING + roll, NOTHING + yaw, np.array(askew, float))


def in_the_middle(m):
    return specific_force(m, STEP_S)[len(T) // 2]


@pytest.mark.parametrize(
    ("pose", "reading"),
    [
        ({}, (0, 0, -1)),  # face up
        ({"roll": np.pi}, (0, 0, 1)),  # face down
        ({"roll": np.pi / 2}, (1, 0, 0)),  # right edge down
        ({"roll": -np.pi / 2}, (-1, 0, 0)),  # left edge down
        ({"pitch": np.pi / 2}, (0, 1, 0)),  # logo up
        ({"pitch": -np.pi / 2}, (0, -1, 0)),  # logo down
        ({"yaw": 1.0}, (0, 0, -1)),  # turned on the table: gravity does not notice
        ({"pitch": np.pi / 2, "yaw": -np.pi / 2}, (1, 0, 0)),  # logo up, then leant to the right
        ({"askew": (0, np.pi / 2, 0)}, (1, 0, 0)),  # the board, not the hand, is turned
    ],
)
def test_at_rest_it_reads_one_g_as_the_microbit_says(pose, reading):
    assert np.allclose(in_the_middle(motion(**pose)), reading, atol=1e-9)


def test_free_fall_reads_nothing():
    falling = NOWHERE.copy()
    falling[:, 2] = -GRAVITY * T**2 / 2
    assert np.allclose(in_the_middle(motion(falling, pitch=0.3, roll=-0.5)), 0, atol=1e-6)


@pytest.mark.parametrize(
    ("axis", "reading"),
    [(0, (-1, 0, -1)), (1, (0, 1, -1)), (2, (0, 0, -2))],
)
def test_a_push_of_one_g(axis, reading):
    # The inside stays behind: pushed to the right it reads as with the left edge down (x = -1);
    # pushed towards the logo as with the logo up (y = +1); lifted it weighs twice as much.
    pushed = NOWHERE.copy()
    pushed[:, axis] = GRAVITY * T**2 / 2
    assert np.allclose(in_the_middle(motion(pushed)), reading, atol=1e-6)


def test_on_a_swing_it_feels_the_centrifugal_pull():
    # A circle of radius r at w radians a second needs w^2 r towards the middle.
    radius, w = 0.2, 7.0
    circling = np.stack([radius * np.sin(w * T), NOTHING, radius * np.cos(w * T)], axis=1)
    force = specific_force(motion(circling), STEP_S)[10:-10]
    without_gravity = np.linalg.norm(force - [0, 0, -1], axis=1)
    assert np.allclose(without_gravity, w**2 * radius / GRAVITY, rtol=1e-3)


def test_rotations_are_rotations():
    angles = np.random.default_rng(0).uniform(-3, 3, (3, 20))
    matrices = rotation(*angles)
    assert np.allclose(matrices @ matrices.transpose(0, 2, 1), np.eye(3))
    assert np.allclose(np.linalg.det(matrices), 1)


def test_the_other_hand_mirrors_x():
    rng = np.random.default_rng(1)
    path = np.cumsum(np.cumsum(rng.normal(0, 1e-5, (len(T), 3)), axis=0), axis=0)
    turn = [np.cumsum(rng.normal(0, 0.02, len(T))) for _ in range(3)]
    one = Motion(path, *turn, askew=rng.normal(0, 0.3, 3))
    force, mirrored = (specific_force(m, STEP_S) for m in (one, one.mirrored()))
    assert np.allclose(mirrored, force * [-1, 1, 1])
    assert np.ptp(force[:, 0]) > 0.5


def test_a_left_handed_person_is_the_mirror_image_of_a_right_handed_one():
    person = make_person(0, 0)
    for label, make in MOTIONS.items():
        if label == "still":
            continue  # it may lie on a table, which has no hand
        both = []
        for hand in (1, -1):
            rng = np.random.default_rng(5)
            both.append(specific_force(make(replace(person, hand=hand), rng, T, 1.0), STEP_S))
        assert np.allclose(both[1], both[0] * [-1, 1, 1]), label


@pytest.mark.parametrize(("name", "step"), [("v1.3", 16), ("v1.5", 4), ("v2", 4)])
def test_steps_and_ends_of_the_scale(name, step):
    rng = np.random.default_rng(0)
    force = rng.uniform(-4, 4, (2000, 3))
    counts = SENSORS[name].read(force, np.zeros(3), np.ones(3), rng).astype(int)
    assert np.all(counts % step == 0)
    assert len(np.unique(counts % (4 * step))) == 4  # and no coarser
    assert counts.max() == 2048 - step and counts.min() == step - 2048
    inside = np.abs(force) < 1.9
    error = counts - force * 1024
    assert np.abs(error[inside]).max() < step / 2 + 25
    assert abs(error[inside].mean()) < 1


def test_boards_own_offset_and_gain():
    rng = np.random.default_rng(0)
    force = np.tile([0.5, 0, -1], (4000, 1))
    counts = SENSORS["v2"].read(force, np.array([40, 0, 8]), np.array([1.02, 1, 1]), rng)
    assert np.allclose(counts.mean(axis=0), [512 * 1.02 + 40, 0, -1016], atol=0.5)
    assert np.allclose(counts.std(axis=0), SENSORS["v2"].noise, atol=0.5)


def test_ideal_sensor():
    assert read_ideal(np.array([[0.0, -1.0, 3.0], [1 / 1024, 0.0, -5.0]])).tolist() == [
        [0, -1024, 2048], [1, 0, -2048]]  # fmt: skip
