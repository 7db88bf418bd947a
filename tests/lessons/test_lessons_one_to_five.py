"""Lessons 1 to 5: sentences that depend on how the data turns out, and numbers that are shown."""

import re

import numpy as np
import pytest

from microbit_ml.lessons import pieces
from microbit_ml.lessons.course import load_lesson
from microbit_ml.lessons.lesson_01_matrix import lesson as lesson_1
from microbit_ml.lessons.lesson_01_matrix import maths as maths_1
from microbit_ml.lessons.lesson_02_distance import example as example_2
from microbit_ml.lessons.lesson_02_distance import lesson as lesson_2
from microbit_ml.lessons.lesson_04_probability import example as example_4
from microbit_ml.lessons.lesson_04_probability import lesson as lesson_4
from microbit_ml.lessons.lesson_05_downhill import example as example_5
from microbit_ml.lessons.lesson_05_downhill import lesson as lesson_5
from microbit_ml.lessons.lesson_05_downhill import maths as maths_5
from microbit_ml.lessons.straight import Silent
from microbit_ml.recordings import simulate


@pytest.fixture(scope="module")
def few():
    """Two labels, three recordings of each: as little as a model can be trained on."""
    return simulate(["twist", "still"], people=1, repeats=3, seed=3)


@pytest.fixture(scope="module")
def fourth(few):
    return load_lesson(4).run(Silent("right"), few).record


def texts(record):
    return "\n".join(piece.text for piece in record if isinstance(piece, pieces.Reading))


# Lesson 1


def test_each_sample_finds_a_quick_swing_a_little_earlier():
    phases = np.arange(4) * lesson_1.SWINGS / lesson_1.SLOW_HZ % 1
    assert ((np.diff(phases) + 0.5) % 1 - 0.5 < 0).all()
    assert maths_1.swings_seen(lesson_1.SWINGS, lesson_1.SLOW_HZ) == 1


def test_no_minus_before_a_zero():
    assert "-0.00" not in "".join(map(lesson_1.tilt_sentence, (0, 90, 180, -90)))
    assert lesson_1.squared(-0.001) == "0.00²"
    assert lesson_1.squared(-0.5) == "(-0.50)²"


def test_a_calmest_recording_that_moves_is_described_as_a_movement():
    lively = simulate(["shake", "circle"], people=1, repeats=3, seed=4)
    text = "Even the calmest one is a movement"
    assert text in texts(load_lesson(1).run(Silent("right"), lively).record)
    assert text not in texts(load_lesson(1).run(Silent("right")).record)


# Lesson 2


def test_the_verdict_on_a_feature_that_is_left_out():
    def right_of(n):
        return np.arange(12) < n

    texts = [lesson_2.without_verdict(right_of(n), right_of(5)) for n in (12, 11, 5)]
    assert "harm" in texts[0] and "harm" in texts[1] and "adds nothing" in texts[2]
    assert "helps" in lesson_2.without_verdict(right_of(4), right_of(12))


@pytest.mark.parametrize(("without", "both"), [(11, 10), (10, 11), (7, 5), (5, 10)])
def test_a_small_difference_is_called_luck_and_not_harm_or_help(without, both):
    """11 of 12 right instead of 10 shows nothing about a feature."""
    right = [np.arange(12) < n for n in (without, both)]
    for text in (lesson_2.without_verdict(*right), lesson_2.scaling_verdict(*right)):
        assert f"A difference of {abs(without - both)} in 12 may be luck" in text
        assert not any(word in text for word in ("harm", "helps", "better without"))


def test_a_feature_matters_in_the_text_only_when_it_does():
    assert "matters, too" in lesson_2.weight_after_scaling("x_jerk", 0.4)
    assert "still matters little" in lesson_2.weight_after_scaling("x_jerk", 0.1)


def test_the_new_recording_on_paper_has_one_nearest_centroid(few):
    plane = example_2.choose_plane(few)
    squares = np.square(plane.paper[example_2.a_new_one(plane)] - plane.centroids).sum(axis=1)
    assert (squares == squares.min()).sum() == 1


# Lesson 3


def test_the_sum_in_the_answer_is_that_of_the_table(few):
    record = load_lesson(3).run(Silent("right"), few).record
    table = next(
        one for one in record if isinstance(one, pieces.Table) and "weighted sum" in one.caption
    )
    check = next(
        one for one in record if isinstance(one, pieces.Check) and "last column" in one.question
    )
    column = sum(float(row[-1]) for row in table.rows)
    assert f"adds up to {column:.2f}." in check.why
    assert column == pytest.approx(check.answer, abs=check.tolerance / 2)


# Lesson 4


def test_the_most_doubtful_recording_has_one_highest_score():
    scores = np.array([[4.0, 1.0, 0.0], [2.0, 2.0, 0.0], [2.0, 1.9, 0.0]])
    assert example_4.least_confident(scores) == 2


def test_why_scores_below_zero_are_no_fractions():
    assert "lowest score would get the largest fraction" in lesson_4.why_not(np.array([-3.0, -1.0]))


def test_the_verdict_on_a_loss_beside_a_blind_guess():
    texts = [lesson_4.loss_verdict(loss, 1.0) for loss in (0.1, 0.8, 1.2)]
    assert "far below" in texts[0] and "a little" in texts[1] and "no better" in texts[2]


def test_softmax_is_worked_out_for_a_label_that_is_not_asked_for(fourth):
    formula = next(one for one in fourth if isinstance(one, pieces.Formula))
    asked = next(
        one for one in fourth if isinstance(one, pieces.Check) and "question mark" in one.question
    )
    shown = float(formula.worked.rsplit("= ", 1)[1])
    assert abs(shown - asked.answer) > asked.tolerance


def test_the_loss_that_is_shown_is_that_of_the_probability_that_is_shown(fourth):
    worked = next(
        one.worked for one in fourth if isinstance(one, pieces.Formula) and "−ln" in one.formula
    )
    p, loss = map(float, re.search(r"−ln\((\S+)\) = (\S+)", worked).groups())
    assert loss == pytest.approx(-np.log(p), abs=6e-4)


def test_at_temperature_one_the_error_is_that_of_the_table(fourth):
    formula = next(
        one for one in fourth if isinstance(one, pieces.Formula) and one.formula.startswith("E =")
    )
    error = formula.worked.rsplit(": ", 1)[1]
    heat = next(one for one in fourth if isinstance(one, pieces.Change) and "temper" in one.what)
    results = dict(heat.tried)
    assert f"E: {error};" in results[1.0]


def test_each_recording_is_predicted_once_while_held_out(few):
    tested = example_4.predict_held_out(few)
    assert tested.n_folds == 3
    assert tested.scores.shape == (6, 2) and tested.targets.tolist() == [
        few.labels.index(one.label) for one in few
    ]
    assert tested.table.error == pytest.approx(
        sum(b.n / 6 * abs(b.accuracy - b.confidence) for b in tested.table.bins)
    )


# Lesson 5


def test_the_first_step_of_rmsprop_is_the_formula():
    text = lesson_5.rms_example(maths_5.valley_gradient(np.array(example_5.START_TWO), 20.0))
    s_1, s_2 = map(float, re.search(r"g²: (\S+) and (\S+)\. ", text).groups())
    g_1, g_2, r = map(float, re.search(r"of (\S+) and (\S+), r = (\S+)\. ", text).groups())
    w_1, w_2 = map(float, re.search(r"moves by (\S+) and w₂ by (\S+)\. ", text).groups())
    assert w_1 == pytest.approx(-r * g_1 / np.sqrt(s_1), abs=1e-3)
    assert w_2 == pytest.approx(-r * g_2 / np.sqrt(s_2), abs=1e-3)


def test_no_walker_of_the_race_would_like_a_rate_beyond_the_list():
    for name in example_5.WALKERS:
        assert min(example_5.RATES) < example_5.best_rate_of(name) < max(example_5.RATES)


def test_the_knob_that_is_turned_changes_the_loss(few):
    for data in (few, None):
        record = load_lesson(5).run(Silent("right"), data).record
        chart = next(one for one in record if isinstance(one, pieces.PictureShown)).picture
        losses = chart.series[0].y
        assert losses.max() - losses.min() > 0.5
