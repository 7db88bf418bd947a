"""Streams played through the board's debouncing: detections, and how they are counted."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.evaluate.streams import (
    Detection,
    Rule,
    StreamScores,
    detect,
    evaluate_streams,
    match,
    predict_stream,
    rule_of,
)
from microbit_ml.quantize import Prediction
from microbit_ml.recordings.simulation.streams import Event, Stream, simulate_streams


@pytest.fixture(scope="module")
def model():
    return mb.train(mb.simulate(["shake", "still"], people=3, repeats=3, seed=0), seed=0)


def stream(*events, seconds=60):
    samples = np.zeros((50 * seconds, 3), np.int16)
    return Stream("made up", samples, [Event(label, start, end) for label, start, end in events])


def test_found_missed_repeated_wrong_and_false_by_hand():
    truth = stream(
        ("tap", 1000, 1500), ("tap", 5000, 5500), ("wave", 9000, 10000), ("tap", 20000, 20500)
    )
    detected = [
        Detection("tap", 500),  # before it began: a false alarm
        Detection("tap", 1300),  # found, 200 ms before its end
        Detection("tap", 2500),  # again, just within a second of its end
        Detection("wave", 6000),  # wrong
        Detection("tap", 6400),  # found all the same, 900 ms after its end
        Detection("wave", 11001),  # one ms too late: missed, and a false alarm
        Detection("still", 15000),  # background is no gesture
    ]
    scores = match(detected, truth)
    assert (scores.gestures, scores.found, scores.repeated) == (4, 2, 1)
    assert scores.missed == ("wave", "tap")
    assert scores.wrong_names == (("tap", "wave"),)
    assert scores.false_alarms == ("tap", "wave")
    assert scores.delays_ms == (-200.0, 900.0)
    assert scores.minutes == 1.0
    assert scores.false_alarms_per_minute == 2.0
    assert scores.recall == 0.5
    assert scores.median_delay_ms == 350.0
    assert scores.percentile_90_delay_ms == pytest.approx(790.0)


def test_the_background_can_be_chosen():
    detected = [Detection("still", 100), Detection("rest", 200)]
    assert match(detected, stream()).false_alarms == ("rest",)
    assert match(detected, stream(), background=["rest"]).false_alarms == ("still",)


def test_a_name_between_two_gestures_belongs_to_the_one_that_it_is_right_for():
    truth = stream(("tap", 1000, 1500), ("wave", 2000, 3000))
    scores = match([Detection("wave", 2200), Detection("tap", 2300)], truth)
    assert (scores.found, scores.wrong_names, scores.false_alarms) == (2, (), ())


def test_the_same_gesture_twice_in_a_second_is_found_twice():
    truth = stream(("tap", 1000, 1200), ("tap", 1800, 2000))
    scores = match([Detection("tap", 1300), Detection("tap", 2100)], truth)
    assert (scores.found, scores.repeated) == (2, 0)
    assert scores.delays_ms == (100.0, 100.0)


def test_scores_add_up():
    one = match([Detection("tap", 1600)], stream(("tap", 1000, 1500)))
    other = match([Detection("tap", 100)], stream(("wave", 1000, 1500)))
    both = one + other
    assert (both.gestures, both.found, both.minutes) == (2, 1, 2.0)
    assert (both.missed, both.false_alarms, both.delays_ms) == (("wave",), ("tap",), (100.0,))
    assert one + StreamScores() == one


def test_nothing_at_all_is_no_division_by_zero():
    nothing = StreamScores()
    assert (nothing.recall, nothing.false_alarms_per_minute) == (0.0, 0.0)
    assert nothing.median_delay_ms is None
    assert nothing.percentile_90_delay_ms is None
    assert nothing.as_json()["delay_ms"] == {"median": None, "percentile_90": None}


def test_json_counts_names():
    truth = stream(("tap", 1000, 1500), ("tap", 4000, 4500))
    detected = [Detection("wave", 1200), Detection("wave", 4200), Detection("tap", 9000)]
    report = match(detected, truth).as_json()
    assert report["missed"] == {"tap": 2}
    assert report["wrong_names"] == [{"actual": "tap", "predicted": "wave", "count": 2}]
    assert report["false_alarms"] == {"tap": 1}


def test_predictions_are_those_of_windows_cut_by_hand(model):
    (one,) = simulate_streams(["shake"], people=1, minutes=0.3, seed=3)
    predictions, time_ms = predict_stream(model, one)
    n = (len(one.samples) - model.window) // model.hop + 1
    assert len(predictions) == n
    windows = [one.samples[i * model.hop : i * model.hop + model.window] for i in range(n)]
    expected = model.network.run(np.stack(windows))
    assert (predictions.label_index == expected.label_index).all()
    assert (predictions.confidence == expected.confidence).all()
    assert time_ms[:2].tolist() == [49 * 20, 54 * 20]


def test_a_long_stream_is_predicted_in_chunks(model, monkeypatch):
    (one,) = simulate_streams(["shake"], people=1, minutes=0.3, seed=3)
    whole, _ = predict_stream(model, one)
    monkeypatch.setattr("microbit_ml.evaluate.streams.CHUNK", 7)
    chunked, _ = predict_stream(model, one)
    assert (chunked.confidence == whole.confidence).all()
    assert (chunked.label_index == whole.label_index).all()


def test_a_stream_that_does_not_fit_the_model(model):
    with pytest.raises(DataError, match="windows of 50 samples at 50 Hz"):
        predict_stream(model, Stream("x", np.zeros((49, 3), np.int16), []))
    with pytest.raises(DataError, match="at 25 Hz"):
        predict_stream(model, Stream("x", np.zeros((500, 3), np.int16), [], rate_hz=25.0))


def test_the_rule_counts_milliseconds_not_predictions(model):
    assert rule_of(model).step_ms == 100
    assert rule_of(model, enough=1).enough == 1
    slow, fast = Rule(200, enough=10_000), Rule(20, enough=10_000)
    assert [slow.debounce(0, 25) for _ in range(3)] == [-1, 0, -1]
    assert [fast.debounce(0, 25) for _ in range(21)].index(0) == 19


def test_detection_follows_the_rule():
    scores = np.array([[9, 1], [1, 9], [1, 9], [1, 9], [9, 1], [9, 1], [9, 1]])
    confidence = np.array([-5, 60, 60, 60, -9, 200, 3])
    predictions = Prediction(scores, confidence, np.zeros((7, 0)), ["a", "b"])
    assert predictions.label_index.tolist() == [-1, 1, 1, 1, -1, 0, 0]
    detected = detect(predictions, np.arange(7) * 100.0, Rule(100, enough=10_000))
    assert detected == [Detection("b", 200.0), Detection("a", 500.0)]


def test_gestures_of_people_in_the_training_set_are_found(model):
    shaken = simulate_streams(["shake"], people=3, minutes=1, seed=0)
    scores = evaluate_streams(model, shaken)
    assert scores.gestures >= 15
    assert scores.recall >= 0.8
    assert scores.repeated == 0
    assert scores.median_delay_ms < 700
    # and it is not the labels: with other true names nothing is found
    renamed = [
        Stream(s.name, s.samples, [Event("wave", e.start_ms, e.end_ms) for e in s.events])
        for s in shaken
    ]
    wrong = evaluate_streams(model, renamed)
    assert wrong.found == 0
    assert len(wrong.wrong_names) >= scores.found
