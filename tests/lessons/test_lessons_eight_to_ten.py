"""The maths of lessons 8, 9 and 10 against the kit's and NumPy's."""

from dataclasses import replace

import numpy as np
import pytest

from microbit_ml.arithmetic.fixed_point import requantize
from microbit_ml.evaluate.preference import precision_recall_curve
from microbit_ml.lessons.lesson_08_how_good import example as example_8
from microbit_ml.lessons.lesson_08_how_good import lesson as lesson_8
from microbit_ml.lessons.lesson_08_how_good import maths as maths_8
from microbit_ml.lessons.lesson_09_integers import about as about_9
from microbit_ml.lessons.lesson_09_integers import example as example_9
from microbit_ml.lessons.lesson_09_integers import maths as maths_9
from microbit_ml.lessons.lesson_10_board import example as example_10
from microbit_ml.lessons.lesson_10_board import lesson as lesson_10
from microbit_ml.lessons.lesson_10_board import maths as maths_10
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.straight import Silent
from microbit_ml.metrics import confusion_matrix
from microbit_ml.metrics.significance import CONFIDENCE_LEVEL, bootstrap
from microbit_ml.recordings import simulate
from microbit_ml.recordings.recording import HIGHEST_COUNT

INT8 = range(-128, 128)


@pytest.fixture(scope="module")
def session():
    return Session(about_9.ABOUT, Silent())


# Lesson 8


def test_ticks_make_the_kits_confusion_matrix(session):
    every = example_8.predicted_by_jerk(session.data)
    table = maths_8.count_by_hand(every.truth, every.predicted, every.labels)
    kit = confusion_matrix(every.truth, every.predicted, every.labels)
    assert np.array_equal(table, kit[:, :-1])
    assert example_8.most_mixed_up(np.array([[5, 1, 0], [0, 9, 3], [2, 0, 7]])) == (1, 2)


def test_the_exam_is_about_the_labels_that_are_mixed_up_most(session):
    few = example_8.first_exam(session.data)
    assert (len(few.truth), len(few.labels)) == (example_8.ANSWERS, example_8.LABELS_BY_HAND)
    assert {*few.truth, *few.predicted} <= set(few.labels)
    one = example_8.label_to_count(few)
    assert min(one.tp, one.fn, one.fp) > 0  # in the lesson's own data all three occur


def test_the_alarm_agrees_with_the_kits_trade_off(session):
    alarm = example_8.Alarm.of(session.data)
    thousandths = np.round(alarm.strength * 1000).astype(int)
    exact = replace(alarm, strength=thousandths / 1000)
    predicted = [alarm.label] * len(thousandths)
    for point in precision_recall_curve(alarm.label, alarm.truth, predicted, thousandths):
        text = exact.result_at(-point.shift / 1000)
        assert f"It rings {point.detected} times: {point.correct} right" in text
        assert f"Precision {point.precision:.2f}, recall {point.recall:.2f}" in text


def test_slips_from_a_hat_come_close_to_the_kits_bootstrap():
    right = np.repeat([1, 0], [28, 12])
    low, high = example_8.middle_range(example_8.many_draws(right))
    kit = bootstrap(["it"] * 40, ["it"] * 28 + ["other"] * 12).accuracy
    assert (low, high) == pytest.approx((kit.low, kit.high), abs=0.03)


def test_an_exam_without_a_mistake_may_hide_some():
    assert (1 - maths_8.could_be_wrong(12)) ** 12 == pytest.approx(1 - CONFIDENCE_LEVEL)
    assert lesson_8.no_mistake_seen(np.array([1, 1, 0])) == ""
    text = lesson_8.no_mistake_seen(np.ones(12))
    assert "wrong in 22% of all cases, one in 20 such exams" in text


def test_two_labels_are_kept_and_a_third_movement_is_the_unseen_one():
    data = simulate(["shake", "still"], people=2, repeats=3)
    (unseen,) = example_8.unseen_movements(data).items()
    assert unseen[0] not in data.labels
    assert unseen[1].unknown > 0


def test_left_hands_do_worse_only_without_left_handed_teachers():
    right_alone, left_alone, refused = example_8.result_with_left_handers(0)
    _, left_after, _ = example_8.result_with_left_handers(example_8.LEFT_TEACHERS)
    assert left_alone < right_alone - 0.1
    assert left_after > left_alone + 0.1
    assert 0 < refused <= 1 - left_alone


def test_new_people_are_called_harder_only_when_it_is_more_than_luck():
    assert "were harder" in lesson_8.compared(0.97, 0.91, True)
    assert "may be luck" in lesson_8.compared(0.97, 0.96, False)
    assert "harder." not in lesson_8.compared(0.97, 0.96, False)


# Lesson 9


def test_bits_are_those_of_numpy():
    for number in INT8:
        bits = maths_9.bits_of(number)
        assert bits == np.binary_repr(number, 8)
        assert maths_9.int8_of(bits) == number
        assert maths_9.value_of(bits) == number % 256


def test_a_byte_overflows_as_numpys_does():
    numbers = np.array(INT8, dtype=np.int8)
    for a in (-128, -1, 0, 1, 100, 127):
        sums = numbers + np.array([a], dtype=np.int8)
        assert [maths_9.add_int8(int(n), a) for n in numbers] == sums.tolist()


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 8])
def test_weights_of_some_bits_have_no_more_levels(bits):
    weights = np.random.default_rng(0).normal(size=(300, 2))
    rounded = maths_9.to_bits(weights, bits)
    assert max(len(np.unique(column)) for column in rounded.T) <= 2**bits
    if bits > 1:
        step = np.abs(weights).max(axis=0) / (2 ** (bits - 1) - 1)
        assert (np.abs(rounded - weights) <= step / 2 + 1e-12).all()
    assert all(len(np.unique(column)) == 3 for column in maths_9.to_ternary(weights).T)


def test_a_byte_that_is_not_full_is_a_byte():
    assert [maths_9.bytes_for(684, bits) for bits in (1, 3, 8)] == [86, 257, 684]


def test_no_neuron_of_the_lessons_model_can_overflow(session):
    fractions = maths_9.fractions_of_limit(session.model)
    assert len(fractions) == 12 + len(session.model.labels) + 1
    assert 0.2 < max(fractions) < 1
    *before, scores = session.model.network.stages
    doubled = replace(scores, multiplier=2 * scores.multiplier)
    network = replace(session.model.network, stages=[*before, doubled])
    broken = replace(session.model, network=network)
    assert max(maths_9.fractions_of_limit(broken)) > 1  # so it would show


def test_the_score_by_hand_is_the_models(session):
    hand = example_9.ByHand.of(session)
    scores = session.model.predict([hand.recording]).scores[0]
    assert hand.score == scores[hand.output] == scores.max()


def test_a_lesson_with_few_recordings_tests_on_those_it_has(session):
    few = Session(about_9.ABOUT, Silent(), simulate(["shake", "still"], people=1, repeats=3))
    assert not example_9.Exam.of(few).held_out
    more = Session(about_9.ABOUT, Silent(), simulate(["shake", "still"], people=1, repeats=4))
    exam = example_9.Exam.of(more)
    assert exam.held_out and len(exam.recordings) == 4
    assert not {r.digest for r in exam.recordings} & set(exam.model.provenance["recordings"])


# Lesson 10


def test_the_traced_kernel_computes_both_dot_products():
    lines, rows = example_10.trace_sums()
    numbers = example_10.TRACED
    assert len(lines) == len(rows) == 33
    assert rows[-1]["r4"] == np.dot(numbers.inputs, numbers.first)
    assert rows[-1]["r6"] == np.dot(numbers.inputs, numbers.second)


def test_two_instructions_round_as_the_kit_does():
    lines = example_10.kernel_lines("ldrh(", "adc(")
    numbers = np.array([3, 4], dtype="<u2")
    for accumulator in range(-40, 40):
        registers = {"r1": example_10.MEMORY, "r3": 0, "r4": accumulator}
        rows = example_10.trace(lines, registers, numbers.tobytes(), ["r4"])
        kit = requantize(np.array([accumulator]), np.array([3]), np.array([4]), -999, 999)
        assert rows[-1]["r4"] == kit[0]


def test_instructions_in_words():
    assert lesson_10.meaning("add(r4, r4, r7)") == "r4 = r4 + r7"
    assert lesson_10.meaning("sub(r5, 2)") == "r5 = r5 − 2"
    assert lesson_10.meaning("mul(r7, r3)") == "r7 = r7 · r3"
    assert "byte in memory at r1 + r5" in lesson_10.meaning("ldrsb(r7, [r1, r5])")
    assert "two bytes in memory at r0 + r5" in lesson_10.meaning("ldrsh(r3, [r0, r5])")
    assert "go back to FOUR_INPUTS" in lesson_10.meaning("bpl(FOUR_INPUTS)")


def test_movements_in_the_world(session):
    recording = session.data.recordings[0]
    assert np.array_equal(maths_10.moved_harder(recording, 1), recording.samples)
    assert np.abs(maths_10.moved_harder(recording, 9).astype(int)).max() == HIGHEST_COUNT
    assert np.array_equal(maths_10.turned(recording, 0), recording.samples)
    over = maths_10.turned(recording, 180).astype(int)
    assert np.array_equal(over[:, 1:], -recording.samples[:, 1:].astype(int))
    assert maths_10.alarms_a_day(10, 1e-6) == pytest.approx(0.864)
