"""Model files with a right checksum and wrong content: a ModelError when they are loaded."""

import copy

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import ModelError
from microbit_ml.model import file as model_file

GONE = object()


@pytest.fixture(scope="module")
def parts():
    data = mb.simulate(["shake", "still", "tap"], people=2, repeats=3, seed=1)
    model = mb.train(data, steps=10, copies=1, negatives=20)
    return model_file.unpack(model.to_bytes())


def test_what_is_sound_is_loaded(parts):
    assert mb.Model.from_bytes(model_file.pack(*parts)).labels == ["shake", "still", "tap"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("seed", -1, "seed is -1 instead of a whole number"),
        ("rate_hz", "fast", "rate_hz is 'fast' instead of samples a second"),
        ("rate_hz", 25.0, "on the board a sample takes 20 ms"),
        ("rate_hz", GONE, "it has no rate_hz"),
        ("people", [1], r"people is \[1\] instead of a list of texts"),
        ("digests", [], "people for 0 recordings"),
        ("inputs", 10**9, "1000000000 inputs instead of"),
        ("arch", "17", "parameters of"),
        ("gate_threshold", None, "gate_threshold is None"),
        ("history.training", [1.0], "1 losses for"),
        ("history.training", ["a"], "history.training"),
        ("history", [], "history is .. instead of an object"),
        ("metrics.held_out_accuracy", "good", "held_out_accuracy is 'good'"),
        ("metrics.held_out_accuracy", 1.5, "held_out_accuracy is 1.5"),
        ("metrics.held_out_by", 3, "held_out_by is 3"),
        ("metrics.false_accept_rates", [{}], "false_accept_rates"),
        ("metrics.false_accept_rates", 7, "false_accept_rates is 7"),
        ("metrics.held_out", [], "held_out is .. instead of an object"),
        ("metrics.held_out.truth", [0], "with|predictions of"),
        ("metrics.held_out.best", [0, 1], "held_out.best is not a list of"),
        ("metrics.held_out.fold_models", 10**6, "1000000 fold models"),
        ("metrics.held_out.confidence", GONE, "held_out.confidence is not a list"),
        ("provenance.settings.kind", ["network"], "settings.kind is"),
        ("provenance.settings", "none", "settings is 'none'"),
        ("provenance.counts", {"shake": "many"}, "counts is"),
        ("provenance.shifts", {"shake": 1.5}, "shifts is"),
        ("provenance.recordings", [None], "recordings is"),
        ("provenance.subjects", {}, "subjects is"),
    ],
)
def test_facts_that_make_no_sense(parts, path, value, message):
    description, arrays = copy.deepcopy(parts)
    *way, last = path.split(".")
    holder = description
    for name in way:
        holder = holder[name]
    if value is GONE:
        del holder[last]
    else:
        holder[last] = value
    with pytest.raises(ModelError, match=message) as caught:
        mb.Model.from_bytes(model_file.pack(description, arrays))
    assert "Train it again." in str(caught.value)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("mean", lambda a: a[:-1], "the array mean is"),
        ("scale", lambda a: a[None], "the array scale is"),
        ("parameters", lambda a: a[:1], "1 parameters of"),
        ("gate_projection", lambda a: a[:, :-1], "the array gate_projection is"),
        ("gate_centers", lambda a: a[:2], "the array gate_centers is"),
        ("gate_class_offsets", lambda a: a * np.nan, "a value that is no number"),
        ("replay_rows", lambda a: a[:, 1:], "the array replay_rows is"),
        ("replay_targets", lambda a: a + 5, "the array replay_targets goes from 5"),
        ("replay_recording", lambda a: a - 9, "the array replay_recording goes from -9"),
        ("replay_targets", lambda a: a[:-1], "the array replay_targets is"),
        ("replay_rows", lambda a: a.astype(float), "the array replay_rows is float64"),
        ("mean", None, "it has no array mean"),
    ],
)
def test_arrays_that_do_not_fit(parts, name, change, message):
    description, arrays = copy.deepcopy(parts)
    if change:
        arrays[name] = change(arrays[name])
    else:
        del arrays[name]
    with pytest.raises(ModelError, match=message):
        mb.Model.from_bytes(model_file.pack(description, arrays))


def test_the_model_bin_of_another_model_is_refused(parts):
    other = mb.train(
        mb.simulate(["shake", "still"], people=2, repeats=3, seed=2),
        steps=10, copies=1, negatives=20, features=("tilt", "rhythm"),
    )  # fmt: skip
    description, arrays = copy.deepcopy(parts)
    arrays["model.bin"] = np.frombuffer(other.device_bytes(), np.uint8)
    with pytest.raises(ModelError, match="cannot be used"):
        mb.Model.from_bytes(model_file.pack(description, arrays))
