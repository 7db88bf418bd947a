"""Integer features against numbers worked by hand and against loops in plain Python."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import random_windows

from microbit_ml.errors import DataError
from microbit_ml.features import (
    FEATURE_NAMES,
    FEATURES,
    GROUPS,
    N_FEATURES,
    check_groups,
    compute_features,
    features_of,
    groups_of_mask,
    groups_to_mask,
    log_scale,
)


def slow_log(value: int) -> int:
    value, octaves = value + 16, 0
    while value >= 32:
        value >>= 1
        octaves += 1
    return 16 * octaves + value - 16


def slow_signals(window: list[list[int]]) -> list[list[int]]:
    """x, y, z and the magnitude of each sample."""
    x, y, z = ([sample[axis] for sample in window] for axis in range(3))
    magnitude = []
    for sample in window:
        c, b, a = sorted(abs(v) for v in sample)
        magnitude.append(max(a, (7 * a + 4 * b) >> 3) + (c >> 2))
    return [x, y, z, magnitude]


def slow_points(signal: list[int]) -> list[int]:
    n, points = len(signal), []
    for i in range(25):
        samples = signal[i * n // 25 : (i + 1) * n // 25]
        over = [0, 16384, 8192, 5461, 4096, 3277, 2731][len(samples)]
        points.append((sum(samples) * over) >> 14)
    return points


def slow_bands(c: list[int]) -> list[int]:
    amplitudes = [0]
    for k in range(1, 9):
        angles = [2 * math.pi * (k * t % 25) / 25 for t in range(25)]
        real = sum(v * round(127 * math.cos(a)) for v, a in zip(c, angles, strict=True)) >> 7
        imaginary = sum(v * round(127 * math.sin(a)) for v, a in zip(c, angles, strict=True)) >> 7
        low, high = sorted((abs(real), abs(imaginary)))
        amplitudes.append((high + (3 * low >> 3)) * 2621 >> 16)
    return [
        slow_log(sum(amplitudes[a : b + 1])) for a, b in ((1, 1), (2, 2), (3, 3), (4, 5), (6, 8))
    ]


def slow_features(window: list[list[int]]) -> list[int]:
    """The table of ARITHMETIC.md, one number at a time."""
    n = len(window)
    signals = slow_signals(window)
    means = [(2 * sum(s) + n) // (2 * n) for s in signals]
    points = [slow_points(s) for s in signals]
    motion = [[p - mean for p in ps] for ps, mean in zip(points, means, strict=True)]
    h = [[v >> 2 for v in c] for c in motion[:3]]
    energy = (sum(v * v for axis in h for v in axis) >> 7) + 4
    result = means[:3]
    for s in signals[:3]:
        result.append(slow_log(sum(abs(s[t + 1] - s[t]) for t in range(n - 1)) // (n - 1)))
    for c in motion[:3]:
        result += slow_bands(c)
    result += [means[3], slow_log(sum(abs(v) for v in motion[3]) * 5243 >> 17)]
    result += slow_bands(motion[3])
    for lag in (2, 4, 6):
        alike = sum(axis[t] * axis[t + lag] for axis in h for t in range(25 - lag))
        result.append(alike // energy)
    for c in motion[:3]:
        result += [sum(c[k : k + 5]) * 13107 >> 16 for k in range(0, 25, 5)]
    for k in range(0, 25, 5):
        result.append(sum(abs(v) for c in motion[:3] for v in c[k : k + 5]) * 13107 >> 16)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        swept = sum(h[i][t] * h[j][t + 2] - h[i][t + 2] * h[j][t] for t in range(23))
        result.append(swept // energy)
    return result


def test_every_feature_has_a_name_a_group_and_a_meaning():
    assert N_FEATURES == 54
    assert [len(features) for features in GROUPS.values()] == [3, 3, 15, 7, 3, 15, 5, 3]
    assert FEATURE_NAMES[:8] == [
        "x_mean", "y_mean", "z_mean", "x_jerk", "y_jerk", "z_jerk", "x_wave1", "x_wave2",
    ]  # fmt: skip
    assert len(set(FEATURE_NAMES)) == 54
    assert all(feature.meaning and feature.unit for feature in FEATURES)
    assert all(f.group == name for name, group in GROUPS.items() for f in group)


def test_groups_can_be_chosen():
    windows = random_windows(np.random.default_rng(0), 4, 50)
    whole = compute_features(windows)
    for groups in (("tilt",), ("turn", "jerk"), ("magnitude", "order", "rhythm")):
        columns = [i for i, f in enumerate(FEATURES) if f.group in groups]
        assert (compute_features(windows, groups) == whole[:, columns]).all()
        assert [f.name for f in features_of(groups)] == [FEATURE_NAMES[i] for i in columns]
        assert groups_of_mask(groups_to_mask(groups)) == check_groups(groups)
    with pytest.raises(DataError, match="no group of features 'colour'"):
        compute_features(windows, ("colour",))
    with pytest.raises(DataError, match="at least one group"):
        compute_features(windows, ())


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


def named(window):
    return dict(zip(FEATURE_NAMES, compute_features(window)[0].tolist(), strict=True))


def test_a_board_that_lies_still_has_only_posture():
    features = named(np.tile([0, 4, -1024], (1, 50, 1)))
    means = {name: features.pop(name) for name in ("x_mean", "y_mean", "z_mean", "magnitude_mean")}
    assert list(means.values()) == [0, 4, -1024, 1024]
    assert set(features.values()) == {0}


def test_a_square_wave_worked_by_hand():
    # x is +100, -100, +100, ... : each pair of samples cancels, so no point moves
    window = np.zeros((1, 50, 3), dtype=int)
    window[0, :, 0] = np.where(np.arange(50) % 2 == 0, 100, -100)
    features = named(window)
    assert features["x_jerk"] == slow_log(200) == 59  # 216 -> 108 -> 54 -> 27: 3 * 16 + 11
    assert features["x_wave1"] == features["effort1"] == 0
    assert features["magnitude_mean"] == 100


def test_one_wave_in_a_window_is_in_the_first_band():
    window = np.zeros((1, 25, 3), dtype=int)
    window[0, :, 1] = np.round(500 * np.cos(2 * np.pi * np.arange(25) / 25))
    features = named(window)
    # the sum of cosine times cosine is 25 / 2, divided by 25: half of 500, and 127 / 128 of that
    assert features["y_wave1"] == pytest.approx(slow_log(248), abs=1)
    assert features["y_wave2"] <= 3 and features["x_wave1"] == 0


def test_circling_has_a_sense():
    angle = 2 * np.pi * np.arange(50) / 25
    window = np.zeros((2, 50, 3), dtype=int)
    window[:, :, 0] = np.round(600 * np.cos(angle))
    window[0, :, 1], window[1, :, 1] = np.round(600 * np.sin(angle)), -np.round(600 * np.sin(angle))
    there, back = compute_features(window, ("turn",))
    assert there[0] > 50 and back[0] < -50
    assert abs(there[1]) <= 1 and abs(there[2]) <= 1


def test_rhythm_is_likeness_to_itself():
    window = np.zeros((1, 50, 3), dtype=int)
    window[0, :, 0] = np.round(800 * np.sin(2 * np.pi * np.arange(50) / 16))  # 8 points a wave
    rhythm2, rhythm4, rhythm6 = compute_features(window, ("rhythm",))[0]
    assert rhythm4 < -60  # half a wave later: opposite
    assert abs(rhythm2) < 40 and abs(rhythm6) < 40  # a quarter later: neither


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
    """The most extreme windows stay within the ranges of ARITHMETIC.md, which its proof uses."""
    rng = np.random.default_rng(0)
    hard = []
    for length in (25, 50, 77, 150):
        for pattern in range(200):
            signs = rng.choice([-1, 1], (1, length, 3)).repeat(1 + pattern % 9, axis=1)[:, :length]
            hard.append(named(2048 * signs))
    for name in FEATURE_NAMES:
        values = np.array([features[name] for features in hard])
        group = next(f.group for f in FEATURES if f.name == name)
        low, high = {
            "tilt": (-2048, 2048), "jerk": (0, 128), "order": (-4098, 4097),
            "rhythm": (-128, 128), "turn": (-128, 128), "effort": (0, 12_291),
        }.get(group, (0, 3328) if name == "magnitude_mean" else (0, 160))  # fmt: skip
        assert low <= values.min() and values.max() <= high, name


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        (np.zeros((2, 24, 3), int), "25 to 150 samples, not 24"),
        (np.zeros((2, 151, 3), int), "25 to 150 samples, not 151"),
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
