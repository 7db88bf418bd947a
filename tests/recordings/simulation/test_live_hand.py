"""A hand that is told what to do while it moves: physics, not a switch."""

import numpy as np
import pytest

from microbit_ml.recordings import GESTURES
from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.recordings.simulation.live_hand import LiveHand

G = 1024


def read(hand, n):
    """The next n readings: (n, 3) counts."""
    return np.array([hand.advance() for _ in range(n)])


def test_at_rest_it_reads_gravity_alone():
    counts = read(LiveHand("v2"), 100)
    assert np.abs(counts - [0, 0, -G]).max() < 40
    assert np.abs(counts.mean(axis=0) - [0, 0, -G]).max() < 6


@pytest.mark.parametrize(
    ("pitch", "roll", "expected"),
    [
        (0, 0.9, (np.sin(0.9), 0, -np.cos(0.9))),  # right edge down: + along x
        (0, -0.9, (-np.sin(0.9), 0, -np.cos(0.9))),
        (0.9, 0, (0, np.sin(0.9), -np.cos(0.9))),  # logo up: + along y
        (-0.9, 0, (0, -np.sin(0.9), -np.cos(0.9))),
    ],
)
def test_a_tilted_board_reads_gravity_turned(pitch, roll, expected):
    hand = LiveHand("v2")
    hand.pitch, hand.roll = pitch, roll
    counts = read(hand, 150)[50:]
    assert np.abs(counts.mean(axis=0) - G * np.array(expected)).max() < 8


def test_the_hand_takes_time_and_does_not_overshoot():
    hand = LiveHand("v2")
    hand.roll = 0.9
    angles = []
    for _ in range(60):
        hand.advance()
        angles.append(hand.row[4])
    assert angles[0] < 0.05
    assert 0.2 < angles[7] < 0.8  # on its way after 0.16 s
    assert angles[20] > 0.85  # there after 0.4 s
    assert max(angles) < 0.9001
    assert np.all(np.diff(angles) > -1e-6)


def test_a_movement_adds_its_own_acceleration_to_gravity():
    hand = LiveHand("v2")
    hand.pitch = 0.9
    magnitude = np.linalg.norm(read(hand, 60), axis=1)
    assert np.abs(magnitude[:15] - G).max() > 80  # gravity alone would stay at 1 g
    assert np.abs(magnitude[45:] - G).max() < 40


def test_shaking_begins_and_ends():
    hand = LiveHand("v2")
    hand.shaking = True
    x = read(hand, 80)[30:, 0]
    assert x.max() > 1500 and x.min() < -1500
    assert 6 <= np.count_nonzero(np.diff(np.sign(x))) <= 11  # about 4 Hz for a second
    hand.shaking = False
    assert np.abs(read(hand, 80)[50:, 0]).max() < 60


@pytest.mark.parametrize("label", MOTIONS)
def test_every_movement_begins_and_ends_in_the_posture(label):
    hand = LiveHand("v2", seed=3)
    before = read(hand, 30)
    hand.make(label)
    assert hand.is_busy
    counts = []
    while hand.is_busy:
        counts.append(hand.advance())
        assert len(counts) < 400
    after = read(hand, 30)
    assert np.abs(before.mean(axis=0) - after[10:].mean(axis=0)).max() < 20
    if label in GESTURES:
        assert np.ptp(counts, axis=0).max() > 300
    assert np.abs(counts[0] - before[-1]).max() < 60  # it glides into it


def test_a_gesture_is_broken_off_smoothly():
    hand = LiveHand("v2")
    hand.make("wave")
    read(hand, 40)
    hand.interrupt()
    read(hand, 15)
    assert not hand.is_busy
    assert np.abs(read(hand, 40)[20:].mean(axis=0) - [0, 0, -G]).max() < 20


def test_a_recording_is_played_as_it_is_between_two_transitions():
    recorded = np.stack([np.arange(50) * 8, np.full(50, 400), np.full(50, -600)], axis=1)
    hand = LiveHand("v2")
    hand.play(recorded)
    played = []
    while hand.is_busy:
        played.append(hand.advance())
    at = next(i for i in range(len(played)) if played[i] == tuple(recorded[0]))
    assert np.abs(np.array(played[at : at + 50]) - recorded).max() < 40
    assert np.abs(np.array(played[0]) - [0, 0, -G]).max() < 40
    assert np.abs(np.array(played[-1]) - [0, 0, -G]).max() < 60


def test_the_same_seed_moves_the_same_way():
    def moved(seed):
        hand = LiveHand("v1.3", seed)
        hand.make("circle")
        return read(hand, 60)

    assert np.array_equal(moved(1), moved(1))
    assert not np.array_equal(moved(1), moved(2))
