"""The sentences about a comparison, and instructions counted on virtual boards."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic_comparison import ONE_LAYER, TRUTH, made_up, method

import microbit_ml as mb
from microbit_ml.evaluate.comparison import NETWORK, Comparison
from microbit_ml.evaluate.comparison_advice import advice, short_p
from microbit_ml.evaluate.comparison_measured import measured


def text_of(comparison):
    """All sentences in one line."""
    return " ".join(" ".join(advice(comparison)).split())


def test_a_larger_method_beats_the_network():
    large = method("3 nearest neighbours", [], 30_000, 65_535, fits_all=False)
    network = method(NETWORK, range(9), 5000, 2000)
    out = text_of(Comparison(TRUTH, np.arange(18) % 3, (large, network), {NETWORK: 0.1}))
    assert (
        "3 nearest neighbours got 9 more recordings right than the network (p = 0.004: hardly by "
        "chance), but needs more memory or time on the board."
    ) in out
    assert "nothing is simpler" not in out
    assert "Significantly worse: network." in out
    assert "Choose: network." in out
    assert "3 nearest neighbours got more recordings right, but can't go on a board." in out


def test_a_choice_that_is_too_large_is_named_with_what_it_does_not_fit():
    network = method(NETWORK, [], 5000, 20_000, fits_all=False)
    out = text_of(Comparison(TRUTH, np.arange(18) % 3, (network,), {NETWORK: 0.1}))
    why = "It is the most accurate that can go on a board, and none is simpler."
    assert f"Choose: network. {why}" in out
    assert "But it does not fit V1." in out
    larger = replace(network, footprint=replace(network.footprint, n_bytes=65_536))
    out = text_of(Comparison(TRUTH, np.arange(18) % 3, (larger,), {NETWORK: 0.1}))
    assert "none is simpler. But it is too large for any micro:bit." in out


def test_a_tiny_p():
    assert [short_p(p) for p in (0.5, 0.001, 0.00099)] == ["0.500", "0.001", "< 0.001"]


def test_as_many_right_is_no_better():
    out = text_of(made_up([5]))
    assert "logistic regression got as many recordings right as the network." in out
    assert "Choose: network. It is the most accurate that can go on a board, and no simpler" in out
    assert "Logistic regression needs fewer instructions, but can't go on a board." in out


def test_a_one_layer_network_is_chosen_when_it_rejects_the_unknown_as_well():
    as_good = made_up([0, 1])
    out = text_of(replace(as_good, false_accept_rates={NETWORK: 0.1, ONE_LAYER: 0.11}))
    assert "random movements (false-accept rate): network 10%, one-layer network 11%." in out
    assert "Choose: one-layer network (train with --kind one_layer). It " in out
    out = text_of(replace(as_good, false_accept_rates={NETWORK: 0.1, ONE_LAYER: 0.12}))
    assert (
        "Choose: network. It gives a name to fewer random movements than the one-layer network, "
        "which is about as accurate." in out
    )


def test_of_several_the_simplest_that_rejects_the_unknown_as_well_is_chosen():
    methods = (
        method(NETWORK, [], 5000, 2000),
        method(ONE_LAYER, [], 1900, 900),
        method("decision tree", [], 600, 700),
    )
    rates = {NETWORK: 0.1, ONE_LAYER: 0.1, "decision tree": 0.3}
    out = text_of(Comparison(TRUTH, np.arange(18) % 3, methods, rates))
    assert (
        "Choose: one-layer network (train with --kind one_layer). It gives a name to fewer random "
        "movements than the decision tree, which is about as accurate." in out
    )


@pytest.mark.slow
def test_measured_on_virtual_boards():
    data = mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)
    before = made_up([0])
    steps = []
    model = mb.train(data, seed=0, steps=60)
    after = measured(before, {NETWORK: model}, lambda *step: steps.append(step))
    assert steps[-1][:2] == (6, 6)  # three sizes on two boards
    by_name = {one.name: one.footprint for one in after.methods}
    assert by_name["decision tree"] == before.methods[0].footprint  # it has no layers
    for name in ("logistic regression", NETWORK):
        assert by_name[name].measured
        assert 0 < by_name[name].instructions["v2"] < by_name[name].instructions["v1"]
    # 54 inputs, 3 outputs: 4 are computed
    assert by_name["logistic regression"].instructions["v1"] == pytest.approx(1486, rel=0.03)
