"""What training keeps of its judges' answers, and that it is what they really said."""

from dataclasses import replace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import ModelError
from microbit_ml.model.held_out import HeldOut
from microbit_ml.quantize import IntegerNetwork, quantize

LABELS = ["shake", "still", "tap"]


@pytest.fixture(scope="module")
def data():
    return mb.simulate(LABELS, people=3, repeats=4)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, steps=40, copies=2, others=100)


def held_out(model):
    return HeldOut.unpacked(model.metrics, model.provenance, len(model.labels))


def test_every_recording_is_judged_once_and_known_by_its_digest(data, model):
    held = held_out(model)
    by_digest = {one.digest: one for one in data}
    assert sorted(held.digests) == sorted(by_digest)
    for digest, truth, person in zip(held.digests, held.truth, held.people):
        assert (model.labels[truth], person) == (by_digest[digest].label, by_digest[digest].subject)


def test_the_answers_agree_with_the_metrics(model):
    held = held_out(model)
    assert held.right.mean() == model.metrics["held_out_accuracy"]
    assert held.known.mean() == model.metrics["held_out_known"]
    assert held.judges == 3  # one for each person
    assert ((held.sure > 1 / 3) & (held.sure <= 1)).all()


def test_the_judges_are_not_the_model_itself(data, model):
    """A judge of a person never saw that person: its answers differ from the model's own."""
    held = held_out(model)
    own = model.predict([next(one for one in data if one.digest == d) for d in held.digests])
    assert (held.over != own.confidence).any()


class AlwaysTheFirst(IntegerNetwork):
    """Integers that take everything for the first label."""

    def classify(self, rows):
        scores, best, confidence = super().classify(rows)
        return scores, 0 * best, confidence


def test_the_floats_are_asked_beside_the_integers(data, monkeypatch):
    monkeypatch.setattr(
        "microbit_ml.training.trainer.quantize",
        lambda model, rows: AlwaysTheFirst(**vars(quantize(model, rows))),
    )
    held = held_out(mb.train(data, steps=40, copies=2, others=100))
    assert not held.best.any()
    assert (held.best_float == held.truth).mean() > 0.8


def test_they_come_back_from_the_file_and_take_little_of_it(model):
    again = mb.Model.from_bytes(model.to_bytes())
    assert again.metrics == model.metrics
    bare = {name: value for name, value in model.metrics.items() if name != "held_out"}
    cost = len(model.to_bytes()) - len(replace(model, metrics=bare).to_bytes())
    assert cost / len(held_out(model)) < 30


def test_a_model_that_learned_on_judges_what_it_remembers_too(data, model):
    new = mb.simulate(["circle"], people=2, repeats=2, seed=5)
    more = mb.train(new, start=model, steps=40, copies=2, others=100)
    held = held_out(more)
    assert set(held.digests) == {one.digest for one in (*data, *new)}
    assert {more.labels[i] for i in held.truth} == {*LABELS, "circle"}


def test_older_models_have_none(model):
    assert HeldOut.unpacked({}, model.provenance, 3) is None


@pytest.mark.parametrize(
    "change",
    [
        {"truth": None},
        {"truth": [0]},
        {"truth": [7] * 36},
        {"recording": [-1] * 36},
        {"recording": [99] * 36},
        {"person": [9] * 36},
        {"judges": "x"},
        {"sure": [10**30] * 36},
    ],
)
def test_answers_that_cannot_be_are_refused(model, change):
    packed = {**model.metrics["held_out"], **change}
    with pytest.raises(ModelError, match="Train it again"):
        HeldOut.unpacked({"held_out": packed}, model.provenance, 3)


def test_packing_and_unpacking_lose_nothing():
    numbers = np.array([1, 0])
    held = HeldOut(["b", "a"], numbers, 1 - numbers, numbers, np.array([-3, 4]),
                   np.array([0.123, 1.0]), ["", "Ann"], 2)  # fmt: skip
    provenance = {"recordings": ["a", "b", "c"], "subjects": ["Ann", "Ben"]}
    packed = held.packed(provenance["recordings"], provenance["subjects"])
    again = HeldOut.unpacked({"held_out": packed}, provenance, 2)
    assert (again.digests, again.people, again.judges) == (["b", "a"], ["", "Ann"], 2)
    for name in ("truth", "best", "best_float", "over", "sure"):
        np.testing.assert_array_equal(getattr(again, name), getattr(held, name))
    assert again.known.tolist() == [False, True] and not again.right.any() and len(again) == 2
