"""train: seeds, splits by person, and what it refuses."""

import numpy as np
import pytest
from real_data import WAND, shared_data
from tiers import tiers

import microbit_ml as mb
from microbit_ml.errors import DataError, ModelError
from microbit_ml.recordings.augment import at_times, augment, change_strength, turn
from microbit_ml.recordings.folds import assign_folds, stratified_folds
from microbit_ml.recordings.negatives import synthetic_negatives
from microbit_ml.training import Settings
from microbit_ml.training.fitting import decay_for, steps_for
from microbit_ml.training.unknown_threshold import threshold_offset


@pytest.fixture(scope="module")
def people():
    return mb.simulate(labels=["shake", "tap", "still"], people=5, repeats=3, seed=1)


def test_the_same_seed_gives_the_same_file(people):
    first, second = mb.train(people, seed=3, steps=40), mb.train(people, seed=3, steps=40)
    assert first.to_bytes() == second.to_bytes()
    assert mb.train(people, seed=4, steps=40).to_bytes() != first.to_bytes()


def test_it_learns_from_simulated_people_and_works_for_new_ones(people):
    model = mb.train(people)
    assert model.labels == ["shake", "still", "tap"]
    assert model.metrics["held_out_by"] == "person"
    assert model.metrics["held_out_accuracy"] >= 0.9
    unseen = mb.simulate(labels=["shake", "tap", "still"], people=4, repeats=3, seed=77)
    right = np.mean([a == r.label for a, r in zip(model.predict(unseen).best, unseen)])
    assert right >= 0.9


def test_integers_and_floats_agree(people):
    model = mb.train(people)
    integer, real = model.predict(people), model.predict_float(people)
    assert np.mean([a == b for a, b in zip(integer.best, real.best)]) >= 0.98
    assert np.abs(integer.scores / 64 - real.scores).max() < 0.5
    assert (integer.features == real.features).all()
    assert np.abs(integer.confidence - real.confidence).mean() < 4


def test_losses_are_kept_and_fall(people):
    history = mb.train(people).history
    assert len(history["step"]) == len(history["training"]) == len(history["validation"])
    assert history["training"][-1] < history["training"][0] / 2
    assert history["validation"][-1] < history["validation"][0]


def test_arrays_with_labels_train_the_same_network(people):
    arrays = [r.samples for r in people]
    labels, subjects = [r.label for r in people], [r.subject for r in people]
    model = mb.train(arrays, labels=labels, subjects=subjects, steps=30)
    same = mb.train(people, steps=30)
    assert model.device_bytes() == same.device_bytes()


OPTIMIZERS = ("sgd", "rmsprop", "adam")


@pytest.mark.parametrize(
    ("arch", "optimizer"),
    tiers(
        [(arch, name) for arch in ("", "8", "12-6") for name in OPTIMIZERS],
        slow=[("cnn", name) for name in OPTIMIZERS],
    ),
)
def test_every_optimizer_and_depth_learns(people, optimizer, arch):
    model = mb.train(people, optimizer=optimizer, arch=arch)
    # plain gradient descent is slow to find features in the raw window
    least = 0.7 if (arch, optimizer) == ("cnn", "sgd") else 0.8
    assert model.metrics["held_out_accuracy"] >= least


def test_what_cannot_be_learned_is_refused(people):
    shake = [r for r in people if r.label == "shake"]
    tap = [r for r in people if r.label == "tap"]
    with pytest.raises(DataError, match="at least two different gestures.*only 'shake'"):
        mb.train(shake)
    with pytest.raises(DataError, match="only one recording of 'tap'"):
        mb.train(shake + tap[:1])
    with pytest.raises(DataError, match="has none"):
        mb.train([])
    with pytest.raises(DataError, match="no label"):
        mb.train([r.samples for r in shake])
    with pytest.raises(DataError, match="15 recordings but 1 labels"):
        mb.train(shake, labels=["shake"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"wndow": 50}, "no setting 'wndow'"),
        ({"optimizer": "magic"}, "adam, rmsprop, sgd"),
        ({"arch": "0"}, "1 to 255"),
        ({"arch": "8-8-8-8-8-8-8"}, "at most 6"),
        ({"arch": 16}, "must be text such as"),
        ({"features": ("colour",)}, "no group of features 'colour'"),
        ({"arch": "cnn", "features": ("tilt",)}, "uses the raw window"),
        ({"augment": ("mirror",)}, "no augmentation 'mirror'"),
        ({"dropout": 1.0}, "dropout is 1.0"),
        ({"negatives": 0}, "negatives is 0"),
        ({"window": 10}, "window is 10"),
        ({"hop": 0}, "hop is 0"),
        ({"rate_hz": 100}, "rate_hz is 100"),
        ({"accept_known": 1.5}, "accept_known"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": None}, "seed is None, but must be a whole number"),
        ({"window": 50.5}, "window is 50.5"),
        ({"hop": 2.5}, "hop is 2.5"),
        ({"accept_known": "most"}, "accept_known is 'most'"),
    ],
)
def test_invalid_settings_are_explained(people, settings, words):
    with pytest.raises(DataError, match=words):
        mb.train(people, **settings)


def test_features_can_be_switched_off(people):
    model = mb.train(people, features=("tilt", "jerk"), steps=5)
    assert model.feature_names == ["x_mean", "y_mean", "z_mean", "x_jerk", "y_jerk", "z_jerk"]
    assert model.predict(people).features.shape == (len(people), 6)
    assert len(model.device_bytes()) < len(mb.train(people, steps=5).device_bytes()) - 500


def test_constant_features_are_left_out():
    rng = np.random.default_rng(0)
    flat = [np.full((50, 3), level) for level in rng.integers(-900, 900, 20)]
    model = mb.train(flat, labels=["high" if x[0, 0] > 0 else "low" for x in flat], steps=5)
    # boards that lie still differ only in tilt and magnitude
    assert model.network.groups == ("tilt", "magnitude")


def test_augmentation_and_early_stopping_can_be_chosen(people):
    plain = mb.train(people, augment=(), steps=30)
    assert plain.to_bytes() != mb.train(people, steps=30).to_bytes()
    stopped = mb.train(people, early_stopping=True, weight_decay=0.0, dropout=0.0, steps=400)
    history = stopped.history
    lowest = int(np.argmin(history["validation"]))
    assert history["stopped_at"] in (history["step"][lowest] + 1, 400)


def test_few_recordings_need_few_steps_and_strong_decay():
    options = Settings.of({})
    assert [steps_for(n, options) for n in (6, 200, 5000)] == [350, 500, 1000]
    decay = decay_for(np.array([3, 60, 600, 10_000]), options)
    assert decay.tolist() == pytest.approx([0.2, 0.01, 0.001, 0.01 / 30])
    assert steps_for(6, Settings.of({"steps": 7})) == 7
    assert decay_for(np.array([6]), Settings.of({"weight_decay": 0.0})).tolist() == [0.0]


@pytest.mark.parametrize(("n_labels", "units"), [(2, 16), (7, 16), (8, 14), (9, 14), (10, 12)])
def test_more_labels_get_fewer_units_so_that_a_model_stays_small(n_labels, units):
    rng = np.random.default_rng(n_labels)
    centres = rng.integers(-1000, 1000, (n_labels, 1, 3))
    windows = [centres[i % n_labels] + rng.integers(-50, 50, (50, 3)) for i in range(3 * n_labels)]
    labels = [f"gesture {i % n_labels}" for i in range(3 * n_labels)]
    model = mb.train(windows, labels=labels, steps=2)
    assert model.float_model.network.architecture == str(units)
    if n_labels < 10:
        assert len(model.device_bytes()) <= 2300
    wider = mb.train(windows, labels=labels, steps=2, arch="16")
    assert wider.float_model.network.architecture == "16"


def test_a_network_too_large_for_its_file_is_refused_before_training(people):
    calls = []
    with pytest.raises(ModelError, match="fewer hidden units"):
        mb.train(people, arch="255-255", progress=lambda *call: calls.append(call))
    assert not calls


def test_whole_people_are_held_out():
    targets = np.tile([0, 1], 12)
    people = np.repeat(["Ann", "Bo", "Cy", "Di"], 6)
    folds, by = assign_folds(targets, people, np.random.default_rng(0))
    assert by == "person"
    for person in set(people):
        assert len(set(folds[people == person])) == 1
    assert len(set(folds)) == 4


def test_people_are_split_such_that_every_fold_has_recordings_of_every_label():
    # Four people made label 0 only and four label 1 only, in very different numbers.
    sizes = [12, 9, 4, 3, 11, 8, 5, 4]
    people = np.repeat([f"p{i}" for i in range(8)], sizes)
    targets = np.repeat([0] * 4 + [1] * 4, sizes)
    folds, by = assign_folds(targets, people, np.random.default_rng(0), folds=2)
    assert by == "person"
    assert np.bincount(folds[targets == 0]).tolist() in ([15, 13], [13, 15], [16, 12], [12, 16])
    assert np.bincount(folds[targets == 1]).tolist() in ([15, 13], [13, 15], [16, 12], [12, 16])


@pytest.mark.parametrize(
    ("people", "why"),
    [
        (["Ann"] * 8 + ["Bo"] * 8 + ["Cy"] * 8, "only Bo made label 1"),
        (["Ann", "Bo", "Cy", ""] * 6, "an unknown person"),
        (["Ann"] * 24, "one person"),
    ],
)
def test_recordings_are_held_out_where_people_cannot_be(people, why):
    targets = np.array([0] * 8 + [1] * 8 + [0] * 8)
    folds, by = assign_folds(targets, np.array(people), np.random.default_rng(0))
    assert by == "recording", why
    for fold in set(folds):
        assert set(targets[folds != fold]) == {0, 1}


def test_recordings_are_held_out_where_people_would_leave_too_little():
    people = np.array(["Ann", "Bo", "Cy"] * 8)
    targets = np.array([0] * 16 + [1] * 8)

    def by(people, targets):
        rng = np.random.default_rng(0)
        return assign_folds(targets, people, rng, least_people=3, least_of_label=8)[1]

    assert by(people, targets) == "person"
    assert by(people[:-1], targets[:-1]) == "recording"  # seven of label 1
    assert by(np.array(["Ann", "Bo"] * 12), targets) == "recording"


def test_training_holds_people_out_where_there_are_enough():
    data = mb.simulate(["shake", "still"], people=4, repeats=2, seed=1)
    assert mb.train(data, steps=2).metrics["held_out_by"] == "person"
    assert mb.train(data.recordings[:-1], steps=2).metrics["held_out_by"] == "recording"


def test_folds_are_even():
    targets = np.repeat([0, 1, 2], [7, 11, 5])
    folds = stratified_folds(targets, 5, np.random.default_rng(0))
    sizes = np.bincount(folds)
    assert sizes.max() - sizes.min() <= 1
    for target in range(3):
        assert np.ptp(np.bincount(folds[targets == target], minlength=5)) <= 1


def test_the_threshold_accepts_the_requested_fraction():
    confidence = np.arange(-100, 1)  # 101 recordings
    assert threshold_offset(confidence, 0.95) == 95
    assert threshold_offset(confidence, 1.0) == 100
    assert threshold_offset(np.array([-7]), 0.5) == 7
    assert threshold_offset(np.array([-10, -7]), 0.5) == 9  # -8.5: between the two


def test_accepting_more_widens_the_radius_and_raises_the_false_accept_rate(people):
    narrow, wide = (mb.train(people, accept_known=fraction) for fraction in (0.5, 1.0))
    assert (wide.network.gate.radius > narrow.network.gate.radius).all()
    for model in (narrow, wide):
        accepted = [one["false_accept_rate"] for one in model.metrics["false_accept_rates"]]
        assert accepted == sorted(accepted)
    assert [one["accept_known"] for one in wide.metrics["false_accept_rates"]] == [
        0.9,
        0.95,
        0.99,
        1.0,
    ]


def test_a_movement_that_it_was_not_trained_on_is_unknown():
    data = mb.simulate(labels=["shake", "tap", "still"], people=6, repeats=3, seed=1)
    model = mb.train(data)
    unseen = mb.simulate(labels=["shake", "tap", "still"], people=6, repeats=3, seed=9)
    known = np.mean([label is not None for label in model.predict(unseen).labels])
    negatives = synthetic_negatives(300, 50, 50.0, np.random.default_rng(5))
    accepted = np.mean([label is not None for label in model.predict(list(negatives)).labels])
    assert known >= 0.85
    assert accepted <= 0.25


def test_augmentation_turns_stretches_and_strengthens():
    x = np.zeros((1, 50, 3))
    x[0, :, 2] = -1024.0
    turned = turn(x, np.array([[np.pi / 2, 0, 0]]))  # about x: y gets -z, z gets y
    np.testing.assert_allclose(turned[0, 0], [0, 1024, 0], atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=2), 1024)
    ramp = np.arange(50.0)[None, :, None] * np.ones(3)
    half = at_times(ramp, np.arange(50.0)[None] / 2)
    np.testing.assert_allclose(half[0, :, 0], np.arange(50) / 2)
    assert at_times(ramp, np.full((1, 50), -3.0))[0, 0, 0] == 0
    stronger = change_strength(ramp, np.array([2.0]))
    assert stronger.mean() == pytest.approx(ramp.mean())
    assert stronger.std() == pytest.approx(2 * ramp.std())


def test_augmentation_repeats_and_stays_within_the_sensor():
    windows = np.random.default_rng(0).integers(-2048, 2048, (4, 50, 3))
    copies = augment(windows, 3, np.random.default_rng(5))
    assert copies.shape == (3, 4, 50, 3)
    assert copies.dtype == np.int16
    assert copies.min() >= -2048 and copies.max() <= 2048
    assert (copies == augment(windows, 3, np.random.default_rng(5))).all()
    assert augment(windows, 0, np.random.default_rng(5)).shape == (0, 4, 50, 3)
    assert (augment(windows, 2, np.random.default_rng(5), ()) == windows).all()


def test_synthetic_negatives_are_of_all_kinds():
    negatives = synthetic_negatives(400, 50, 50.0, np.random.default_rng(0))
    assert negatives.shape == (400, 50, 3) and negatives.dtype == np.int16
    assert (negatives == synthetic_negatives(400, 50, 50.0, np.random.default_rng(0))).all()
    strength = np.log2(1 + negatives.std(axis=1).mean(axis=1))
    assert strength.min() < 4 and strength.max() > 8  # from a tremble to a blow
    mean = negatives.mean(axis=1) / 1024
    assert (np.abs(np.linalg.norm(mean, axis=1) - 1) < 0.3).mean() > 0.9  # gravity
    assert np.abs(mean.mean(axis=0)).max() < 0.15  # lying anyhow


def test_five_fold_accuracy_on_real_recordings():
    data = mb.read_createai(shared_data(WAND))
    accuracy = [mb.train(data, seed=seed).metrics["held_out_accuracy"] for seed in range(3)]
    assert np.mean(accuracy) >= 0.93
