"""Digits in the air: their paths, the physics of drawing them, and a model for new people."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.recordings import BACKGROUND, DIGITS, GESTURES, simulate
from microbit_ml.recordings.simulation.digits import (
    DIGIT_MOTIONS,
    HEIGHT_M,
    PATHS,
    SECONDS,
    _smooth,
    _travelled,
)
from microbit_ml.recordings.simulation.people import make_person
from microbit_ml.recordings.simulation.simulate import STEP_S

T = np.arange(-0.1, SECONDS + 0.1, STEP_S)
WAYS = [(digit, way) for digit, ways in PATHS.items() for way in range(len(ways))]


def motion(digit, person=0, seed=3):
    return DIGIT_MOTIONS[digit](make_person(0, person), np.random.default_rng(seed), T, SECONDS)


def test_every_digit_has_a_path():
    assert set(PATHS) == set(DIGITS) == set(DIGIT_MOTIONS) == set("0123456789")


@pytest.mark.parametrize(("digit", "way"), WAYS)
def test_a_path_is_as_high_as_a_digit_and_continuous(digit, way):
    path = _smooth(PATHS[digit][way], 0.02)
    x, z = path.T
    assert 0.9 < np.ptp(z) <= 1.0 and np.ptp(x) < 0.7
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps.max() < 1.1 * steps.mean()  # evenly spaced, without a jump


def test_the_paths_of_all_digits_differ():
    paths = {digit: _smooth(ways[0], 0.02) for digit, ways in PATHS.items()}
    for one, other in combinations(DIGITS, 2):
        apart = np.linalg.norm(paths[one] - paths[other], axis=1)
        assert apart.max() > 0.2, (one, other)


def test_the_hand_slows_down_in_the_corner_of_a_seven():
    path_m = np.pad(HEIGHT_M * _smooth(PATHS["7"][0], 0.03), ((0, 0), (0, 1)))
    t = np.arange(0.0, 1.0, STEP_S)
    travelled = _travelled(path_m, t, 0.0, 1.0)
    speed = np.diff(travelled)
    assert travelled[0] == pytest.approx(0, abs=0.01) and travelled[-1] == pytest.approx(1)
    assert speed.min() >= 0
    corner = np.argmax(path_m[:, 0] + path_m[:, 2]) / len(path_m)
    at = np.searchsorted(travelled, corner)
    before, after = np.searchsorted(travelled, [corner / 2, (1 + corner) / 2])
    assert speed[at] < 0.75 * min(speed[before], speed[after])


@pytest.mark.parametrize("digit", DIGITS)
def test_the_hand_moves_continuously_and_comes_back(digit):
    drawn = motion(digit)
    assert np.abs(np.diff(drawn.position_m, axis=0)).max() < 3.0 * STEP_S  # below 3 m/s
    speed = np.gradient(drawn.position_m, STEP_S, axis=0)
    assert np.abs(np.diff(speed, axis=0)).max() < 60 * STEP_S  # below 6 g
    assert np.abs(drawn.position_m[0] - drawn.position_m[-1]).max() < 0.01  # but for the tremor
    assert 0.1 < np.ptp(drawn.position_m[:, 2]) < 0.5


def test_people_draw_differently_and_a_seed_draws_the_same():
    again, other = motion("3"), motion("3", person=1)
    assert np.array_equal(motion("3").position_m, again.position_m)
    assert np.abs(again.position_m - other.position_m).max() > 0.01
    first, second = (simulate(DIGITS, 2, 1, seed=4, seconds=SECONDS) for _ in range(2))
    assert [one.digest for one in first] == [one.digest for one in second]
    assert len({one.digest for one in first}) == 20


def test_a_left_hand_draws_the_digit_the_same_way_round():
    person = make_person(0, 0)
    x = [
        DIGIT_MOTIONS["7"](
            replace(person, hand=hand, tremor_mm=0.0), np.random.default_rng(1), T, SECONDS
        ).position_m[(T > 0.7) & (T < 1.3), 0]  # without the ways there and back
        for hand in (1, -1)
    ]
    assert np.corrcoef(*x)[0, 1] > 0.8  # a mirrored digit would have -1


def test_the_sensor_is_rarely_at_the_end_of_its_range():
    counts = np.concatenate([one.samples for one in simulate(DIGITS, 6, 2, seconds=SECONDS)])
    clipped = (np.abs(counts.astype(int)) >= 2040).any(axis=1).mean()
    assert 0 < clipped < 0.1
    assert counts.std(axis=0).min() > 200  # but the hand does move


def test_the_nine_movements_are_still_the_default():
    assert simulate(people=1, repeats=1).labels == sorted([*GESTURES, *BACKGROUND])


def test_a_model_of_six_people_recognises_new_people_but_not_always():
    model = mb.train(simulate(DIGITS, people=6, repeats=5, seed=0, seconds=SECONDS), seed=0)
    unseen = simulate(DIGITS, people=8, repeats=3, seed=77, seconds=SECONDS)
    right = [a.label == b for a, b in zip(unseen, model.predict(unseen).best, strict=True)]
    assert 0.7 <= np.mean(right) <= 0.98
