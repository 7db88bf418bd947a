"""Testing models on streams, from Python."""

import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.evaluate.streams_protocol import (
    cross_validate_streams,
    gestures_among,
    play_recordings,
    play_simulated,
    simulated_gestures,
)
from microbit_ml.recordings.simulation.streams import BACKGROUND_KINDS


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, seed=0, steps=60)


def test_recordings_are_played_once_each_and_background_alone(data, model):
    known = gestures_among(data, model.labels)
    assert {one.label for one in known} == {"shake", "twist"}  # still is background
    by_kind = play_recordings(model, known, minutes=0.5)
    assert list(by_kind) == ["gestures", *BACKGROUND_KINDS]
    assert by_kind["gestures"].gestures == len(known) == 12
    assert by_kind["walking"].gestures == 0
    assert 0.5 <= by_kind["walking"].minutes < 1.5


def test_simulated_people_make_the_gestures_that_they_can(data, model):
    assert simulated_gestures(model) == ["shake", "twist"]
    assert play_simulated(model, minutes=0.5)["gestures"].gestures > 0
    names = {"shake": "hop", "still": "rest", "twist": "key"}
    own = mb.train(list(data), labels=[names[one.label] for one in data], steps=5)
    assert list(play_simulated(own, minutes=0.5)) == list(BACKGROUND_KINDS)


def test_cross_validation_in_streams(data):
    steps = []
    result = cross_validate_streams(
        data, 2, minutes=0.5, seed=1, progress=lambda *step: steps.append(step), steps=20
    )
    assert (result.folds, result.held_out_by) == (2, "person")
    assert result.by_kind["gestures"].gestures == 12
    assert steps == [(0, 2), (1, 2), (2, 2)]
    with pytest.raises(DataError, match="at least 2 folds, not 1"):
        cross_validate_streams(data, 1)
    with pytest.raises(DataError, match="no recordings of gestures, only of background"):
        cross_validate_streams(data, background=["shake", "still", "twist"])
