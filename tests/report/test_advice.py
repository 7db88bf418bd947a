"""Each piece of advice has a data set that must get it, and one good data set gets none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.evaluate.problems import find_problems
from microbit_ml.metrics import Evaluation
from microbit_ml.metrics.evaluation_file import pack
from microbit_ml.report import Evidence, advise
from microbit_ml.training.prepare import as_recordings

GESTURES = ["circle", "shake", "still"]


@pytest.fixture(scope="module")
def data():
    return mb.simulate(GESTURES, people=4, repeats=4)


@pytest.fixture(scope="module")
def model(data):
    return mb.train(data, steps=150)


def relabelled(data, label_of):
    labels = [label_of(i, one) for i, one in enumerate(data)]
    return replace(data, recordings=as_recordings(data.recordings, labels))


def by(data, person_of):
    people = [person_of(i, one) for i, one in enumerate(data)]
    return replace(data, recordings=as_recordings(data.recordings, subjects=people))


def cross_validated(model, data, best=None, held_out_by="person", sure=None, **changes):
    """Evidence of the model as if it had been cross-validated on ``data`` with these predictions.

    best: the top-1 class of each recording of data; None: the right one; sure: its probability,
    of each; changes: other fields of the model.
    """
    truth = np.array([model.labels.index(one.label) for one in data])
    predicted = truth if best is None else np.array([model.labels.index(one) for one in best])
    real = changes.pop("best_float", None)
    held = Evaluation(
        names=tuple(model.labels),
        truth_index=truth,
        best_index=predicted,
        best_float_index=(
            predicted if real is None else np.array([model.labels.index(one) for one in real])
        ),
        confidence=np.full(len(data), 5),
        probability=(
            np.full(len(data), float((predicted == truth).mean()))
            if sure is None
            else np.array(sure)
        ),
        probability_float=np.full(len(data), np.nan),
        fold=np.arange(len(data)) % 4,
        n_models=4,
        subjects=[one.subject for one in data],
        digests=[one.digest for one in data],
    )
    counts = {label: sum(one.label == label for one in data) for label in model.labels}
    provenance = {
        **model.provenance,
        "recordings": sorted({one.digest for one in data}),
        "subjects": data.subjects,
        "counts": counts,
    }
    packed = pack(held, provenance["recordings"], provenance["subjects"])
    metrics = {**model.metrics, "held_out_by": held_out_by, "held_out": packed}
    changed = replace(
        model, **{"metrics": metrics, "provenance": provenance, "history": {}, **changes}
    )
    return Evidence.of(Path("model.mbml"), changed, data, "gestures")


def kinds(evidence):
    return [one.kind for one in advise(evidence)]


def only(evidence, kind):
    """The text of the one piece of advice, which must be of this kind."""
    (advice,) = advise(evidence)
    assert advice.kind == kind
    return advice.text


def taken_for(data, changes):
    """What the recordings were taken for: changes {(label, how many): other label}, else right."""
    best = [one.label for one in data]
    for (label, n), other in changes.items():
        for i in [i for i, one in enumerate(data) if one.label == label][:n]:
            best[i] = other
    return best


def test_a_good_model_gets_none_though_a_strong_shake_is_clipped(data, model):
    assert any("clipped" in problem for problem in find_problems(data))
    assert advise(Evidence.of(Path("model.mbml"), model, data, "gestures")) == []
    assert advise(cross_validated(model, data)) == []


def test_a_model_without_an_evaluation_should_be_trained_again(data, model):
    old = replace(model, metrics={}, history={})
    assert "Train the model again" in only(Evidence("m.mbml", old), "old")


def test_recordings_that_came_later(data, model):
    later = mb.simulate(["shake"], people=1, repeats=2, seed=4)
    grown = replace(data, recordings=[*data, *later])
    text = only(Evidence.of(Path("m.mbml"), model, grown, "gestures"), "changed")
    assert "2 recordings were added after training" in text


def test_recordings_that_got_another_label(data, model):
    moved = relabelled(data, lambda i, one: "still" if i == 0 else one.label)
    evidence = Evidence.of(Path("m.mbml"), model, moved, "gestures")
    advice = {one.kind: one.text for one in advise(evidence)}
    assert "1 recording got another label" in advice["changed"]


def test_the_same_recording_under_two_labels_was_not_relabelled(data, model):
    twice = replace(data, recordings=[*data, *as_recordings([data.recordings[0]], ["still"])])
    assert "changed" not in kinds(cross_validated(model, twice))


def test_something_wrong_with_the_recordings(data, model):
    boards = [
        mb.Recording(one.samples, one.label, one.time_ms, one.subject, one.name, board)
        for one, board in zip(data, ["V1", "V2"] * 24)
    ]
    text = only(cross_validated(model, replace(data, recordings=boards)), "problems")
    assert "1 possible problem is listed" in text


def test_few_recordings_name_the_label_and_their_number(data, model):
    few = data.subset(lambda one: one.label != "still" or one.subject == "person-01")
    evidence = cross_validated(model, few, held_out_by="recording")
    assert "“still” (4)" in only(evidence, "few")
    assert "circle" not in only(evidence, "few")


def test_one_label_has_many_more(data, model):
    many = mb.simulate(["shake"], people=4, repeats=13)
    uneven = replace(data, recordings=[*(one for one in data if one.label != "shake"), *many])
    text = only(cross_validated(model, uneven), "uneven")
    assert "16" in text and "52" in text and "“shake”" in text


def test_no_recording_says_who_made_it(data, model):
    text = only(
        cross_validated(model, by(data, lambda i, one: ""), held_out_by="recording"),
        "people not noted",
    )
    assert "--subject" in text


def test_some_recordings_do_not_say_who_made_them(data, model):
    some = by(data, lambda i, one: "" if i < 3 else one.subject)
    text = only(cross_validated(model, some, held_out_by="recording"), "people not noted")
    assert "3 recordings do not say" in text


def test_one_person_made_everything(data, model):
    text = only(
        cross_validated(model, by(data, lambda i, one: "Ann"), held_out_by="recording"),
        "one person",
    )
    assert "by Ann" in text


def test_two_people_are_few(data, model):
    pair = by(data, lambda i, one: "Ann" if one.subject < "person-03" else "Ben")
    assert "Ann and Ben" in only(
        cross_validated(model, pair, held_out_by="recording"), "few people"
    )


def test_not_everyone_made_every_gesture(data, model):
    evidence = cross_validated(model, data, held_out_by="recording")
    assert "every gesture" in only(evidence, "not everyone")


def test_a_person_whose_recordings_are_wrong_more_often(data, model):
    best = [one.label for one in data]
    wrong = {"circle": "shake", "shake": "still", "still": "circle"}
    for i, one in enumerate(data):
        if one.subject == "person-02" and one.name.endswith("1"):
            best[i] = wrong[one.label]
    evidence = cross_validated(model, data, best)
    assert sum(a != one.label for a, one in zip(best, data)) == 3
    assert kinds(evidence) == []  # 9 of 12 is not far from 45 of 48
    for i, one in enumerate(data):
        if one.subject == "person-02" and one.name.endswith(("1", "2")):
            best[i] = wrong[one.label]
    advice = {one.kind: one.text for one in advise(cross_validated(model, data, best))}
    assert "person-02" in advice["hard person"] and "6 of 12" in advice["hard person"]


def test_two_gestures_that_are_alike_are_named_with_their_number(data, model):
    evidence = cross_validated(
        model, data, taken_for(data, {("circle", 2): "still", ("still", 1): "circle"})
    )
    text = only(evidence, "alike")
    assert "“circle”" in text and "“still”" in text and "3 of their 32" in text


def test_one_mistake_makes_nothing_alike(data, model):
    assert advise(cross_validated(model, data, taken_for(data, {("circle", 1): "shake"}))) == []


def test_a_gesture_that_is_taken_for_many_others():
    gestures = [*GESTURES, "wave", "twist"]
    data = mb.simulate(gestures, people=4, repeats=4)
    model = mb.train(data, steps=20, copies=1, negatives=50)
    best = [one.label for one in data]
    own = [i for i, one in enumerate(data) if one.label == "wave"]
    for i, other in zip(own[::4], ["circle", "shake", "still", "twist"]):
        best[i] = other
    advice = {one.kind: one.text for one in advise(cross_validated(model, data, best))}
    assert "“wave”" in advice["hard"] and "12 of 16" in advice["hard"]
    assert "alike" not in advice


def test_a_clipped_gesture_that_is_hard(data, model):
    evidence = cross_validated(model, data, taken_for(data, {("shake", 2): "circle"}))
    assert "“shake”" in only(evidence, "clipped")


def test_a_held_out_loss_that_rises_again(data, model):
    losses = {"step": [0, 7, 14], "training": [1.0, 0.5, 0.2], "validation": [1.0, 0.5, 0.7]}
    assert "--early-stopping" in only(cross_validated(model, data, history=losses), "overfitted")
    little = {**losses, "validation": [1.0, 0.5, 0.6]}
    assert advise(cross_validated(model, data, history=little)) == []


def test_overconfident_and_underconfident(data, model):
    more = mb.simulate(GESTURES, people=4, repeats=5)
    best = taken_for(more, {("circle", 1): "shake", ("shake", 1): "still", ("still", 1): "circle"})
    over = cross_validated(model, more, best, sure=[0.99] * 30 + [0.999] * 30)
    assert advise(over) == []  # right in 95 %
    modest = only(cross_validated(model, more, sure=[0.7] * 60), "uncalibrated")
    assert "underconfident" in modest and "70%" in modest
    worse = taken_for(more, {("circle", 3): "shake", ("shake", 3): "still", ("still", 3): "circle"})
    advice = {
        one.kind: one.text for one in advise(cross_validated(model, more, worse, sure=[0.99] * 60))
    }
    assert "overconfident" in advice["uncalibrated"]


def test_random_movements_are_taken_for_gestures(data, model):
    lax = replace(model, network=model.network.with_threshold(20))
    evidence = Evidence.of(Path("model.mbml"), lax, data, "gestures")
    assert 0.2 < evidence.false_accept_rate < 0.6
    assert "random movements" in only(evidence, "unknown")
    most = max(GESTURES, key=evidence.negative_predictions.count)
    assert f"“{most}”" in only(evidence, "unknown")


def test_whole_numbers_that_lose_accuracy(data, model):
    best = taken_for(data, {("circle", 1): "shake", ("still", 1): "shake"})
    right = [one.label for one in data]
    text = only(cross_validated(model, data, best, best_float=right), "integers")
    assert "2 fewer recordings" in text


def test_a_model_too_large_for_a_v1(data):
    large = mb.train(data, arch="48", steps=150)
    advice = {one.kind: one.text for one in advise(cross_validated(large, data))}
    assert "V1" in advice["board"] and f"{large.heap_bytes():,}" in advice["board"]


def test_what_matters_most_comes_first(data, model):
    few = by(data.subset(lambda one: one.name.endswith("1")), lambda i, one: "Ann")
    assert kinds(cross_validated(model, few, held_out_by="recording"))[:2] == ["few", "one person"]


def test_names_with_marks_stay_as_they_are(data):
    odd = relabelled(data, lambda i, one: {"shake": "**s**"}.get(one.label, one.label))
    model = mb.train(odd, steps=20, copies=1, negatives=50)
    best = [{"circle": "**s**"}.get(one.label, one.label) for one in odd]
    advice = {one.kind: one.text for one in advise(cross_validated(model, odd, best))}
    assert r"“\*\*s\*\*”" in advice["alike"]
