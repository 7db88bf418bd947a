"""``compare``, and what a model decides by."""

import json
from dataclasses import replace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.cli import compare
from microbit_ml.cli.evaluate import importance
from microbit_ml.deploy.costs import Cost
from microbit_ml.evaluate.comparison import NETWORK, ONE_LAYER, Comparison, Method
from microbit_ml.metrics import score
from microbit_ml.recordings import Dataset

TRUTH = ["shake"] * 6 + ["still"] * 6 + ["twist"] * 6


def method(name, wrong, v1, n_bytes, fits_v1=True, layers=()):
    said = ["twist" if i in wrong else label for i, label in enumerate(TRUTH)]
    cost = Cost(n_bytes, {"v1": v1, "v2": v1 // 2}, layers=layers)
    return Method(name, said, score(TRUTH, said), cost, fits_v1)


def made_up(network_wrong):
    """Methods with made-up answers; the fewer the network gets wrong, the better it looks."""
    methods = (
        method("decision tree", range(10), 60, 100),
        method("logistic regression", [0], 2000, 600, layers=(54, 3)),
        method("3 nearest neighbours", [0, 7], 30_000, 7000, fits_v1=False),
        method(NETWORK, network_wrong, 5000, 2000, layers=(54, 16, 4)),
        method(ONE_LAYER, [0, 1], 1900, 900, layers=(54, 4)),
    )
    return Comparison(TRUTH, np.arange(18) % 3, methods, {NETWORK: 0.1, ONE_LAYER: 0.2})


@pytest.fixture
def answers(monkeypatch):
    """``answers(comparison)``: what ``compare`` finds out."""
    return lambda result: monkeypatch.setattr(compare, "compare", lambda *_: (result, None))


def test_a_simpler_one_wins(cli, golden, gestures, answers):
    answers(made_up([0, 1, 2]))
    golden("compare", cli("compare", "gestures", "--folds", "3").transcript)
    golden("compare-json", cli("compare", "gestures", "--folds", "3", "--json").transcript)


def test_the_network_wins(cli, golden, gestures, answers):
    answers(made_up([]))
    golden("compare-network", cli("compare", "gestures").transcript)


def test_the_network_is_behind_something_larger(cli, gestures, answers):
    large = method("3 nearest neighbours", [], 30_000, 65_535, fits_v1=False)
    network = method(NETWORK, range(9), 5000, 2000)
    answers(Comparison(TRUTH, np.arange(18) % 3, (large, network), {NETWORK: 0.1}))
    out = " ".join(cli("compare", "gestures").out.split())
    assert (
        "3 nearest neighbours got 9 recordings more right than the network (p = 0.004: hardly by "
        "chance), but takes more of a board."
    ) in out
    assert "nothing is simpler" not in out
    assert "Significantly worse: network." in out
    assert "Choose: 3 nearest neighbours." in out
    assert "comes close enough; but it does not fit V1." in out
    larger = replace(large, cost=replace(large.cost, n_bytes=65_536))
    answers(Comparison(TRUTH, np.arange(18) % 3, (larger, network), {NETWORK: 0.1}))
    out = " ".join(cli("compare", "gestures").out.split())
    assert "comes close enough; but it is too large for any micro:bit." in out


def test_a_p_that_is_almost_nothing():
    assert [compare._p(p) for p in (0.5, 0.001, 0.00099)] == ["0.500", "0.001", "< 0.001"]


def test_as_many_right_is_no_better(cli, gestures, answers):
    answers(made_up([5]))
    out = " ".join(cli("compare", "gestures").out.split())
    assert "logistic regression got as many recordings right as the network." in out
    assert "Choose: logistic regression. It is the most accurate" in out


def test_a_one_layer_network_is_chosen_when_it_knows_the_unknown_as_well(cli, gestures, answers):
    as_good = made_up([0, 1])
    answers(replace(as_good, taken_in={NETWORK: 0.1, ONE_LAYER: 0.11}))
    out = " ".join(cli("compare", "gestures").out.split())
    assert "by the network 10%, the one-layer network 11%." in out
    assert (
        'board choose: one-layer network. Train it with microbit-ml train DATASET --arch "" -o'
        in out
    )
    answers(replace(as_good, taken_in={NETWORK: 0.1, ONE_LAYER: 0.12}))
    out = " ".join(cli("compare", "gestures").out.split())
    assert "So for a board choose: network. Train it with microbit-ml train DATASET -o MODEL" in out


def test_a_network_of_one_layer_can_be_trained_as_the_advice_says(cli, gestures):
    outcome = cli("train", "gestures", "--arch", "", "-o", "one.mbml", "--steps", "30")
    assert outcome.code == 0
    assert mb.Model.load("one.mbml").network.layers == []


def test_compare_for_real(cli, gestures):
    outcome = cli("compare", "gestures", "--folds", "3", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    methods = report["methods"]
    assert (report["recordings"], report["folds"], len(methods)) == (18, 3, 7)
    assert report["most_frequent"] == {"label": "shake", "accuracy": pytest.approx(1 / 3)}
    assert all(one["accuracy"] >= 0.7 for one in methods.values())
    assert methods[report["best"]]["accuracy"] == max(one["accuracy"] for one in methods.values())
    assert methods[report["best"]]["against_best"]["p"] == 1
    assert not any(one["measured"] for one in methods.values())


@pytest.mark.slow
def test_measured_on_virtual_boards(gestures):
    model = mb.Model.load(gestures / "gestures.mbml")
    before = made_up([0])
    after = compare._measured(before, {NETWORK: model})
    by_name = {one.name: one.cost for one in after.methods}
    assert by_name["decision tree"] == before.methods[0].cost  # it is no layer
    for name in ("logistic regression", NETWORK):
        assert by_name[name].measured
        assert 0 < by_name[name].instructions["v2"] < by_name[name].instructions["v1"]
    # 54 inputs, 3 outputs: 4 are computed
    assert by_name["logistic regression"].instructions["v1"] == pytest.approx(1486, rel=0.03)


def test_what_cannot_be_compared_is_explained(cli, gestures):
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
    importance.print_importance(model, wrong)
    out = capsys.readouterr().out
    assert "group shuffled" in out
    assert "The other 44 features:" in out
    assert "Wrong: 1 recording:" in out
    assert 'twist/odd.csv: "shake"' in out


def test_features_of_one_recording(capsys, gestures):
    model = mb.Model.load(gestures / "gestures.mbml")
    (one, *others) = Dataset.load(gestures / "gestures").recordings
    importance.print_importance(model, [one])
    out = capsys.readouterr().out
    assert "group shuffled" not in out
    assert out.startswith(f'{one.path}: "shake", ')
    report = importance.importance_json(model, [one])
    assert list(report) == ["decisions"]
    (why,) = report["decisions"]
    assert set(why["contributions"]) == set(model.feature_names)
    lead, first = why["lead"], next(iter(why["contributions"]))
    assert f"{lead - why['contributions'][first]:,}" in next(
        line for line in out.splitlines() if line.startswith(first)
    )
    both = importance.importance_json(model, [one, *others])
    assert set(both["groups"]) == set(model.network.groups)
    assert set(both["features"]) == set(model.feature_names)
    assert both["decisions"] == []  # it is right about all of them
    odd = replace(one, label="twist")
    (wrong,) = importance.importance_json(model, [odd, *others])["decisions"]
    assert (wrong["recording"], wrong["best"]) == (odd.path, "shake")
    json.dumps(both)
