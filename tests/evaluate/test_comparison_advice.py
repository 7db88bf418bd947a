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
    assert "Choose: 3 nearest neighbours." in out
    assert "comes close enough (within 1%). But it does not fit V1." in out
    larger = replace(large, footprint=replace(large.footprint, n_bytes=65_536))
    out = text_of(Comparison(TRUTH, np.arange(18) % 3, (larger, network), {NETWORK: 0.1}))
    assert "comes close enough (within 1%). But it is too large for any micro:bit." in out


def test_a_tiny_p():
    assert [short_p(p) for p in (0.5, 0.001, 0.00099)] == ["0.500", "0.001", "< 0.001"]


def test_as_many_right_is_no_better():
    out = text_of(made_up([5]))
    assert "logistic regression got as many recordings right as the network." in out
    assert "Choose: logistic regression. It is the most accurate" in out


def test_a_one_layer_network_is_chosen_when_it_rejects_the_unknown_as_well():
    as_good = made_up([0, 1])
    out = text_of(replace(as_good, false_accept_rates={NETWORK: 0.1, ONE_LAYER: 0.11}))
    assert "random movements (false-accept rate): network 10%, one-layer network 11%." in out
    assert (
        "board, choose: one-layer network. Train it with microbit-ml train DATASET "
        "--kind one_layer -o" in out
    )
    out = text_of(replace(as_good, false_accept_rates={NETWORK: 0.1, ONE_LAYER: 0.12}))
    assert (
        "So for a board, choose: network. Train it with microbit-ml train DATASET -o MODEL" in out
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
