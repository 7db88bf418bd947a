"""Small helpers for sentences."""

import pytest

from microbit_ml.common.wording import percent


@pytest.mark.parametrize(
    "fraction, text",
    [
        *((0.0, "0%"), (1.0, "100%"), (0.5, "50%"), (0.285, "28%"), (0.01, "1%"), (0.99, "99%")),
        (0.005, "0.5%"),  # not none
        (191 / 192, "99.5%"),  # not all
        *((0.0001, "0.1%"), (0.9999, "99.9%")),
    ],
)
def test_percent_is_none_or_all_only_where_it_really_is(fraction, text):
    assert percent(fraction) == text
