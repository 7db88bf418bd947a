"""Feature importance: which features matter to a model."""

from dataclasses import replace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError, ModelError
from microbit_ml.evaluate import importance
from microbit_ml.evaluate.importance import accuracies, explain, permutation_importance
from microbit_ml.quantize import input_rows


@pytest.fixture(scope="module")
def gestures():
    return mb.simulate(["shake", "still", "twist"], people=4, repeats=2, seed=4)


@pytest.fixture(scope="module")
def model(gestures):
    return mb.train(gestures, seed=0, steps=80, features=("tilt", "jerk", "magnitude"))


@pytest.fixture(scope="module")
def line(gestures):
    """A network without a hidden layer."""
    return mb.train(gestures, seed=0, steps=80, arch="", features=("tilt", "jerk"))


class FirstFeatureDecides:
    """A network that looks at the first feature alone: above 0 it is the second label."""

    def classify(self, rows):
        best = (rows[:, 0] > 0).astype(int)
        return np.stack([-rows[:, 0], rows[:, 0], 0 * rows[:, 0]], axis=1), best, best


def test_importance_by_hand(monkeypatch):
    """The first feature decides, and the second never does."""
    rows = np.array([[-5, 7], [-5, 8], [5, 9], [5, 1]])
    model = type("", (), {"network": FirstFeatureDecides()})()
    truth = np.array([0, 0, 1, 1])
    assert accuracies(model, rows[None], truth).tolist() == [1.0]
    first, second = np.array([rows, rows]), np.array([rows, rows])
    first[1, :, 0] = rows[[2, 0, 1, 3], 0]  # 5 -5 -5 5: two are wrong
    second[1, :, 1] = rows[[3, 2, 1, 0], 1]
    assert accuracies(model, first, truth).tolist() == [1.0, 0.5]
    assert accuracies(model, second, truth).tolist() == [1.0, 1.0]


def test_only_what_the_network_looks_at_matters(gestures, model):
    """With all weights of the inputs but those of jerk at 0, jerk alone matters."""
    layer = model.network.layers[0]
    names = model.feature_names
    is_jerk = np.array([name.endswith("_jerk") for name in names])
    masked = replace(layer, weights=np.where(is_jerk, layer.weights, 0).astype(np.int8))
    network = model.network.with_layers([masked, *model.network.layers[1:]])
    found = permutation_importance(replace(model, network=network), gestures, repeats=5)
    groups = {one.name: one for one in found.groups}
    assert groups["jerk"].loss > 0.2
    assert found.groups[0].name == "jerk"
    assert groups["tilt"].loss == groups["magnitude"].loss == 0
    features = {one.name: one.loss for one in found.features}
    assert set(features) == set(names)
    assert all(features[name] == 0 for name, one in zip(names, is_jerk) if not one)


def test_importance_equals_the_accuracy_lost_by_shuffling_by_hand(gestures, model):
    found = permutation_importance(model, gestures, repeats=3, seed=5)
    rows = input_rows(model.windows(gestures), model.network.groups)
    truth = np.array([model.labels.index(one.label) for one in gestures])
    rng = np.random.default_rng(5)
    after = []
    for order in [rng.permutation(len(rows)) for _ in range(3)]:
        shuffled = rows.copy()
        shuffled[:, :3] = rows[order, :3]  # tilt
        after.append((model.network.classify(shuffled)[1] == truth).mean())
    tilt = next(one for one in found.groups if one.name == "tilt")
    assert tilt.loss == pytest.approx(found.accuracy - np.mean(after))
    assert tilt.std == pytest.approx(np.std(after))
    assert found.accuracy == np.mean(np.array(model.predict(gestures).best) == [
        one.label for one in gestures
    ])  # fmt: skip


def test_the_same_seed_shuffles_alike(gestures, model):
    first, second = (permutation_importance(model, gestures, 2, seed=1) for _ in range(2))
    assert first.features == second.features


def test_labels_that_the_model_does_not_know_are_left_out(gestures, model):
    unknown = [replace(one, label="clap") for one in gestures]
    found = permutation_importance(model, [*gestures, *unknown], repeats=1)
    assert found.recordings == len(gestures)
    with pytest.raises(DataError, match="There are 0 recordings of labels that the model knows"):
        permutation_importance(model, unknown)


def test_a_contribution_is_the_lost_margin(gestures, model):
    recording = gestures.recordings[3]
    why = explain(model, recording)
    prediction = model.predict([recording])
    scores = np.sort(prediction.scores[0])
    assert why.best == prediction.best[0]
    assert why.margin == scores[-1] - scores[-2]
    one = why.contributions[0]
    index = model.feature_names.index(one.feature.name)
    row = prediction.features[0].copy()
    assert (one.value, one.average) == (row[index], model.network.stages[0].center[index])
    row[index] = one.average
    best = model.labels.index(why.best)
    after = model.network.classify(row[None])[0][0, :-1]
    assert one.contribution == why.margin - (after[best] - np.delete(after, best).max())
    sizes = [abs(other.contribution) for other in why.contributions]
    assert sizes == sorted(sizes, reverse=True)


def test_without_a_hidden_layer_a_contribution_is_weight_times_feature(gestures, line):
    """margin = (w_best - w_runner_up) . x: a feature contributes its term, up to rounding."""
    recording = gestures.recordings[0]
    why = explain(line, recording)
    best, runner_up = line.labels.index(why.best), line.labels.index(why.runner_up)
    network = line.network
    x = network.stages[0].apply(input_rows(line.windows([recording]), network.groups))[0]
    dense = network.stages[-1]
    factor = dense.multiplier / 2.0**dense.shift
    weights = dense.weights * factor[:, None]
    others = {c: (weights[best] - weights[c]) * x for c in range(len(line.labels)) if c != best}
    for one in why.contributions:
        index = line.feature_names.index(one.feature.name)
        # without the feature, another label may be the runner-up
        margins = [total.sum() - total[index] for total in others.values()]
        bias = [(dense.bias[best] * factor[best] - dense.bias[c] * factor[c]) for c in others]
        after = min(np.add(margins, bias))
        margin = others[runner_up].sum() + dense.bias[best] * factor[best] - (
            dense.bias[runner_up] * factor[runner_up]
        )  # fmt: skip
        assert one.contribution == pytest.approx(margin - after, abs=4)


def test_a_network_that_sees_the_raw_window_has_no_features(gestures, model):
    raw = replace(model, network=replace(model.network, groups=()))
    for ask in (lambda: explain(raw, gestures.recordings[0]),
                lambda: permutation_importance(raw, gestures)):  # fmt: skip
        with pytest.raises(ModelError, match="sees the raw window"):
            ask()


def test_shuffles_can_be_too_few(gestures, model):
    with pytest.raises(DataError, match="0 shuffles"):
        permutation_importance(model, gestures, repeats=0)
    assert importance.REPEATS >= 1
