"""Playing gestures on all boards: in order, counted as they finish, and errors come through."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.deploy import play_both
from microbit_ml.deploy.play import play_gestures, twin_agrees
from microbit_ml.deploy.predict import work_layout
from microbit_ml.errors import VirtualBoardError
from microbit_ml.targets import TARGETS


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, seed=0, steps=60)


def test_results_are_in_order_and_each_movement_is_counted(data, model, monkeypatch):
    monkeypatch.setattr(play_both, "CHUNK", 1)
    gestures = [data.recordings[0].samples, data.recordings[4].samples]
    assert not np.array_equal(*gestures)
    counted = []
    played = play_both.play_on_all(model.hex(), gestures, work_layout(model), counted.append)
    assert counted == [1, 2, 3, 4]
    assert list(played) == list(TARGETS)
    for kind, results in played.items():
        assert len(results) == 2
        for gesture, one in zip(gestures, results, strict=True):
            (alone,) = play_gestures(kind, model.hex(), [gesture], work_layout(model))
            assert np.array_equal(one.window, alone.window) and one.printed == alone.printed
            assert twin_agrees(model.network, one)


def test_a_program_that_stops_is_reported(data, model, tmp_path):
    program = tmp_path / "main.py"
    program.write_text("from microbit import *\naccelerometer.get_x()\n1 // 0\n")
    gestures = [data.recordings[0].samples]
    with pytest.raises(VirtualBoardError, match="ZeroDivisionError"):
        play_both.play_on_all(model.hex(program), gestures, work_layout(model))
