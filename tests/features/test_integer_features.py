"""Integer features against numbers worked by hand and against loops in plain Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import random_windows

from microbit_ml.errors import DataError
from microbit_ml.features import FEATURE_NAMES, FEATURES, N_FEATURES, compute_features, log_scale


def slow_log(value: int) -> int:
    value, octaves = value + 16, 0
    while value >= 32:
        value >>= 1
        octaves += 1
    return 16 * octaves + value - 16


def slow_features(window: list[list[int]]) -> list[int]:
    """The table of ARITHMETIC.md, one number at a time."""
    n = len(window)
    result = []
    for axis in range(3):
        x = [sample[axis] for sample in window]
        mean = (2 * sum(x) + n) // (2 * n)
        result += [mean, slow_log(max(x) - mean), slow_log(mean - min(x))]
        result.append(slow_log(sum(abs(v - mean) for v in x) // n))
        for d in (1, 2, 4, 8):
            differences = [abs(x[t + d] - x[t]) for t in range(n - d)]
            result.append(slow_log(sum(differences) // (n - d)))
    return result


def test_the_features_are_eight_for_each_axis():
    assert N_FEATURES == 24
    assert FEATURE_NAMES[:8] == [
        "x_mean", "x_above", "x_below", "x_spread",
        "x_change1", "x_change2", "x_change4", "x_change8",
    ]  # fmt: skip
    assert len(set(FEATURE_NAMES)) == 24
    assert all(feature.meaning and feature.unit for feature in FEATURES)


def test_log_scale_worked_by_hand():
    # 0 -> 0; 16 more counts than 16 double it: 16 -> 16; 100: 116 -> 58 -> 29, 2*16 + 29 - 16
    values = np.array([0, 1, 15, 16, 17, 18, 48, 100, 4095])
    assert log_scale(values).tolist() == [0, 1, 15, 16, 16, 17, 32, 45, 128]


@given(st.integers(0, 2**30))
def test_log_scale_is_the_loop(value):
    assert log_scale(np.array([value]))[0] == slow_log(value)


def test_log_scale_at_every_power_of_two():
    values = [2**k + d - 16 for k in range(5, 31) for d in (-1, 0, 1) if 2**k + d - 16 <= 2**30]
    assert log_scale(np.array(values)).tolist() == [slow_log(v) for v in values]


def test_a_board_that_lies_still_has_only_means():
    window = np.tile([0, 4, -1024], (1, 50, 1))
    features = compute_features(window)[0]
    assert features.tolist() == [0] + [0] * 7 + [4] + [0] * 7 + [-1024] + [0] * 7


def test_a_square_wave_worked_by_hand():
    # x is +100, -100, +100, ... : mean 0, 100 above and below, changes 200, 0, 0, 0
    window = np.zeros((1, 50, 3), dtype=int)
    window[0, :, 0] = np.where(np.arange(50) % 2 == 0, 100, -100)
    x = compute_features(window)[0][:8]
    change = slow_log(200)  # 216 -> 108 -> 54 -> 27: 3 * 16 + 11 = 59
    assert change == 59
    assert x.tolist() == [0, 45, 45, 45, 59, 0, 0, 0]


def test_the_mean_rounds_half_up():
    window = np.zeros((2, 50, 3), dtype=int)
    window[0, :25, 0] = 1  # 0.5 -> 1
    window[1, :25, 0] = -1  # -0.5 -> 0
    assert compute_features(window)[:, 0].tolist() == [1, 0]


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(25, 150))
def test_against_plain_python(seed, length):
    windows = random_windows(np.random.default_rng(seed), 3, length)
    expected = [slow_features(window) for window in windows.tolist()]
    assert compute_features(windows).tolist() == expected


def test_ranges_of_the_specification():
    window = np.zeros((1, 150, 3), dtype=int)
    window[0, ::2], window[0, 1::2] = 2048, -2048
    features = compute_features(window)[0].reshape(3, 8)
    assert (features[:, 0] == 0).all()
    assert (features[:, 4] == 128).all()  # L(4096)
    assert features.max() == 128


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        (np.zeros((2, 24, 3), int), "24 samples"),
        (np.zeros((2, 151, 3), int), "151 samples"),
        (np.zeros((50, 3), int), "shape"),
        (np.zeros((1, 50, 4), int), "shape"),
        (np.zeros((1, 50, 3)), "whole numbers"),
        (np.full((1, 50, 3), 2049), "2049 counts"),
        (np.full((1, 50, 3), -2049), "-2049 counts"),
    ],
)
def test_bad_windows_are_explained(windows, words):
    with pytest.raises(DataError, match=words):
        compute_features(windows)
