"""A recording: counts, time stamps and label; invalid ones are rejected."""

import dataclasses
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from microbit_ml.errors import DataError
from microbit_ml.recordings import Recording

STILL = [[0, 0, -1024], [12, 4, -1020]]


def test_counts_are_rounded_half_up_and_clipped():
    recording = Recording([[0.5, -0.5, -1.5], [2047.4, 2048.5, 1e300], [-2048.4, -9000, 3]])
    assert recording.samples.dtype == np.int16
    assert recording.samples.tolist() == [[1, 0, -1], [2047, 2048, 2048], [-2048, -2048, 3]]


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, np.float32])
def test_any_number_type_is_accepted(dtype):
    assert Recording(np.array([[1, 2, 3]], dtype=dtype)).samples.tolist() == [[1, 2, 3]]


def test_large_integers_are_clipped_before_they_could_wrap_around():
    assert Recording(np.array([[70000, -70000, 2**40]])).samples.tolist() == [[2048, -2048, 2048]]


def test_time_stamps_come_from_the_rate_or_are_counted_from_the_first():
    assert Recording(STILL).time_ms.tolist() == [0, 20]
    assert Recording(STILL, rate_hz=100).time_ms.tolist() == [0, 10]
    assert Recording(STILL, time_ms=[1000.1234, 1019.5]).time_ms.tolist() == [0, 19.377]


def test_arrays_are_its_own_and_read_only():
    mine = np.array(STILL)
    recording = Recording(mine)
    mine[0, 0] = 99
    assert recording.samples[0, 0] == 0
    with pytest.raises(ValueError):
        recording.samples[0, 0] = 1
    with pytest.raises(ValueError):
        recording.time_ms[0] = 1


def test_label_is_normalised_to_nfc():
    decomposed = unicodedata.normalize("NFD", "naïve")
    assert len(decomposed) == 6
    assert Recording(STILL, decomposed).label == "naïve"


def test_path_and_repr():
    assert Recording(STILL, "shake", name="shake-01").path == "shake/shake-01.csv"
    assert Recording(STILL, "a/b", name="a/b-1").path == "a%2Fb/a%2Fb-1.csv"
    assert Recording(STILL, name="take 3").path == "take 3"
    assert repr(Recording(STILL, "一", name="1")) == "Recording('一/1.csv', 2 samples)"


def test_replace_changes_one_thing():
    old = Recording(STILL, "still", [0, 21], "Ann", "still-01", "V2", "wand.json")
    new = dataclasses.replace(old, label="rest")
    assert (new.label, new.subject, new.name, new.board, new.source) == (
        "rest", "Ann", "still-01", "V2", "wand.json")  # fmt: skip
    assert new.time_ms.tolist() == [0, 21]


def test_digest_depends_on_samples_and_times_only():
    one = Recording(STILL, "a", name="1", subject="Ann")
    assert one.digest == Recording(STILL, "b", name="2").digest
    assert one.digest != Recording([[0, 0, -1024], [12, 4, -1019]]).digest
    assert one.digest != Recording(STILL, time_ms=[0, 21]).digest
    assert one.digest == "043390b3e42e6035"  # stays the same from version to version


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([], "has no samples"),
        (np.zeros((0, 3)), "has no samples"),
        ([1, 2, 3], r"shape \(3,\)"),
        ([[1, 2]], r"shape \(1, 2\)"),
        ([[1, 2, 3], [1, 2]], "not rows of equal length"),
        ([[0, 0, 0], [0, float("nan"), 0]], "sample 2, axis y is nan"),
        ([[0, 0, float("-inf")]], "sample 1, axis z is -inf"),
        ([["a", "b", "c"]], "must be numbers"),
        ([[None, 1, 2]], "must be numbers"),
        ([[1j, 0, 0]], "must be numbers"),
        ([[True, False, True]], "must be numbers"),
        ([[10**400, 0, 0]], "must be numbers"),
    ],
)
def test_bad_samples_are_refused(samples, message):
    with pytest.raises(DataError, match=message):
        Recording(samples)


@pytest.mark.parametrize(
    ("time_ms", "message"),
    [
        ([0], "2 samples but time stamps of shape"),
        ([0, 0], "sample 2 at 0 ms is not later"),
        ([20, 0], "sample 2 at -20 ms is not later"),
        ([0, 0.0001], "not later"),  # equal at a thousandth of a millisecond
        ([0, float("nan")], "time stamp nan"),
        ([0, float("inf")], "time stamp inf"),
        ([0, 1e300], "not a time in milliseconds"),
        (["now", "later"], "must be numbers"),
    ],
)
def test_bad_time_stamps_are_refused(time_ms, message):
    with pytest.raises(DataError, match=message):
        Recording(STILL, time_ms=time_ms)


def test_the_message_names_the_recording():
    with pytest.raises(DataError, match=r"'shake/shake-07\.csv': sample 1, axis x is nan"):
        Recording([[float("nan"), 0, 0]], "shake", name="shake-07")


@pytest.mark.parametrize("rate_hz", [0, -50, float("nan"), float("inf")])
def test_bad_rate_is_refused(rate_hz):
    with pytest.raises(DataError, match="rate_hz"):
        Recording(STILL, rate_hz=rate_hz)


@pytest.mark.parametrize("label", ["a\0b", "two\nlines", "a\ttab", "\x7f", "\x85"])
def test_control_characters_are_refused(label):
    with pytest.raises(DataError, match=r"label .* contains a control character"):
        Recording(STILL, label=label)


def test_texts_must_be_valid_unicode():
    with pytest.raises(DataError, match="label must be text"):
        Recording(STILL, 7)
    with pytest.raises(DataError, match="half a character"):
        Recording(STILL, "smile \ud83d")


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=5)))
def test_every_array_becomes_counts_or_a_data_error(values):
    try:
        recording = Recording(values)
    except DataError:
        return
    assert recording.samples.shape == values.shape
    assert recording.samples.min() >= -2048
    assert recording.samples.max() <= 2048
    assert np.all(np.abs(recording.samples - np.clip(values, -2048, 2048)) <= 0.5)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=6))
def test_time_stamps_increase_or_it_is_a_data_error(time_ms):
    try:
        recording = Recording(np.zeros((len(time_ms), 3)), time_ms=time_ms)
    except DataError:
        return
    assert recording.time_ms[0] == 0
    assert np.all(np.diff(recording.time_ms) > 0)
