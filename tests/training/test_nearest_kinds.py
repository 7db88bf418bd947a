"""The kinds ``centroid`` and ``knn``: what they learn, store and cost."""

from dataclasses import replace

import numpy as np
import pytest
from bare_kernels import CODE, BareKernels
from boards_memory import free_heap
from random_models import extreme_windows, random_windows
from tiers import tiers
from unicorn import UC_HOOK_CODE

import microbit_ml as mb
from microbit_ml.deploy.benchmark import network_footprint
from microbit_ml.errors import DataError, ModelError, SettingError
from microbit_ml.image.kernels import kernel_labels, kernels_in_flash
from microbit_ml.kinds import IntegerNearest
from microbit_ml.quantize import FORMS, NearestModel, Normaliser, input_rows, to_bytes
from microbit_ml.quantize.random_network import only_layers
from microbit_ml.report.nearest_section import neighbours
from microbit_ml.targets import TARGETS
from microbit_ml.training import Settings
from microbit_ml.training.cross_fitting import Split, train_and_test
from microbit_ml.training.kinds import KINDS

both = pytest.mark.parametrize("kind", ["centroid", "knn"])
RECORD = 4  # bytes of a record before its content


@pytest.fixture(scope="module")
def nine():
    """Simulated recordings of nine gestures, and a model of each kind."""
    data = mb.simulate(people=4, repeats=3, seed=2)
    return data, {kind: mb.train(data, kind=kind, seed=0) for kind in ("centroid", "knn")}


def by_hand(prototypes, owners, threshold=0.0):
    """A model of two inputs that are not scaled: one step of the integers is 1/20."""
    normaliser = Normaliser(np.zeros(2), np.ones(2))
    n_labels = max(owners) + 1
    return NearestModel(
        ("tilt",), normaliser, np.array(prototypes), np.array(owners), np.zeros(n_labels), threshold
    )


def test_a_decision_by_hand():
    # (0.8, 0) is 16 steps from (0, 0): 256. log2(256 / 256 + 1) = 1 octave: -2 as a score, and
    # -16 as confidence. (4, 0) is 64 steps away: 4096. log2(4096 / 256 + 1) = 4.087.
    model = by_hand([[0.0, 0.0], [4.8, 0.0]], [0, 1])
    scores, best, confidence = model.classify(np.array([[0.8, 0.0]]))
    assert scores.round(3).tolist() == [[-2.0, round(-2 * np.log2(6400 / 256 + 1), 3), 0.0]]
    assert (best.tolist(), confidence.tolist()) == ([0], [-16.0])
    assert model.with_threshold(20).classify(np.array([[0.8, 0.0]]))[2].tolist() == [4.0]
    shifted = model.with_shift(np.array([3.0, 0.0]))
    assert shifted.classify(np.array([[0.8, 0.0]]))[2].tolist() == [-13.0]


def test_the_distances_of_the_report_by_hand():
    model = by_hand([[0.0, 0.0], [3.0, 4.0], [3.0, 8.0]], [0, 1, 1], threshold=16.0)
    # accepted up to one octave: a squared distance of 256, 16 steps, 0.8 scales
    assert [(i, round(d, 6), round(r, 6)) for i, d, r in neighbours(model)] == [
        (1, 5.0, 0.8), (0, 5.0, 0.8),
    ]  # fmt: skip
    assert neighbours(replace(model, threshold=np.inf))[0][2] > 1e6


def test_a_centroid_is_the_mean_of_its_recordings(nine):
    data, models = nine
    fitted = models["centroid"].fitted
    rows = input_rows(models["centroid"].windows(data), fitted.groups)
    truth = np.array([one.label for one in data])
    means = [
        fitted.scaled(rows[truth == label]).mean(axis=0) for label in models["centroid"].labels
    ]
    np.testing.assert_allclose(fitted.prototypes, means)


def test_centroids_agree_with_scikit_learn(nine):
    neighbours_ = pytest.importorskip("sklearn.neighbors")
    data, models = nine
    model = models["centroid"]
    x = model.fitted.scaled(input_rows(model.windows(data), model.fitted.groups))
    truth = [one.label for one in data]
    expected = neighbours_.NearestCentroid().fit(x, truth).predict(x)
    assert model.predict_float(data).best == expected.tolist()


@both
def test_integers_and_floats_agree(nine, kind):
    data, models = nine
    model = models[kind]
    integer, real = model.predict(data), model.predict_float(data)
    assert (integer.best_index == real.best_index).mean() >= 0.98
    # A feature beyond 6.35 scales is clipped in the integers, so a few distances are shorter.
    assert np.quantile(np.abs(integer.confidence - real.confidence), 0.95) <= 3
    np.testing.assert_allclose(integer.probability, real.probability, atol=0.1)
    right = [label == one.label for label, one in zip(integer.best, data)]
    assert np.mean(right) >= 0.95


@both
def test_the_same_seed_gives_the_same_model_and_the_file_keeps_it(nine, kind):
    data, models = nine
    model = models[kind]
    assert mb.train(data, kind=kind, seed=0).to_bytes() == model.to_bytes()
    again = mb.Model.from_bytes(model.to_bytes())
    assert (again.kind, again.device_bytes()) == (kind, model.device_bytes())
    assert again.predict_float(data).is_same(model.predict_float(data))
    assert FORMS["nearest"] is NearestModel


@both
def test_a_damaged_model_is_refused(nine, kind):
    facts, arrays = nine[1][kind].fitted.parts()
    for wrong in ({"owners": arrays["owners"] * 0}, {"owners": arrays["owners"] + 0.5}):
        with pytest.raises(ValueError, match="without a prototype"):
            NearestModel.of_parts(facts, {**arrays, **wrong}, ("tilt",), 9)
    with pytest.raises(ValueError, match="threshold is 'far'"):
        NearestModel.of_parts({"threshold": "far"}, arrays, ("tilt",), 9)


@both
def test_what_it_refuses(nine, kind):
    data, models = nine
    with pytest.raises(DataError, match="cannot learn new gestures"):
        mb.train(data, start=models[kind])
    with pytest.raises(SettingError, match="has arch 'auto', not '16'"):
        mb.train(data, kind=kind, arch="16")
    with pytest.raises(ModelError, match="at most 254 labels, not 255"):
        KINDS[kind].completed(Settings(kind=kind), 54, 255)


@both
def test_fold_models_set_each_others_thresholds(nine, kind):
    data = list(nine[0])
    fold = np.arange(len(data)) % 3
    splits = [
        Split(np.flatnonzero(fold != k), np.flatnonzero(fold == k), np.flatnonzero(fold == k))
        for k in range(3)
    ]
    options = Settings.of({"kind": kind})
    results = train_and_test(data, splits, options)
    labels = sorted({one.label for one in data})
    right = [
        (np.array(labels)[one.integer.best_index] == [data[i].label for i in split.test]).mean()
        for one, split in zip(results, splits)
    ]
    assert np.mean(right) >= 0.9
    known = np.concatenate([one.integer.confidence >= 0 for one in results]).mean()
    assert known == pytest.approx(0.95, abs=0.04)


def test_prototypes_keep_to_their_budget(nine):
    owners = nine[1]["knn"].fitted.owners
    assert np.bincount(owners).tolist() == [3] * 9
    two = mb.train(mb.simulate(["shake", "tap"], people=3, repeats=3, seed=1), kind="knn")
    assert np.bincount(two.fitted.owners).tolist() == [14, 14]


def test_bytes_of_nine_gestures(nine):
    records = {
        kind: RECORD + len(model.network.stages[-1].content()) for kind, model in nine[1].items()
    }
    assert records == {"centroid": 4 + 6 + 9 * 55, "knn": 4 + 6 + 27 * 55}
    assert records["centroid"] <= 520


@pytest.mark.parametrize(("kind", "most"), [("centroid", 5500), ("knn", 12_000)])
def test_instructions_of_nine_gestures_after_the_features(nine, kind, most):
    """Scaling and "unknown" included, on V1, whatever the movement."""
    data, models = nine
    model = models[kind]
    windows = [extreme_windows(50), random_windows(np.random.default_rng(0), 30, 50)]
    windows = np.concatenate([*windows, model.windows(data)[::9]])
    kernels = BareKernels(counting=True)
    network = kernel_labels("v1", CODE + kernels_in_flash("v1")[1] - 2)["NETWORK"]
    before = []
    kernels._cpu.hook_add(
        UC_HOOK_CODE, lambda *_: before.append(kernels.instructions), begin=network, end=network
    )
    taken = []
    for window in windows:
        kernels.predict(model.device_bytes(), window)
        taken.append(kernels.instructions - before[-1])
    assert len(before) == len(taken)
    assert most - 700 < max(taken) <= most


@pytest.mark.parametrize(
    ("board", "shape"),
    tiers(
        [("v1", (54, 9, 9)), ("v2", (54, 9, 27))],
        slow=[("v2", (54, 9, 9)), ("v1", (54, 9, 27)), ("v1", (20, 7, 28)), ("v2", (20, 7, 28))],
    ),
)
def test_the_estimate_is_what_a_virtual_board_counts(board, shape):
    n_inputs, n_labels, n = shape
    rng = np.random.default_rng(0)
    labels = np.sort(np.concatenate([np.arange(n_labels), rng.integers(0, n_labels, n - n_labels)]))
    numbers = rng.integers(-30, 31, (n, n_inputs)).astype(np.int8)
    stage, target = IntegerNearest(numbers, labels), TARGETS[board]
    counted = network_footprint(board, to_bytes(only_layers([stage]))).instructions.network
    estimate = target.dense_cost.call + stage.instructions(target)
    assert estimate == pytest.approx(counted, rel=0.05)


@both
def test_v1_has_room_beside_nine_gestures(nine, kind):
    model = nine[1][kind]
    assert free_heap(model) >= 4000
    launcher = "from answer import listen\nfrom microbit import display, uart\n"
    assert free_heap(model, launcher) >= 3000
    assert TARGETS["v1"].has_room(model.heap_bytes())
