"""Significance: McNemar's test and bootstrap intervals, by hand and beside SciPy."""

import json

import numpy as np
import pytest

from microbit_ml.errors import DataError
from microbit_ml.metrics import score
from microbit_ml.metrics.scores import confusion_matrix
from microbit_ml.metrics.significance import (
    accuracies,
    bootstrap,
    draw_people,
    draw_recordings,
    macro_f1s,
    mcnemar,
    mcnemar_chi_square,
    mcnemar_exact,
)


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 * 1 / 2
        (1, 5, 2 * (1 + 6) / 64),
        (5, 1, 2 * (1 + 6) / 64),
        (0, 6, 2 / 64),
        (3, 3, 1.0),  # 2 * (1 + 6 + 15 + 20) / 64 is above 1
    ],
)
def test_the_exact_test_by_hand(b, c, p):
    assert mcnemar_exact(b, c) == pytest.approx(p, abs=1e-15)


def test_the_corrected_chi_square_by_hand():
    chi_square, p = mcnemar_chi_square(5, 15)
    assert chi_square == pytest.approx((10 - 1) ** 2 / 20)  # 4.05
    assert p == pytest.approx(0.0441714, abs=1e-6)
    assert mcnemar_chi_square(4, 4) == (0.0, 1.0)
    assert mcnemar_chi_square(0, 0) == (0.0, 1.0)
    assert mcnemar_chi_square(4, 5) == (0.0, 1.0)


def test_both_tests_agree_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    pairs = [*rng.integers(0, 40, (200, 2)).tolist(), [0, 1], [1000, 1100], [0, 700], [600, 600]]
    for b, c in pairs:
        if b + c:
            expected = stats.binomtest(b, b + c, 0.5).pvalue
            assert mcnemar_exact(b, c) == pytest.approx(expected, rel=1e-9, abs=1e-15)
        chi_square, p = mcnemar_chi_square(b, c)
        assert p == pytest.approx(stats.chi2.sf(chi_square, 1), abs=1e-12)


def test_mcnemar_counts_who_alone_is_right():
    truth = ["tap"] * 8
    first = ["tap", "tap", "tap", "wave", None, "tap", "wave", None]
    second = ["tap", "wave", None, "tap", "tap", "wave", "wave", "wave"]
    result = mcnemar(truth, first, second)
    assert (result.only_first, result.only_second) == (3, 2)
    assert result.p == 1.0
    assert not result.significant
    assert mcnemar(truth, truth, ["wave"] * 8).significant  # p = 2 / 256
    assert json.loads(json.dumps(result.as_json()))["only_second_right"] == 2


def test_mcnemar_needs_a_prediction_for_each_recording():
    with pytest.raises(DataError, match="2 true labels but 2 and 1 predictions"):
        mcnemar(["a", "b"], ["a", "b"], ["a"])
    with pytest.raises(DataError, match="counts of 0 or more, not -1 and 3"):
        mcnemar_exact(-1, 3)


def test_a_drawn_table_keeps_the_recordings_of_each_label():
    table = np.array([[5, 3, 0], [0, 0, 4], [0, 0, 0]])[:, [0, 1, 2, 2]] * [1, 1, 1, 0]
    drawn = draw_recordings(table, 300, np.random.default_rng(1))
    assert drawn.shape == (300, 3, 4)
    assert (drawn.sum(axis=2) == table.sum(axis=1)).all()
    assert (drawn[:, table == 0] == 0).all()
    assert drawn[:, 0, 0].std() == pytest.approx(np.sqrt(8 * 5 / 8 * 3 / 8), rel=0.15)  # binomial


def test_people_are_drawn_whole():
    tables = np.array([[[1, 0]], [[0, 10]], [[100, 0]]])
    drawn = draw_people(tables, 200, np.random.default_rng(1))
    ones, tens = drawn[:, 0, 0] % 100, drawn[:, 0, 1] / 10
    hundreds = drawn[:, 0, 0] // 100
    assert ((ones + tens + hundreds) == 3).all()
    assert len(np.unique(hundreds)) == 4


def test_the_scores_of_drawn_tables_are_those_of_metrics():
    rng = np.random.default_rng(3)
    for n_true in (1, 2, 3):  # some labels do not occur
        truth = [f"{x}" for x in rng.integers(0, n_true, 30)]
        predicted = [None if x == 3 else f"{x}" for x in rng.integers(0, 4, 30)]
        labels = ["0", "1", "2"]
        tables = confusion_matrix(truth, predicted, labels)[None]
        expected = score(truth, predicted, labels)
        assert accuracies(tables)[0] == pytest.approx(expected.accuracy, abs=1e-12)
        assert macro_f1s(tables)[0] == pytest.approx(expected.macro_f1, abs=1e-12)


def test_the_interval_of_20_recordings_is_wide_and_that_of_2000_narrow():
    truth = ["tap"] * 20
    predicted = ["tap"] * 16 + ["wave"] * 4
    few = bootstrap(truth, predicted).accuracy
    many = bootstrap(truth * 100, predicted * 100).accuracy
    # Binomial: 16/20 has a standard deviation of sqrt(0.8 * 0.2 / 20) = 0.089.
    assert (few.low, few.high) == pytest.approx((0.60, 0.95), abs=0.051)
    assert many.high - many.low == pytest.approx(2 * 1.96 * np.sqrt(0.16 / 2000), rel=0.1)
    assert few.low < 0.8 < few.high


def test_the_seed_draws():
    truth, predicted = ["a", "b"] * 30, ["a", "a", "b", "b"] * 15
    again = bootstrap(truth, predicted, seed=4)
    assert bootstrap(truth, predicted, seed=4) == again
    assert bootstrap(truth, predicted, seed=5) != again


def test_all_right_gives_an_interval_of_one_point():
    result = bootstrap(["a", "b"], ["a", "b"])
    assert (result.accuracy.low, result.accuracy.high, result.macro_f1.low) == (1.0, 1.0, 1.0)
    assert result.drawn == "recording"


def test_where_people_differ_drawing_people_gives_a_wide_interval():
    """Three of six people are always right, the others never: 0 to 1, not 0.4 to 0.6."""
    truth = ["tap"] * 120
    people = [f"person-{i // 20}" for i in range(120)]
    predicted = ["tap" if i < 60 else "wave" for i in range(120)]
    alone, by_people = bootstrap(truth, predicted), bootstrap(truth, predicted, people)
    assert (alone.drawn, by_people.drawn) == ("recording", "person")
    assert alone.accuracy.high - alone.accuracy.low < 0.2
    assert by_people.accuracy.high - by_people.accuracy.low > 0.6
    assert bootstrap(truth, predicted, [*people[:-1], ""]).drawn == "recording"
    assert bootstrap(truth, predicted, ["a", "b"] * 60).drawn == "recording"


def test_nothing_to_draw():
    with pytest.raises(DataError, match="no recording with a label"):
        bootstrap([], [])
    with pytest.raises(DataError, match="2 true labels but 1 subjects"):
        bootstrap(["a", "b"], ["a", "b"], ["Ann"])
