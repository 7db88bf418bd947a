"""Requantization: rounding by hand, no overflow for any factor, and close to the real factor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbit_ml.arithmetic.fixed_point import (
    SMALL_INT_LIMIT,
    choose_multipliers,
    multiplier_codes,
    multipliers_of,
    requantize,
)
from microbit_ml.errors import ModelError


def requantized(accumulators, multiplier, shift, low=-1000, high=1000):
    return requantize(np.array(accumulators), np.int64(multiplier), np.int64(shift), low, high)


def test_it_rounds_half_up():
    # times 1/2: 2.5 -> 3, 1.5 -> 2, -0.5 -> 0, -1.5 -> -1, -2.5 -> -2
    assert requantized([5, 3, -1, -3, -5, 4, -4], 1, 1).tolist() == [3, 2, 0, -1, -2, 2, -2]


def test_it_saturates():
    assert requantized([300, -300, 255, -1], 2, 1, 0, 255).tolist() == [255, 0, 255, 0]


@given(st.integers(-(2**30), 2**30 - 1), st.integers(1, 29))
def test_the_assembler_rounds_the_same_way(value, shift):
    assert ((value >> (shift - 1)) + 1) >> 1 == (value + (1 << (shift - 1))) >> shift


factors = st.floats(1e-12, 1e4, allow_nan=False)


@given(factors, st.integers(0, 2**24))
def test_the_multiplier_cannot_overflow_and_is_as_fine_as_it_can_be(factor, bound):
    try:
        multiplier, shift = (int(v[0]) for v in choose_multipliers([factor], [bound]))
    except ModelError:
        assert bound * np.floor(factor * 2 + 0.5) + 1 >= SMALL_INT_LIMIT
        return
    assert 0 <= multiplier <= 32767
    assert 1 <= shift <= 29
    assert bound * multiplier + (1 << (shift - 1)) < SMALL_INT_LIMIT
    assert abs(multiplier / 2**shift - factor) <= 0.5 / 2**shift
    finer = np.floor(factor * 2.0 ** (shift + 1) + 0.5)
    assert shift == 29 or finer > 32767 or bound * finer + 2**shift >= SMALL_INT_LIMIT


@pytest.mark.parametrize("factor", [np.nan, np.inf, -1.0, 1e6])
def test_impossible_scales_are_refused(factor):
    with pytest.raises(ModelError):
        choose_multipliers(np.array([0.5, factor]), np.array([1000, 1000]))


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=20))
def test_codes_approximate_the_factors(values):
    factor = np.array(values)
    codes, shift = multiplier_codes(factor)
    approximation = multipliers_of(codes) / 2.0**shift
    assert codes.dtype == np.uint8 and 1 <= shift <= 20
    assert multipliers_of(codes).max() <= 31 << 7
    fine = (factor >= factor.max() / 128) & (factor * 2.0**shift >= 16)
    assert (np.abs(approximation / factor - 1)[fine] <= 1 / 32).all()
    assert (approximation > 0).all()


def test_codes_by_hand():
    # 1 and 1/4: the largest multiplier is 3968 = 31 << 7, so 2^11 stands for 1
    codes, shift = multiplier_codes(np.array([1.0, 0.25]))
    assert shift == 11
    assert multipliers_of(codes).tolist() == [2048, 512]
    assert multipliers_of(np.array([0b101_00011])).tolist() == [3 << 5]
    for bad in (0.0, -1.0, np.nan, np.inf, 1e9):
        with pytest.raises(ModelError):
            multiplier_codes(np.array([bad]))
