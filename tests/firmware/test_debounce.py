"""Debouncing: the recognizer's rule, and the same rule in the laptop's evaluation."""

import numpy as np
import pytest
from cpython_board import firmware_in_cpython
from hypothesis import given
from hypothesis import strategies as st
from random_models import random_model

from microbit_ml.evaluate import streams
from microbit_ml.evaluate.streams import Rule
from microbit_ml.quantize import to_bytes


@pytest.fixture(scope="module")
def recognizer():
    """A recognizer with at least three names that predicts ten times a second."""
    seed = 0
    while True:
        device, _ = random_model(np.random.default_rng(seed))
        if len(device.labels) >= 3:
            break
        seed += 1
    with firmware_in_cpython(to_bytes(device)) as gesture:
        made = gesture.Recognizer()
        made.model = bytearray(made.model)
        made.model[13], made.model[14] = 5, 20
        yield made


def detections(recognizer, predictions):
    """The names (or None) that a fresh recognizer returns for (label, confidence) pairs."""
    recognizer.last = recognizer.detected = -1
    recognizer.evidence = recognizer.away = 0
    names = []
    for label, confidence in predictions:
        recognizer.confidence = confidence
        names.append(recognizer.debounce(label))
    return names


def test_the_constants_are_those_of_the_evaluation(recognizer):
    recognizer.model[13], recognizer.model[14] = 1, 1  # a prediction every millisecond
    assert detected_at(recognizer, [(1, 1)] * 9000) == [(streams.ENOUGH - 1, 1)]
    away = [(-1, -1)] * (streams.AWAY_MS - 1)
    once = [(1, streams.ENOUGH)]
    assert detected_at(recognizer, once + away + once) == [(0, 1)]
    assert detected_at(recognizer, [*once, *away, (-1, -1), *once]) == [
        (0, 1),
        (streams.AWAY_MS + 1, 1),
    ]
    recognizer.model[13], recognizer.model[14] = 5, 20


# Confidence is below 0 exactly when the label is -1.
PREDICTIONS = st.lists(
    st.one_of(
        st.tuples(st.just(-1), st.integers(-32768, -1)),
        st.tuples(st.integers(0, 2), st.integers(0, 80)),
        st.tuples(st.integers(0, 2), st.integers(0, 32767)),
    ),
    max_size=80,
)


@given(PREDICTIONS, st.integers(1, 255), st.integers(20, 250))
def test_it_is_the_rule_of_the_evaluation(recognizer, predictions, hop, period_ms):
    recognizer.model[13], recognizer.model[14] = hop, period_ms
    rule = Rule(hop * period_ms)
    expected = [rule.debounce(label, confidence) for label, confidence in predictions]
    names = [None if label < 0 else recognizer.names[label] for label in expected]
    assert detections(recognizer, predictions) == names
    recognizer.model[13], recognizer.model[14] = 5, 20


def detected_at(recognizer, predictions):
    """The positions at which gestures are detected, and their labels."""
    names = detections(recognizer, predictions)
    return [(i, recognizer.names.index(name)) for i, name in enumerate(names) if name]


def test_a_clear_gesture_is_detected_early_an_unclear_one_late_and_once(recognizer):
    assert detected_at(recognizer, [(1, 60)] * 12) == [(0, 1)]
    assert detected_at(recognizer, [(1, 59)] * 12) == [(1, 1)]
    assert detected_at(recognizer, [(1, 10)] * 12) == [(5, 1)]
    assert detected_at(recognizer, [(1, 0)] * 99) == []


def test_half_a_gesture_is_not_detected(recognizer):
    assert detected_at(recognizer, [(1, 29), (1, 30), (-1, -5), (1, 29), (1, 30)]) == []
    assert detected_at(recognizer, [(0, 29), (0, 30), (2, 40), (2, 40), (2, 40)]) == [(3, 2)]


def test_the_same_gesture_is_detected_again_after_a_second_of_something_else(recognizer):
    gesture, gap = [(1, 40)] * 3, (-1, -9)
    assert detected_at(recognizer, [*gesture, *[gap] * 9, *gesture]) == [(1, 1)]
    assert detected_at(recognizer, [*gesture, *[gap] * 10, *gesture]) == [(1, 1), (14, 1)]
    another = [(2, 1)] * 10  # too little evidence to be detected, but something else
    assert detected_at(recognizer, [*gesture, *another, *gesture]) == [(1, 1), (14, 1)]


def test_another_gesture_may_follow_at_once(recognizer):
    predictions = [(1, 40)] * 3 + [(2, 40)] * 3 + [(1, 40)] * 3
    assert detected_at(recognizer, predictions) == [(1, 1), (4, 2), (7, 1)]
