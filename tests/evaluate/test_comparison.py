"""The network compared with simpler methods: which fold tests what, and which is chosen."""

from dataclasses import replace

import numpy as np
import pytest
from real_data import shared_data

import microbit_ml as mb
from microbit_ml.deploy.footprint import Footprint
from microbit_ml.evaluate import comparison
from microbit_ml.evaluate.comparison import (
    METHODS,
    NETWORK,
    Comparison,
    Method,
    compare,
    compared_kinds,
    cross_predict,
    features_of_recordings,
    scaler,
)
from microbit_ml.features import GROUP_NAMES
from microbit_ml.metrics import score
from microbit_ml.quantize.float_model import within_class_scale
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.training.kinds import OneLayerKind

ONE_LAYER = OneLayerKind.TITLE

TRUTH = ["tap", "wave"] * 100


def method(name, wrong, v1, n_bytes=1000, fits_all=True):
    """A method that gets the recordings numbered in ``wrong`` wrong."""
    other = {"tap": "wave", "wave": "tap"}
    predicted = [other[true] if i in set(wrong) else true for i, true in enumerate(TRUTH)]
    footprint = Footprint(n_bytes, {"v1": v1, "v2": v1 // 2})
    return Method(name, predicted, score(TRUTH, predicted), footprint, fits_all)


def compared(*methods):
    return Comparison(TRUTH, np.arange(200) % 5, methods, {NETWORK: 0.1, ONE_LAYER: 0.1})


def test_the_best_is_the_most_accurate_and_in_a_tie_the_cheapest():
    network, large, small = method(NETWORK, [1], 500), method("y", [2], 400), method("x", [3], 9)
    assert compared(network, large, small).best is small
    assert compared(method(NETWORK, [], 500), large, small).best.name == NETWORK


def test_a_simpler_method_that_is_about_as_good_is_chosen():
    network = method(NETWORK, [1], 5000, 2000)
    near = method("near", [4, 5, 6], 50)  # b = 3, c = 1: p = 0.63
    result = compared(network, near)
    assert result.test(network, near).p == pytest.approx(0.625)
    assert (result.best, result.cheapest) == (network, near)
    assert result.simpler == [near]


def test_not_significantly_worse_is_not_enough_when_it_is_right_much_less_often():
    network = method(NETWORK, [], 5000)
    worse = method("worse", range(3), 50)  # 1.5 % worse, p = 2 / 2**3 = 0.25
    result = compared(network, worse)
    assert not result.worse(worse)
    assert result.cheapest is network
    close = method("close", range(2), 50)  # 1 % worse
    assert compared(network, close).cheapest is close


def test_significantly_worse_is_never_chosen():
    # only the first gets 12 right, only the second gets 2 right: p = 0.013
    network, worse = method(NETWORK, [0, 1], 5000), method("worse", range(2, 14), 50)
    result = compared(network, worse)
    assert result.test(network, worse).p == pytest.approx(2 * (1 + 14 + 91) / 2**14)
    assert result.worse(worse)
    assert not result.worse(network)
    assert result.cheapest is network


def test_a_method_that_does_not_fit_v1_is_not_preferred():
    network, large = method(NETWORK, [1, 2], 5000), method("large", [1], 4000, fits_all=False)
    assert compared(network, large).cheapest is network
    only = compared(method(NETWORK, range(90), 5000), large)
    assert only.cheapest is large  # nothing else comes close


def test_for_a_board_a_network_is_chosen():
    tree = method("tree", [], 50)
    network, one_layer = method(NETWORK, [1], 5000), method(ONE_LAYER, [2, 3], 2000)
    result = compared(tree, network, one_layer)
    assert (result.cheapest, result.choice) == (tree, one_layer)
    worse = method(ONE_LAYER, range(2, 15), 2000)
    assert compared(tree, network, worse).choice is network


def test_no_network_with_more_false_accepts_is_chosen():
    network, one_layer = method(NETWORK, [1], 5000), method(ONE_LAYER, [1], 2000)
    result = compared(network, one_layer)
    assert result.choice is one_layer
    assert replace(result, false_accept_rates={NETWORK: 0.1, ONE_LAYER: 0.11}).choice is one_layer
    careless = replace(result, false_accept_rates={NETWORK: 0.1, ONE_LAYER: 0.12})
    assert (careless.cheapest, careless.choice) == (one_layer, network)
    worse = compared(network, method(ONE_LAYER, range(2, 15), 2000))
    careful = replace(worse, false_accept_rates={NETWORK: 0.2, ONE_LAYER: 0.1})
    assert careful.choice is network  # it is right more often


def test_the_most_frequent_label():
    result = Comparison(["tap", "wave", "wave"], np.zeros(3, int), (), {})
    assert result.most_frequent == ("wave", 2)


def test_each_row_is_predicted_once_by_a_method_that_has_not_seen_it():
    rows = np.arange(12.0)[:, None] + np.zeros(54)
    truth, fold = ["a", "b"] * 6, np.arange(12) // 2 % 3
    fitted, tested = [], []

    class Spy:
        def fit(self, features, labels):
            fitted.append((len(features), list(labels)))
            return self

        def predict(self, features):
            tested.append(features[:, 0])
            return np.array(["a"] * len(features))

    assert cross_predict(Spy, rows, truth, fold) == ["a"] * 12
    assert [n for n, _ in fitted] == [8, 8, 8]
    for k, features in enumerate(tested):  # scaled by the training rows
        scale = scaler(rows[fold != k], np.array(truth)[fold != k])
        np.testing.assert_allclose(features, scale.apply(rows[fold == k])[:, 0])


def test_features_are_scaled_by_their_deviation_within_a_label():
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 300, (40, 54)).round()
    labels = np.array(["tap", "wave"] * 20)
    fitted = scaler(rows, labels)
    np.testing.assert_allclose(fitted.mean, np.floor(rows.mean(axis=0) + 0.5))
    residual = np.vstack([rows[labels == one] - rows[labels == one].mean(axis=0)
                          for one in ("tap", "wave")])  # fmt: skip
    within = np.sqrt((residual**2).mean(axis=0))
    expected = 2 * within + 1.6 * 50  # x_mean is in counts: its floor is 50
    assert fitted.scale[0] == pytest.approx(expected[0], rel=0.03)
    with_negative = within_class_scale(
        np.vstack([rows, rows[:1]]), np.append(labels == "wave", 2), GROUP_NAMES
    )
    assert with_negative[0] == pytest.approx(expected[0])


@pytest.fixture(scope="module")
def simulated():
    data = mb.simulate(["shake", "still", "twist"], people=3, repeats=3, seed=4)
    steps = []
    result, models = compare(data, 3, seed=1, progress=lambda *step: steps.append(step))
    return data, result, models, steps


def test_every_method_learns_simulated_gestures(simulated):
    data, result, models, steps = simulated
    assert [one.name for one in result.methods] == [*METHODS, *compared_kinds()]
    assert result.truth == [recording.label for recording in data]
    for one in result.methods:
        assert len(one.predicted) == len(data)
        assert one.scores.accuracy >= 0.8, one.name
        assert one.footprint.n_bytes > 0
    n_features = len(models[NETWORK].feature_names)
    assert result.network.footprint.n_bytes == len(models[NETWORK].device_bytes())
    assert result.network.footprint.layers == (n_features, 16, 4)
    accepted = [one["false_accept_rate"] for one in models[ONE_LAYER].metrics["false_accept_rates"]]
    assert result.false_accept_rates[ONE_LAYER] == accepted[1]  # of 0.9, 0.95 and 0.99
    by_name = {one.name: one for one in result.methods}
    assert by_name[ONE_LAYER].footprint.layers == (n_features, 4)
    done = [percent for percent, _, _ in steps]
    assert (done, done[-1]) == (sorted(done), 100)
    kinds = list(compared_kinds())
    every = [*kinds, *(f"{name} on all data" for name in kinds), *METHODS, "done"]
    assert {what for _, _, what in steps} == set(every)


def test_all_methods_have_the_folds_of_the_network(simulated):
    data, result, _, _ = simulated
    assert (result.fold == comparison.cross_validate(data, 3, 1).fold).all()
    rows = features_of_recordings(data)
    again = cross_predict(METHODS["decision tree"], rows, result.truth, result.fold)
    assert result.methods[0].predicted == again


def test_nearest_neighbours_outgrow_v1(simulated):
    """Every recording takes 62 bytes: a hundred of them are more than V1 has."""
    _, result, models, _ = simulated
    model = models[NETWORK]
    overhead = model.heap_bytes() - len(model.device_bytes())
    near = comparison.neighbours_footprint(54, 100, model.labels)
    assert not Method.of("near", TRUTH, list(TRUTH), near, overhead).fits_all
    assert result.network.fits_all


def test_real_recordings():
    data = read_source(shared_data("createai_wand.npz"))
    result, _ = compare(data)
    by_name = {one.name: one.scores.accuracy for one in result.methods}
    assert by_name["logistic regression"] >= 0.95
    assert by_name[NETWORK] >= 0.95
    assert by_name[ONE_LAYER] >= 0.9
    assert by_name["nearest centroid"] < by_name["logistic regression"]
    assert min(by_name.values()) > result.most_frequent[1] / len(result.truth) + 0.5
