"""Continuous motion, cut into recordings by activity."""

from itertools import pairwise

import numpy as np
import pytest
from real_data import WAND, shared_data

from microbit_ml.errors import DataError
from microbit_ml.recordings import read_createai
from microbit_ml.recordings.cutting import CALM_SAMPLES, FEWEST_ACTIVE, Cutter, cut
from microbit_ml.recordings.simulation.joined_streams import join_recordings
from microbit_ml.recordings.simulation.streams import simulate_streams

REST = [0, 0, -1024]
LENGTH = 20


def still(n):
    return [REST] * n


def moving(n):
    """Each sample is 400 counts from the one before it, and no two are equal."""
    return [[400 * (i % 2) + i, 0, -1024] for i in range(1, n + 1)]


def starts(samples, length=LENGTH):
    """The start of each recording in the stream; each must be consecutive samples of it."""
    found, at = [], 0
    for piece in cut(samples, length):
        matches = [
            i
            for i in range(at, len(samples) - length + 1)
            if np.array_equal(samples[i : i + length], piece)
        ]
        found.append(matches[-1])
        at = matches[-1] + length
    return found


def test_a_short_movement_is_centred():
    samples = still(40) + moving(9) + still(60)
    (piece,) = cut(samples, LENGTH)
    # ten active samples, including the return to rest; five samples before and after them
    assert piece.tolist() == samples[35:55]
    assert piece.dtype == np.int16


def test_a_movement_at_the_very_start_begins_with_the_first_sample():
    samples = still(1) + moving(9) + still(60)
    assert cut(samples, LENGTH)[0].tolist() == samples[:LENGTH]


def test_a_long_movement_is_cut_into_whole_recordings():
    samples = still(40) + moving(50) + still(60)
    # 51 active samples: 20, 20, and 11, more than half a recording
    assert starts(samples) == [40, 60, 80]
    samples = still(40) + moving(46) + still(60)
    assert starts(samples) == [40, 60]  # 7 are left, less than half


def test_a_bump_is_not_a_movement():
    bump = [[400, 0, -1024]]
    assert FEWEST_ACTIVE == 3
    assert cut(still(40) + bump + still(60), LENGTH) == []  # there and back: two
    assert len(cut(still(40) + moving(3) + still(60), LENGTH)) == 1


def test_slow_turning_is_not_a_movement():
    turning = [[8 * i, 0, -1024] for i in range(120)]
    assert cut(turning, LENGTH) == []


def test_two_movements_with_a_rest_between_them_are_two_recordings():
    samples = still(40) + moving(9) + still(CALM_SAMPLES + 10) + moving(9) + still(60)
    assert len(cut(samples, LENGTH)) == 2
    samples = still(40) + moving(5) + still(CALM_SAMPLES - 5) + moving(5) + still(60)
    assert len(cut(samples, 40)) == 1  # no rest: one movement


def test_after_a_lost_sample_nothing_is_joined():
    cutter = Cutter(LENGTH)
    for sample in still(40) + moving(15):
        assert cutter.add(tuple(sample)) is None
    assert cutter.is_moving
    cutter.clear()
    assert not cutter.is_moving
    assert all(cutter.add(tuple(sample)) is None for sample in still(60))


def test_recordings_do_not_overlap_and_hold_the_original_samples():
    (stream,) = simulate_streams(people=1, minutes=2, seed=8)
    samples = stream.samples.tolist()
    found = starts(samples, 50)
    assert len(found) > 20
    assert all(b - a >= 50 for a, b in pairwise(found))


def covered(stream, length=50):
    """The number of gestures that a recording covers by at least 60 %, and of all gestures."""
    cutter = Cutter(length)
    ends = [
        i + 1 for i, s in enumerate(stream.samples.tolist()) if cutter.add(tuple(s)) is not None
    ]
    # A recording is complete at its last sample, or up to CALM_SAMPLES later.
    n = 0
    for event in stream.events:
        begin, end = event.start_ms / 20, event.end_ms / 20
        enough = 0.6 * min(length, end - begin) - CALM_SAMPLES
        n += any(min(e, end) - max(e - length - CALM_SAMPLES, begin) >= enough for e in ends)
    return n, len(stream.events)


@pytest.mark.parametrize("sensor", ["v2", "v1.3"])
def test_every_simulated_gesture_becomes_a_recording(sensor):
    streams = simulate_streams(
        background=["holding still"], people=3, minutes=1, seed=3, sensor=sensor
    )
    counts = [covered(stream) for stream in streams]
    n, of = (sum(column) for column in zip(*counts))
    print(f"{n} of {of} gestures on {sensor}")
    assert of >= 20
    assert n == of


def test_real_gestures_become_recordings():
    data = read_createai(shared_data(WAND))
    background = simulate_streams([], ["holding still"], people=1, minutes=0.5, seed=2)
    gestures = [one for one in data if one.label in data.labels[:3]][:30]
    (stream,) = join_recordings(gestures, background)
    n, of = covered(stream)
    print(f"{n} of {of} real gestures")
    assert n >= 0.8 * of


def test_a_recording_of_one_sample_is_refused():
    with pytest.raises(DataError, match="at least 2 samples, not 1"):
        Cutter(1)
