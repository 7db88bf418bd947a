"""Streams from recordings: gestures inserted into background, and logs joined again."""

import numpy as np
import pytest
from real_data import shared_data

from microbit_ml import read_npz
from microbit_ml.errors import DataError
from microbit_ml.recordings import Recording, simulate
from microbit_ml.recordings.simulation.joined_streams import (
    NOISE_JUMP_COUNTS,
    join_logs,
    join_recordings,
    moving_part,
)
from microbit_ml.recordings.simulation.streams import Stream, simulate_streams


def at_rest(n=50):
    return np.tile([0, 0, -1024], (n, 1))


def test_the_moving_part_of_a_knock_worked_by_hand():
    samples = at_rest()
    samples[20:25, 2] += 500  # one jump there, to sample 20, and one back, to sample 25
    assert moving_part(samples) == (19, 25)


def test_noise_does_not_move_and_a_movement_in_noise_is_found():
    rng = np.random.default_rng(0)
    noise = rng.integers(-8, 9, (50, 3))
    assert np.abs(np.diff(at_rest() + noise, axis=0)).sum(axis=1).max() <= NOISE_JUMP_COUNTS
    assert moving_part(at_rest() + noise) == (0, 49)
    samples = at_rest()
    samples[15:30:2, 0] += 700
    begin, end = moving_part(samples + noise)
    assert 14 <= begin <= 15
    assert 29 <= end <= 30
    assert moving_part(at_rest(1)) == (0, 0)


@pytest.fixture(scope="module")
def background():
    return simulate_streams((), people=2, minutes=0.5, seed=1)


@pytest.fixture(scope="module")
def recordings():
    return simulate(["shake", "tap"], people=3, repeats=3, seed=2).recordings


def test_every_recording_occurs_once_unchanged(background, recordings):
    streams = join_recordings(recordings, background, seed=3)
    events = [event for stream in streams for event in stream.events]
    assert sorted(event.label for event in events) == ["shake"] * 9 + ["tap"] * 9
    for recording in recordings:
        rows = recording.samples.tobytes()
        assert sum(rows in stream.samples.tobytes() for stream in streams) == 1


def test_events_are_where_the_recordings_move(background, recordings):
    for stream in join_recordings(recordings, background, seed=3):
        for event in stream.events:
            start, end = round(event.start_ms / 20), round(event.end_ms / 20)
            movement = stream.samples[start : end + 1].tobytes()
            assert any(
                movement == one.samples[slice(begin, last + 1)].tobytes()
                for one in recordings
                if one.label == event.label
                for begin, last in [moving_part(one.samples)]
            )


def test_between_two_pieces_gravity_turns_at_full_strength(background):
    # Face up here, face down there: half way the board stands on an edge, and weighs as much.
    upside_down = Recording(-at_rest(), "x")
    still = Stream("still", at_rest(3000).astype(np.int16), [])
    (stream,) = join_recordings([upside_down] * 4, [still], seed=0)
    strength = np.linalg.norm(stream.samples.astype(float), axis=1)
    assert strength.min() > 990
    assert strength.max() < 1060
    assert np.abs(np.diff(stream.samples.astype(int), axis=0)).max() < 150
    assert stream.samples[:, 2].max() > 1000


def test_the_seed_decides_and_short_background_is_repeated(recordings):
    short = simulate_streams((), people=1, minutes=0.2, seed=1)
    once, again = (join_recordings(recordings, short, seed=4) for _ in range(2))
    assert (once[0].samples == again[0].samples).all()
    assert once[0].events == again[0].events
    assert len(once[0].samples) > 3 * len(short[0].samples)
    other = join_recordings(recordings, short, seed=5)
    assert [e.label for e in other[0].events] != [e.label for e in once[0].events]


def test_recordings_of_another_rate_are_resampled(background):
    slow = Recording(at_rest(30), "x", rate_hz=25)
    (stream,) = join_recordings([slow], background[:1], seed=0)
    (event,) = stream.events
    assert event.end_ms - event.start_ms == 29 * 40


def test_without_background_there_is_no_stream(recordings):
    with pytest.raises(DataError, match="need background streams of at least 10 s"):
        join_recordings(recordings, [])
    with pytest.raises(DataError, match="at least 10 s"):
        join_recordings(recordings, [Stream("x", at_rest(100).astype(np.int16), [])])


def test_a_log_is_its_segments_in_order():
    rng = np.random.default_rng(0)
    parts = [Recording(rng.integers(-500, 500, (40, 3)), rate_hz=50) for _ in range(3)]
    stream = join_logs("log", parts)
    assert (stream.samples == np.concatenate([part.samples for part in parts])).all()
    assert (stream.name, stream.events, stream.rate_hz) == ("log", [], 50.0)


def test_a_log_of_another_rate_lasts_as_long():
    parts = [Recording(at_rest(78), rate_hz=26) for _ in range(5)]
    assert join_logs("log", parts).minutes == pytest.approx(5 * 78 / 26 / 60, abs=0.001)
    with pytest.raises(DataError, match="do not have one common rate"):
        join_logs("log", [*parts, Recording(at_rest(), rate_hz=50)])
    with pytest.raises(DataError, match="do not have one common rate"):
        join_logs("log", [])


def test_real_logs_that_were_cut_fit_together_again():
    # Where two windows of a log meet, the reading jumps no more than anywhere else in it.
    data = read_npz(shared_data("st_pamap2_wrist.npz"))
    walk = [r for r in data if r.label == "walking" and r.subject == data.subjects[0]]
    stream = join_logs("walk", walk, rate_hz=26.0)
    jump = np.abs(np.diff(stream.samples.astype(int), axis=0)).sum(axis=1)
    seams = jump[77::78]
    assert np.mean(seams) < 1.5 * np.mean(jump)
