"""Pictures in characters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from microbit_ml.charts import Chart, Contour, Grid, Series, to_text
from microbit_ml.charts.text import ASCII, UNICODE
from microbit_ml.charts.ticks import numbers_text, ticks_between


def chart(*series, **options):
    return Chart("Height", "time in s", "height in m", series, "It falls.", **options)


def test_a_line_from_corner_to_corner():
    text = to_text(chart(Series("", [0, 1], [0, 1])), width=30, height=5)
    assert text.splitlines() == [
        "Height",
        "height in m",
        "1.0 ┤                     ●●●●",
        "    │                ●●●●●",
        "0.5 ┤         ●●●●●●●",
        "    │    ●●●●●",
        "0.0 ┤●●●●",
        "    └┴───────────┴───────────┴",
        "    0.0         0.5        1.0",
        "             time in s",
    ]


def test_in_ascii():
    series = [Series("ball", [0, 1], [1, 0]), Series("stone", [0, 1], [0, 0], "points")]
    text = to_text(chart(*series), width=30, height=4, unicode=False)
    assert text.isascii()
    assert text.splitlines()[-1] == "o ball   x stone"
    assert text.splitlines()[2] == "1.0 +ooooo"


def test_every_series_has_a_mark_of_its_own_and_equal_names_share_one():
    series = [Series(name, [0, 1], [i, i]) for i, name in enumerate("abcdefghi")]
    key = to_text(chart(*series)).splitlines()[-1]
    marks = [entry.split()[0] for entry in key.split("   ")]
    assert len(set(marks)) == 9
    twice = to_text(chart(Series("a", [0, 1], [0, 1]), Series("a", [0, 1], [1, 1])))
    assert "○" not in twice


def test_a_line_is_broken_where_there_is_no_number():
    broken = chart(Series("", [0, 1, 2, 3], [0, 0, np.nan, 0]), x_range=(0, 3), y_range=(0, 1))
    row = to_text(broken, width=40, height=4).splitlines()[5]
    assert row == "0.0 ┤" + "●" * 12  # a third of the 35 columns, and nothing after it


def test_a_faint_series_is_dots_behind_the_others():
    series = [Series("x", [0, 1], [1, 1]), Series("x", [0, 1], [0, 1], faint=True)]
    lines = to_text(chart(*series), width=40, height=6).splitlines()
    assert "·" in lines[5] and "·" not in lines[2]  # the strong line covers it at the top
    assert lines[-1] == "· the others"


def test_steps_go_level_then_up():
    stairs = Series("", [0, 1, 2], [0, 1, 2], "steps")
    lines = to_text(chart(stairs), width=40, height=5).splitlines()[2:7]
    rows = [line.partition("┤" if "┤" in line else "│")[2] for line in lines]
    assert len(rows[4].rstrip()) == pytest.approx(len(rows[2].rstrip()) / 2, abs=1)
    assert rows[4][0] == "●"


def test_points_with_texts():
    lines = to_text(
        chart(Series("", [0, 1], [0, 0], "points", ["left", "right"])), width=40, height=4
    ).splitlines()
    assert any("● left" in line and "right ●" in line for line in lines)


def test_bars_with_names_lie_in_lines():
    bars = chart(
        Series("right", [0, 1], [2, 4], "bars"),
        Series("wrong", [0, 1], [1, 0], "bars"),
        x_ticks={0: "tap", 1: "shake"},
    )
    assert to_text(bars, width=30).splitlines() == [
        "Height",
        "time in s: height in m",
        "tap   |██████████           2",
        "      |▒▒▒▒▒                1",
        "shake |████████████████████ 4",
        "      |                     0",
        "██ right   ▒▒ wrong",
    ]


def test_bars_below_zero_go_to_the_left():
    bars = chart(Series("", [0, 1], [-1, 2], "bars", ["less", "more"]), x_ticks={0: "a", 1: "b"})
    a, b = to_text(bars, width=30, unicode=False).splitlines()[2:]
    assert a.index("|") == b.index("|")
    assert a[a.index("|") - 1] == "#" and a.endswith("less")
    assert b[b.index("|") + 1] == "#" and b.endswith("more")
    assert b.count("#") == pytest.approx(2 * a.count("#"), abs=1)


def test_many_bars_without_names_stand_on_an_axis():
    histogram = chart(Series("", np.arange(40), np.arange(40), "bars"))
    lines = to_text(histogram, width=60, height=8).splitlines()
    assert lines[2].count("●") < lines[8].count("●")


def grid(values, columns, rows, **options):
    return Grid("Confusion", "predicted", "actual", columns, rows, np.array(values), "x", **options)


def test_a_grid():
    assert to_text(grid([[9, 1], [0, 4]], ["tap", "shake"], ["tap", "shake"])).splitlines() == [
        "Confusion",
        "Rows: actual. Columns: predicted.",
        "         tap  shake",
        "tap       9█     1░",
        "shake     0      4█",
    ]


def test_a_grid_whose_names_are_too_wide_gets_letters():
    names = [f"a label that is long, number {i}" for i in range(9)]
    lines = to_text(grid(np.eye(9), names, names), width=78).splitlines()
    assert lines[2].split() == list("ABCDEFGHI")
    assert lines[3].startswith(" A a label that")
    other = to_text(grid(np.eye(9), names, list("123456789")), width=78).splitlines()
    assert "A a label that is long, number 0" in other[-5]


def test_a_grid_that_is_too_wide_is_cut_into_parts():
    values = np.arange(60.0).reshape(2, 30) * 1000
    numbers = [f"w{i}" for i in range(30)]
    text = to_text(grid(values, numbers, ["a", "b"], number=".1f", shades="signed"), width=60)
    assert text.count("\na ") == text.count("\nb ") > 1
    assert all(format(value, ".1f") in text for value in values.ravel())


def test_heights_and_a_way_down():
    x = y = np.linspace(-1, 1, 41)
    bowl = x[None, :] ** 2 + y[:, None] ** 2
    path = Series("way", [-0.9, 0.0], [0.9, 0.0])
    lines = to_text(
        Contour("Bowl", "w1", "w2", "loss", x, y, bowl, "x", [path]), width=60, height=15
    ).splitlines()
    middle, corner = lines[9], lines[2]
    assert "█" in corner and "█" not in middle
    assert sum(line.count("●") for line in lines[2:17]) == 2
    assert any("·" in line for line in lines[3:9])  # the way between the two
    legend = " ".join(" ".join(lines[-2:]).split())
    assert legend == "loss, from: [ ] 0 [░░] 0.08 [▒▒] 0.32 [▓▓] 0.72 [██] 1.28"


def heights(unicode, top=32.0, paths=()):
    x = y = np.linspace(-1, 1, 41)
    bowl = top / 2 * (x[None, :] ** 2 + y[:, None] ** 2)
    contour = Contour("Bowl", "w1", "w2", "loss", x, y, bowl, "x", paths)
    return to_text(contour, width=60, height=15, unicode=unicode).splitlines()


@pytest.mark.parametrize("unicode, shades", [(True, " ░▒▓█"), (False, " :-=+*%@")])
def test_heights_are_shades_from_light_to_dark_and_no_digits(unicode, shades):
    rows = [line.partition("┤" if "┤" in line else "│")[2] for line in heights(True)[2:17]]
    if not unicode:
        rows = [line[5:] for line in heights(False)[2:17]]
    assert set("".join(rows)) == set(shades)
    assert not any(sign.isdigit() for sign in "".join(rows))
    way_out = [shades.index(sign) for sign in rows[7][len(rows[7]) // 2 :]]
    assert way_out == sorted(way_out) and way_out[0] == 0  # never lighter on the way up


def test_the_legend_of_heights_says_where_each_shade_begins():
    # 32 (level / 5)^2
    assert heights(True)[-2:] == [
        "loss, from: [  ] 0   [░░] 1.28   [▒▒] 5.12   [▓▓] 11.5",
        "[██] 20.5",
    ]
    assert "".join(heights(False)[-2:]).count("[") == 8
    assert heights(True, top=0.0)[-1] == "loss, from: [  ] 0"


def test_no_mark_of_a_path_on_a_map_is_a_shade():
    paths = [Series(name, [0, 1], [0, 1]) for name in "abcdefgh"]
    for unicode in (True, False):
        lines = heights(unicode, paths=paths)
        signs = UNICODE if unicode else ASCII
        assert lines[-1] == "   ".join(f"{signs.map_marks[i]} {'abcdefgh'[i]}" for i in range(8))
        assert len(set(signs.map_marks)) == len(signs.map_marks)
        assert not set(signs.map_marks + signs.faint) & set(signs.shades)


NUMBERS = st.floats(-1e6, 1e6) | st.just(float("nan"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(NUMBERS, min_size=1, max_size=8), max_size=4),
    st.sampled_from(["line", "points", "bars", "steps"]),
    st.integers(30, 90),
    st.booleans(),
)
def test_no_line_is_too_long(values, style, width, unicode):
    series = [Series(f"n{i}", range(len(y)), y, style) for i, y in enumerate(values)]
    lines = to_text(chart(*series), width, 6, unicode).splitlines()
    assert lines[0] == "Height"
    assert max(map(cell_len, lines)) <= width


def test_long_texts_are_cut():
    long = "a text that is longer than the whole picture is wide"
    bars = Series(long, [0], [1], "bars", [long])
    line = Series(long, [0, 1], [0, 1])
    for series in ([bars], [line], [bars, line]):
        lines = to_text(chart(*series, x_ticks={0: long}), width=40).splitlines()
        assert max(map(len, lines)) <= 40
        assert any("a text that" in row for row in lines)


def test_nothing_to_show():
    for series in ([], [Series("", [], [], "bars")], [Series("", [], [])]):
        lines = to_text(chart(*series, x_ticks={0: "a"})).splitlines()
        assert lines[0] == "Height" and "●" not in "".join(lines)


def test_wide_characters_count_twice():
    labels = ["漢字漢字", "👋👋"]
    bars = chart(Series("", [0, 1], [1, 2], "bars"), x_ticks=dict(enumerate(labels)))
    for picture in (bars, grid([[1, 2], [3, 4]], labels, labels)):
        lines = to_text(picture, 40).splitlines()
        assert max(map(cell_len, lines)) <= 40
        assert all(any(label in line for line in lines) for label in labels)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.5, 1]),
        (-4e9, 4e9, [-4e9, -2e9, 0, 2e9, 4e9]),
        (3, 11, [5, 10]),
        (0.12, 0.31, [0.2, 0.3]),
        (5, 5, [5]),
    ],
)
def test_ticks_are_round(low, high, ticks):
    assert ticks_between(low, high, 3) == pytest.approx(ticks)


def test_one_tick_becomes_a_few_and_not_many():
    assert ticks_between(1, 160, 2) == [50, 100, 150]


@settings(max_examples=300, deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 8))
def test_ticks_lie_within_and_differ(low, length, most):
    high = low + length
    if high - low < 1e-9 * abs(low):
        return
    ticks = ticks_between(low, high, most)
    assert 2 <= len(ticks) <= 3 * most + 1
    margin = 1e-6 * (high - low)
    assert low - margin <= min(ticks) and max(ticks) <= high + margin
    assert len(set(ticks)) == len(ticks)


def test_numbers_have_equal_decimals():
    assert numbers_text([0, 0.5, 1]) == ["0.0", "0.5", "1.0"]
    assert numbers_text([20, 40]) == ["20", "40"]
    assert numbers_text([0.02, 0.03]) == ["0.02", "0.03"]
    assert numbers_text([0, 2e9]) == ["0.00e+00", "2.00e+09"]
