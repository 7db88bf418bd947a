"""Streams of simulated people: gestures between holding still, walking and fidgeting."""

import numpy as np
import pytest

from microbit_ml.errors import DataError
from microbit_ml.recordings import GESTURES, make_window, simulate
from microbit_ml.recordings.simulation.background import BACKGROUND_KINDS, FIDGETS
from microbit_ml.recordings.simulation.people import make_person
from microbit_ml.recordings.simulation.sensor import SENSORS
from microbit_ml.recordings.simulation.streams import MOVES_M_S, Stream, simulate_streams

T = np.arange(0, 6, 0.002)


@pytest.fixture(scope="module")
def streams():
    return simulate_streams(people=3, minutes=1, seed=7)


def test_the_same_seed_gives_the_same_streams_and_another_seed_others(streams):
    again = simulate_streams(people=3, minutes=1, seed=7)
    for one, other in zip(streams, again):
        assert (one.samples == other.samples).all()
        assert one.events == other.events
    assert simulate_streams(people=1, minutes=1, seed=8)[0].events != streams[0].events


def test_more_people_do_not_change_the_others(streams):
    (first,) = simulate_streams(people=1, minutes=1, seed=7)
    assert (first.samples == streams[0].samples).all()


def test_a_stream_is_as_long_as_asked_for_and_holds_its_events_in_order(streams):
    for stream in streams:
        assert 1.0 <= stream.minutes < 1.4
        assert stream.samples.dtype == np.int16
        times = [t for event in stream.events for t in (event.start_ms, event.end_ms)]
        assert times == sorted(times)
        assert times[0] > 1000
        assert times[-1] < 1000 * len(stream.samples) / stream.rate_hz


def test_every_gesture_has_its_turn(streams):
    for stream in streams:
        labels = [event.label for event in stream.events]
        assert sorted(labels[:6]) == sorted(GESTURES)


def test_gestures_last_as_long_as_people_take(streams):
    lasting = [event.end_ms - event.start_ms for one in streams for event in one.events]
    assert min(lasting) > 150
    assert max(lasting) < 3500


def test_within_an_event_the_board_moves_and_just_before_it_rests(streams):
    jumps = {True: [], False: []}
    for stream in streams:
        jump = np.abs(np.diff(stream.samples.astype(int), axis=0)).sum(axis=1)
        for event in stream.events:
            start, end = (round(t * stream.rate_hz / 1000) for t in (event.start_ms, event.end_ms))
            jumps[True].append(jump[start : end + 1].max())
            jumps[False].append(np.median(jump[start - 8 : start - 1]))
    assert np.median(jumps[True]) > 10 * np.median(jumps[False])


def test_a_gesture_in_a_stream_looks_like_one_that_was_recorded(streams):
    # The nearest of all recordings of the same people, by the windows' means and standard
    # deviations, has the event's own label far more often than one time in six.
    data = simulate(list(GESTURES), people=3, repeats=6, seed=7)

    def features(window):
        window = window.astype(float)
        change = np.abs(np.diff(window, axis=0)).mean(axis=0)
        return np.concatenate([window.mean(axis=0) / 300, np.log2(16 + change)])

    known = np.array([features(make_window(one)) for one in data])
    right = []
    for stream in streams:
        for event in stream.events:
            middle = round((event.start_ms + event.end_ms) / 2 * stream.rate_hz / 1000)
            window = stream.samples[middle - 25 : middle + 25]
            nearest = np.abs(known - features(window)).sum(axis=1).argmin()
            right.append(data.recordings[nearest].label == event.label)
    assert np.mean(right) > 0.7


def test_without_gestures_there_are_no_events():
    (stream,) = simulate_streams((), people=1, minutes=0.5, seed=1)
    assert stream.events == []
    assert stream.minutes >= 0.5


@pytest.mark.parametrize("kind", BACKGROUND_KINDS)
def test_posture_and_position_never_jump(kind):
    # With a perfect sensor the reading of a gentle movement never jumps: from sample to sample it
    # changes only as a hand can move it, also in transitions.
    for stream in simulate_streams((), (kind,), people=3, minutes=1, seed=3):
        jump = np.abs(np.diff(stream.samples.astype(int), axis=0)).max(axis=1)
        limit = {"holding still": 330, "walking": 1500, "fidgeting": 2000}[kind]
        assert jump.max() < limit


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("holding still", 0, 60), ("walking", 60, 500), ("fidgeting", 15, 300)],
)
def test_backgrounds_move_as_much_as_they_should(kind, low, high):
    for stream in simulate_streams((), (kind,), people=3, minutes=1, seed=11):
        strength = np.linalg.norm(stream.samples.astype(float), axis=1)
        assert low <= np.std(strength) < high
        assert 950 < np.median(strength) < 1150  # on average 1 g, whatever the hand does


def test_a_walk_repeats_itself_with_every_step():
    stream = simulate_streams((), ("walking",), people=1, minutes=1, seed=2)[0]
    strength = np.linalg.norm(stream.samples.astype(float), axis=1)
    shares = []
    for start in range(0, len(strength) - 200, 200):
        part = strength[start : start + 200] - strength[start : start + 200].mean()
        power = np.abs(np.fft.rfft(part)) ** 2
        steps = np.fft.rfftfreq(200, 1 / 50)
        shares.append(power[(steps > 1.0) & (steps < 5.5)].sum() / power[1:].sum())
    assert np.median(shares) > 0.6


@pytest.mark.parametrize("name", FIDGETS)
def test_a_fidget_begins_where_it_should_and_is_smooth(name):
    rng = np.random.default_rng(5)
    person = make_person(0, 0)
    for _ in range(10):
        moved, turned = FIDGETS[name](person, rng, T, 2.0, 4.0)
        assert moved.shape == turned.shape == (len(T), 3)
        before = T < 1.7
        assert np.abs(moved[before]).max() < 1e-6
        assert np.abs(turned[before]).max() < 1e-6
        assert np.abs(np.diff(moved, axis=0)).max() < 0.002 * 2.0  # below 2 m/s
        assert np.abs(np.diff(turned, axis=0)).max() < 0.002 * 15  # below 15 radians a second
        assert np.abs(moved).max() > 10 * MOVES_M_S / 1000 or np.abs(turned).max() > 0.01


def test_sensors_and_rates():
    (coarse,) = simulate_streams((), people=1, minutes=0.2, seed=1, sensor="v1.3", rate_hz=25)
    assert coarse.rate_hz == 25
    assert (coarse.samples % SENSORS["v1.3"].step == 0).all()
    assert len(coarse.samples) == pytest.approx(coarse.minutes * 60 * 25)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"gestures": ["jump"]}, "'jump' cannot be simulated"),
        ({"background": ["flying"]}, "'flying' cannot be simulated. Choose from: holding still"),
        ({"background": []}, "needs a background"),
        ({"people": 0}, "a person"),
        ({"minutes": 0}, "more than 0 and at most 60 minutes"),
        ({"sensor": "v9"}, "no sensor 'v9'"),
        ({"seed": -1}, "seed is -1"),
        ({"rate_hz": 0}, "0 samples a second"),
    ],
)
def test_bad_arguments_are_explained(arguments, words):
    with pytest.raises(DataError, match=words):
        simulate_streams(**{"minutes": 0.1, "people": 1, **arguments})


def test_minutes_of_a_stream():
    assert Stream("x", np.zeros((3000, 3), np.int16), []).minutes == 1.0
