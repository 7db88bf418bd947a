"""``model.score``, and objects that print in one line."""

import subprocess
import sys

import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.evaluate.model_on_data import ModelTest


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, seed=0, steps=60)


def test_score_is_the_accuracy_that_evaluate_reports(model):
    new = mb.simulate(["shake", "still", "twist", "circle"], people=4, repeats=3, seed=9)
    test = ModelTest.of(model, new)
    assert model.score(new) == test.known.scores_with_unknown.accuracy
    assert model.score(new.recordings) == model.score(new)


def test_unknown_counts_as_wrong(model, data):
    shaken = data.subset(lambda one: one.label == "shake")
    unknown = sum(label is None for label in model.predict(shaken).labels)
    assert model.score(shaken) <= 1 - unknown / len(shaken)


def test_a_score_needs_labels_that_the_model_knows(model):
    with pytest.raises(DataError, match="shake, still, twist"):
        model.score(mb.simulate(["circle"], people=1, repeats=2))


def test_everything_of_a_model_prints_in_one_line(model, data):
    things = [model, model.network, model.fitted, model.replay, model.device_model()]
    things += [*model.network.stages, model.network.gate, model.fitted.normaliser]
    things += [model.predict(data), ModelTest.of(model, data), data, data.recordings[0]]
    with mb.VirtualBoard("v2", {"main.py": ""}) as board:
        things.append(board)
    for thing in things:
        text = repr(thing)
        assert len(text) <= 100, text
        assert "\n" not in text
        assert text.startswith(type(thing).__name__)
    assert repr(model) == "Model('network', 3 gestures (shake, still, twist), window of 50)"
    assert repr(model.replay).startswith("ReplayBuffer(rows=int16[")


def test_many_labels_still_fit(model):
    from dataclasses import replace

    many = replace(model, labels=[f"a gesture with a long name {i}" for i in range(12)])
    assert repr(many) == "Model('network', 12 gestures, window of 50)"


def test_lazy_names_are_listed_and_loaded_when_they_are_used():
    code = (
        "import sys, microbit_ml as mb; assert set(mb.__all__) <= set(dir(mb)); "
        "assert 'unicorn' not in sys.modules; mb.VirtualBoard; assert 'unicorn' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
