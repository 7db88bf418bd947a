"""Gestures that differ only in direction or order are recognised, for new people too.

Left then right has the same movements as right then left, just as strong and as long; they differ
only in their order. The tests build such gestures from the parts of the simulated hand; one person
records each of a pair three times, and the model has to recognise those of other people.
"""

from dataclasses import replace

import numpy as np
import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.recordings import simulate
from microbit_ml.recordings.simulation import gestures
from microbit_ml.recordings.simulation.simulate import EVERY_MOTION

TESTED, REPEATS = 6, 3
AT_LEAST = 0.95
LENGTH_M = 0.2
UP, RIGHT = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])


def there_and_back(direction):
    """To one side and back to the middle in one go.

    direction: (3,), where it goes first. The hand leans a little into a sideways move. For the left
    hand, whose movements are mirrored later, the sides are swapped first.
    """

    def motion(person, rng, t, seconds):
        begin, end = gestures._span(rng, rng.uniform(0.7, 0.95) / person.speed, seconds)
        along = gestures._bump(t, begin, end)
        side = direction * np.array([person.hand, 1.0, 1.0])
        way = LENGTH_M * person.size * along[:, np.newaxis] * (side + rng.normal(0, 0.1, 3))
        lean = rng.uniform(0.05, 0.2) * along * side[0]
        nod = rng.normal(0, 0.05) * along
        return gestures._held(person, rng, t, way, roll=lean, pitch=nod)

    return motion


def circling(sense):
    """A circle in one direction, seen by the person: +1 is clockwise for the right hand."""

    def motion(person, rng, t, seconds):
        return gestures.circle(replace(person, circle_sense=sense * person.hand), rng, t, seconds)

    return motion


def shaking(late):
    """A short shake in one half of the recording and stillness in the other."""

    def motion(person, rng, t, seconds):
        begin = rng.uniform(0.0, 0.1) * seconds + late * 0.5 * seconds
        end = begin + rng.uniform(0.35, 0.45) * seconds
        swing = gestures._vibration(rng, t, 4.2 * person.speed)
        swing *= gestures._envelope(t, begin, end, 0.1)
        tilt = person.shake_tilt
        direction = np.array([np.cos(tilt), rng.normal(0, 0.2), np.sin(tilt)])
        way = 0.04 * person.size * swing[:, np.newaxis] * direction
        return gestures._held(person, rng, t, way, roll=rng.normal(0.2, 0.1) * swing)

    return motion


def tilting(side):
    """The hand turns to one side (+1: right edge down) and stays there."""

    def motion(person, rng, t, seconds):
        begin, end = gestures._span(rng, rng.uniform(0.4, 0.7) / person.speed, seconds)
        turned = gestures._progress(t, begin, end)
        roll = side * person.hand * rng.normal(0.8, 0.15) * turned
        way = rng.normal(0, 0.02, 3) * turned[:, np.newaxis]
        return gestures._held(person, rng, t, way, roll=roll, pitch=rng.normal(0, 0.1) * turned)

    return motion


PAIRS = {
    ("left then right", "right then left"): (
        there_and_back(-RIGHT),
        there_and_back(RIGHT),
    ),
    ("up then down", "down then up"): (
        there_and_back(UP),
        there_and_back(-UP),
    ),
    ("clockwise", "counter-clockwise"): (circling(+1), circling(-1)),
    ("shake then still", "still then shake"): (shaking(late=False), shaking(late=True)),
    ("tilt left", "tilt right"): (tilting(-1), tilting(+1)),
}


def recorded(monkeypatch, pair, seed):
    """A pair's recordings by one person, for training, and those by the others, for testing."""
    for label, motion in zip(pair, PAIRS[pair]):
        monkeypatch.setitem(EVERY_MOTION, label, motion)
    data = simulate(pair, people=1 + TESTED, repeats=REPEATS, seed=seed)
    by_first = [r.subject == "person-01" for r in data]
    training = [r for r, first in zip(data, by_first) if first]
    tested = [r for r, first in zip(data, by_first) if not first]
    return training, tested


DIRECTION, ORDER = ("left then right", "right then left"), ("shake then still", "still then shake")


@pytest.mark.parametrize(
    ("pair", "trainers"),
    tiers([(DIRECTION, 3), (ORDER, 3)], slow=[(pair, 12) for pair in PAIRS]),
)
def test_three_recordings_of_one_person_separate_a_pair_for_other_people(
    pair, trainers, monkeypatch
):
    right = []
    for seed in range(trainers):
        training, tested = recorded(monkeypatch, pair, seed)
        best = mb.train(training, seed=seed).predict(tested).best
        right += [name == r.label for name, r in zip(best, tested)]
    assert len(right) == trainers * TESTED * REPEATS * 2
    assert np.mean(right) >= AT_LEAST


@pytest.mark.parametrize("pair", PAIRS, ids=" or ".join)
def test_the_two_of_a_pair_have_as_much_movement(pair, monkeypatch):
    # Otherwise the model could use something other than direction or order.
    for label, motion in zip(pair, PAIRS[pair]):
        monkeypatch.setitem(EVERY_MOTION, label, motion)
    data = simulate(pair, people=40, repeats=3, seed=100, sensor=None)
    moved = {label: [] for label in pair}
    for recording in data:
        moved[recording.label].append(np.abs(np.diff(recording.samples, axis=0)).sum())
    one, other = (np.mean(values) for values in moved.values())
    assert one == pytest.approx(other, rel=0.1)
