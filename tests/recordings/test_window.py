"""The window rule, worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from microbit_ml.errors import DataError
from microbit_ml.recordings import Recording, make_window
from microbit_ml.recordings.window import most_active, resample


def ramp(n):
    return np.arange(3 * n).reshape(n, 3)


def test_exactly_the_length_is_the_window():
    window = make_window(ramp(50))
    assert window.dtype == np.int16
    assert np.array_equal(window, ramp(50))


def test_shorter_is_centred_and_its_ends_are_held():
    window = make_window([[1, 2, 3], [4, 5, 6]], length=5)
    assert window.tolist() == [[1, 2, 3], [1, 2, 3], [4, 5, 6], [4, 5, 6], [4, 5, 6]]
    assert make_window([[7, 8, 9]], length=3).tolist() == [[7, 8, 9]] * 3


def test_longer_gives_the_most_active_window_with_the_gesture_in_its_middle():
    samples = np.zeros((20, 3), dtype=int)
    samples[8] = [30, -20, 10]  # jumps of 60 into sample 8 and out of it
    # Windows of 5 have jumps 0-1, 1-2, 2-3, 3-4 times 1, 2, 2, 1. Starting at 6 the spike is
    # in the middle and both of its jumps have weight 2: 240. At 5 and 7 they give 60 + 120.
    assert most_active(samples, 5) == 6
    assert make_window(samples, length=5)[:, 0].tolist() == [0, 0, 30, 0, 0]


def test_equally_active_windows_give_the_first():
    assert most_active(np.zeros((9, 3), dtype=np.int16), 4) == 0
    samples = np.zeros((30, 3), dtype=np.int16)
    samples[[6, 20]] = 100
    assert most_active(samples, 5) == 4


def _activity(samples, length):
    """The definition, in plain Python."""
    jumps = np.abs(np.diff(samples, axis=0)).sum(axis=1).tolist()
    return [
        sum(min(k + 1, length - 1 - k) * jumps[start + k] for k in range(length - 1))
        for start in range(len(samples) - length + 1)
    ]


counts = st.integers(-2048, 2047)


@given(
    hnp.arrays(np.int16, st.tuples(st.integers(2, 40), st.just(3)), elements=counts),
    st.integers(1, 40),
)
def test_most_active_matches_its_definition(samples, length):
    if len(samples) > length:
        activity = _activity(samples.astype(int), length)
        assert most_active(samples, length) == activity.index(max(activity))


def test_clock_jitter_does_not_blur():
    samples = np.random.default_rng(0).integers(-2048, 2048, (50, 3))
    jitter = np.random.default_rng(1).integers(-1, 2, 50)
    recording = Recording(samples, time_ms=np.arange(50) * 20 + jitter)
    assert np.array_equal(make_window(recording), samples)


def test_one_percent_off_passes_and_a_missing_sample_does_not():
    samples = ramp(50)
    assert np.array_equal(resample(Recording(samples, rate_hz=50.5)), samples)
    assert len(resample(Recording(samples, rate_hz=52))) == 48  # 49 gaps / 52 * 50 = 47.1
    gap = np.delete(np.arange(50) * 20.0, 10)
    filled = resample(Recording(np.delete(samples, 10, axis=0), time_ms=gap))
    assert np.array_equal(filled, samples)  # a straight line fills its own gap


def test_one_missing_sample_in_a_long_recording_is_filled():
    samples = ramp(300)  # one period in 300 is well below 2 %
    stamps = np.delete(np.arange(300) * 20.0, 10)
    assert np.array_equal(
        resample(Recording(np.delete(samples, 10, axis=0), time_ms=stamps)), samples
    )


def test_one_sample_too_many_in_a_long_recording_is_dropped():
    samples = np.insert(ramp(300), 11, [900, 900, 900], axis=0)
    stamps = np.insert(np.arange(300) * 20.0, 11, 208)  # 8 ms after the one before it
    assert np.array_equal(resample(Recording(samples, time_ms=stamps)), ramp(300))


def test_last_sample_is_included_although_its_time_stamp_is_rounded():
    # At 150 a second the third sample is at 13.3333 ms, kept as 13.333; 75 a second needs it.
    assert resample(Recording(ramp(3), rate_hz=150), 75).tolist() == [[0, 1, 2], [6, 7, 8]]


def test_resampling_worked_by_hand():
    # 100 samples a second: every second one.
    assert np.array_equal(resample(Recording(ramp(9), rate_hz=100)), ramp(9)[::2])
    # 25 a second: halves are rounded up, 0.5 -> 1 and -0.5 -> 0.
    slow = Recording([[0, 0, 10], [1, -1, 20]], rate_hz=25)
    assert resample(slow).tolist() == [[0, 0, 10], [1, 0, 15], [1, -1, 20]]
    # At 0, 30 and 60 ms; the grid 0, 20, 40, 60 has 2/3 of the first step, 1/3 of the second.
    uneven = Recording([[0, 0, 0], [30, 0, 3], [60, 0, 0]], time_ms=[0, 30, 60])
    assert resample(uneven).tolist() == [[0, 0, 0], [20, 0, 2], [40, 0, 2], [60, 0, 0]]


@pytest.mark.parametrize(
    ("n", "rate_hz", "expected"), [(119, 119, 50), (208, 104, 100), (78, 26, 149)]
)
def test_rates_of_other_sensors(n, rate_hz, expected):
    assert len(resample(Recording(ramp(n) % 2000, rate_hz=rate_hz))) == expected


def test_window_is_a_copy():
    recording = Recording(ramp(60))
    window = make_window(recording)
    window[0, 0] = 1  # is writable, and does not change the recording
    assert np.array_equal(recording.samples, ramp(60))
    make_window(Recording(ramp(50)))[0, 0] = 1


def test_bad_input():
    with pytest.raises(DataError, match="window needs at least 1 sample, not 0"):
        make_window(ramp(5), length=0)
    with pytest.raises(DataError, match="rate_hz"):
        make_window(ramp(5), rate_hz=float("nan"))
    with pytest.raises(DataError, match="sample 1, axis x is nan"):
        make_window(np.full((50, 3), np.nan))


def test_a_time_stamp_of_days_does_not_exhaust_memory():
    far = Recording([[0, 0, 0], [1, 1, 1], [2, 2, 2]], time_ms=[0, 20, 9e8], name="far")
    with pytest.raises(DataError, match=r"'far' lasts 900,000 s"):
        make_window(far)
