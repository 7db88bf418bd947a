"""``compare``, and which features matter to a model."""

import json
from dataclasses import replace

import pytest
from synthetic_comparison import made_up

import microbit_ml as mb
from microbit_ml.cli import compare
from microbit_ml.cli.evaluate.importance import print_importance
from microbit_ml.evaluate.comparison import METHODS, compared_kinds
from microbit_ml.evaluate.importance import importance_json
from microbit_ml.recordings import Dataset


@pytest.fixture
def answers(monkeypatch):
    """``answers(comparison)`` makes ``compare`` return this comparison."""
    return lambda result: monkeypatch.setattr(compare, "compare", lambda *_: (result, None))


def test_a_simpler_one_wins(cli, golden, gestures, answers):
    answers(made_up([0, 1, 2]))
    golden("compare", cli("compare", "gestures", "--folds", "3").transcript)
    golden("compare-json", cli("compare", "gestures", "--folds", "3", "--json").transcript)


def test_the_network_wins(cli, golden, gestures, answers):
    answers(made_up([]))
    golden("compare-network", cli("compare", "gestures").transcript)


def test_a_network_of_one_layer_can_be_trained_as_the_advice_says(cli, gestures):
    outcome = cli("train", "gestures", "--arch", "", "-o", "one.mbml", "--steps", "30")
    assert outcome.code == 0
    assert mb.Model.load("one.mbml").network.layers == []


def test_compare_for_real(cli, gestures):
    outcome = cli("compare", "gestures", "--folds", "3", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    methods = report["methods"]
    assert (report["recordings"], report["folds"]) == (18, 3)
    assert set(methods) == {*METHODS, *compared_kinds()}
    assert report["most_frequent"] == {"label": "shake", "accuracy": pytest.approx(1 / 3)}
    assert all(one["accuracy"] >= 0.7 for one in methods.values())
    assert methods[report["best"]]["accuracy"] == max(one["accuracy"] for one in methods.values())
    assert methods[report["best"]]["against_best"]["p"] == 1
    assert not any(one["measured"] for one in methods.values())


def test_an_impossible_comparison_is_explained(cli, gestures):
    assert (
        'too few recordings of "shake" for 9 folds'
        in cli("compare", "gestures", "--folds", "9").err
    )
    outcome = cli("compare", "nowhere")
    assert (outcome.code, outcome.out) == (1, "")


def test_features_of_several_recordings(capsys, gestures):
    model = mb.Model.load(gestures / "gestures.mbml")
    data = Dataset.load(gestures / "gestures").recordings
    wrong = [*data[1:], replace(data[0], label="twist", name="odd")]
    print_importance(model, wrong)
    out = capsys.readouterr().out
    assert "group shuffled" in out
    assert "The other 44 features:" in out
    assert "Wrong: 1 recording:" in out
    assert 'twist/odd.csv: "shake"' in out


def test_features_of_one_recording(capsys, gestures):
    model = mb.Model.load(gestures / "gestures.mbml")
    (one, *others) = Dataset.load(gestures / "gestures").recordings
    print_importance(model, [one])
    out = capsys.readouterr().out
    assert "group shuffled" not in out
    assert out.startswith(f'{one.path}: "shake", ')
    report = importance_json(model, [one])
    assert list(report) == ["decisions"]
    (why,) = report["decisions"]
    assert set(why["contributions"]) == set(model.feature_names)
    margin, first = why["margin"], next(iter(why["contributions"]))
    assert f"{margin - why['contributions'][first]:,}" in next(
        line for line in out.splitlines() if line.startswith(first)
    )
    both = importance_json(model, [one, *others])
    assert set(both["groups"]) == set(model.network.groups)
    assert set(both["features"]) == set(model.feature_names)
    assert both["decisions"] == []  # it is right about all of them
    odd = replace(one, label="twist")
    (wrong,) = importance_json(model, [odd, *others])["decisions"]
    assert (wrong["recording"], wrong["top_1"]) == (odd.path, "shake")
    json.dumps(both)
