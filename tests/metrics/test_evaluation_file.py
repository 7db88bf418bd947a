"""The held-out predictions in a model's file are those that the fold models really made."""

from dataclasses import replace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import ModelError
from microbit_ml.metrics import Evaluation
from microbit_ml.metrics.evaluation_file import pack, unpack
from microbit_ml.quantize import IntegerNetwork, quantize

LABELS = ["shake", "still", "tap"]


@pytest.fixture(scope="module")
def data():
    return mb.simulate(LABELS, people=3, repeats=4)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, steps=40, copies=2, negatives=100)


def held_out(model):
    return unpack(model.metrics, model.provenance, model.labels)


def test_every_recording_is_held_out_once_and_identified_by_its_digest(data, model):
    held = held_out(model)
    by_digest = {one.digest: one for one in data}
    assert sorted(held.digests) == sorted(by_digest)
    for digest, truth, person in zip(held.digests, held.truth, held.subjects):
        assert (truth, person) == (by_digest[digest].label, by_digest[digest].subject)


def test_the_answers_agree_with_the_metrics(model):
    held = held_out(model)
    assert held.is_right.mean() == model.metrics["held_out_accuracy"]
    assert held.is_known.mean() == model.metrics["held_out_known"]
    assert held.n_models == 3  # one for each person
    assert ((held.probability > 1 / 3) & (held.probability <= 1)).all()


def test_the_fold_models_are_not_the_final_model(data, model):
    """A fold model never saw its held-out person: it predicts differently from the final model."""
    held = held_out(model)
    own = model.predict([next(one for one in data if one.digest == d) for d in held.digests])
    assert (held.confidence != own.confidence).any()


class AlwaysTheFirst(IntegerNetwork):
    """Integers that predict the first label for everything."""

    def classify(self, rows):
        scores, best, confidence = super().classify(rows)
        scores[:, 0] = 32767
        return scores, 0 * best, confidence


def test_the_floats_predict_for_themselves(data, monkeypatch):
    monkeypatch.setattr(
        "microbit_ml.training.kinds.network.quantize",
        lambda model, rows: AlwaysTheFirst(**vars(quantize(model, rows))),
    )
    held = held_out(mb.train(data, steps=40, copies=2, negatives=100))
    assert not held.best_index.any()
    assert (held.best_float_index == held.truth_index).mean() > 0.8


def test_they_are_loaded_again_and_take_little_of_the_file(model):
    again = mb.Model.from_bytes(model.to_bytes())
    assert again.metrics == model.metrics
    bare = {name: value for name, value in model.metrics.items() if name != "held_out"}
    size = len(model.to_bytes()) - len(replace(model, metrics=bare).to_bytes())
    assert size / len(held_out(model)) < 30


def test_fine_tuning_also_holds_out_the_replay_buffer(data, model):
    new = mb.simulate(["circle"], people=2, repeats=2, seed=5)
    more = mb.train(new, start=model, steps=40, copies=2, negatives=100)
    held = held_out(more)
    assert set(held.digests) == {one.digest for one in (*data, *new)}
    assert {*held.truth} == {*LABELS, "circle"}


def test_older_models_have_none(model):
    assert unpack({}, model.provenance, LABELS) is None


@pytest.mark.parametrize(
    "change",
    [
        {"truth": None},
        {"truth": [0]},
        {"truth": [7] * 36},
        {"recording": [-1] * 36},
        {"recording": [99] * 36},
        {"person": [9] * 36},
        {"fold_models": "x"},
        {"fold": [0]},
        {"probability": [10**30] * 36},
    ],
)
def test_invalid_held_out_predictions_are_refused(model, change):
    packed = {**model.metrics["held_out"], **change}
    with pytest.raises(ModelError, match="Train it again"):
        unpack({"held_out": packed}, model.provenance, LABELS)


def test_a_file_from_before_folds_were_kept_is_read(model):
    packed = {name: value for name, value in model.metrics["held_out"].items() if name != "fold"}
    held = unpack({"held_out": packed}, model.provenance, LABELS)
    assert held.truth == held_out(model).truth and held.n_models == 3
    assert held.fold.tolist() == [-1] * 36 and held.fold_accuracies == []


def test_packing_and_unpacking_lose_nothing():
    numbers = np.array([1, 0])
    held = Evaluation(
        names=("left", "right"),
        truth_index=numbers,
        best_index=1 - numbers,
        best_float_index=numbers,
        confidence=np.array([-3, 4]),
        probability=np.array([0.123, 1.0]),
        probability_float=np.array([0.5, 0.6]),
        fold=np.array([1, 0]),
        n_models=2,
        subjects=["", "Ann"],
        digests=["b", "a"],
    )
    provenance = {"recordings": ["a", "b", "c"], "subjects": ["Ann", "Ben"]}
    packed = pack(held, provenance["recordings"], provenance["subjects"])
    again = unpack({"held_out": packed}, provenance, ["left", "right"])
    assert (again.digests, again.subjects, again.n_models) == (["b", "a"], ["", "Ann"], 2)
    for name in (
        "truth_index", "best_index", "best_float_index", "confidence", "probability", "fold"
    ):  # fmt: skip
        np.testing.assert_array_equal(getattr(again, name), getattr(held, name))
    assert np.isnan(again.probability_float).all()  # not kept
    assert again.labels == [None, "right"] and not again.is_right.any() and len(again) == 2
    assert again.is_known.tolist() == [False, True]
