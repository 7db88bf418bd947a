"""The benchmark is correct: its splits, its measures, and its version of the peer."""

import numpy as np
import pytest
from createai_pipeline import CreateAINetwork, createai_features, peaks
from learning_measures import Answer, accepted_at, accuracy, auroc, unknown
from learning_protocol import FULL, PROTOCOLS, QUICK, RealSet, Split, time_normalised

LABELS = np.repeat(["circle", "shake", "still"], [20, 30, 25])


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    windows = rng.integers(-2000, 2000, (len(LABELS), 50, 3)).astype(np.int16)
    subjects = np.array([f"p{i % 7}" for i in range(len(LABELS))])
    return RealSet("made up", windows, LABELS, subjects, subjects)


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("effort", [FULL, QUICK], ids=["full", "quick"])
def test_training_and_test_rows_never_overlap(data, name, effort):
    splits = PROTOCOLS[name](data, effort)
    assert splits
    for split in splits:
        assert len(np.intersect1d(split.train, split.test)) == 0
        assert len(np.unique(split.train)) == len(split.train) > 0
        assert len(np.unique(split.test)) == len(split.test) > 0
        trained, tested = set(data.labels[split.train]), set(data.labels[split.test])
        assert len(trained) == (2 if name.startswith("unknown") else 3)
        assert tested == set(LABELS) or name == "grouped"


@pytest.mark.parametrize(("name", "per_class"), [("3 per class", 3), ("5 per class", 5)])
def test_few_of_each_class_train_and_all_others_test(data, name, per_class):
    splits = PROTOCOLS[name](data, FULL)
    assert len(splits) == 10
    for split in splits:
        assert (
            np.unique(data.labels[split.train], return_counts=True)[1].tolist() == [per_class] * 3
        )
        assert len(split.train) + len(split.test) == len(LABELS)
    assert len({tuple(split.train) for split in splits}) == 10


def test_each_group_tests_once(data):
    splits = PROTOCOLS["grouped"](data, FULL)
    assert sorted(np.concatenate([s.test for s in splits])) == list(range(len(LABELS)))
    for split in splits:
        assert len(set(data.subjects[split.test])) == 1
        assert not set(data.subjects[split.test]) & set(data.subjects[split.train])
    assert len(PROTOCOLS["grouped"](data, QUICK)) == 5
    no_subjects = np.full(len(LABELS), "")
    alone = RealSet("alone", data.windows, data.labels, no_subjects, no_subjects)
    assert PROTOCOLS["grouped"](alone, FULL) == []


def test_every_recording_is_tested_once_per_seed(data):
    splits = PROTOCOLS["5-fold"](data, FULL)
    tested = np.concatenate([s.test for s in splits])
    assert np.all(np.bincount(tested) == 2)
    assert all(len(s.train) + len(s.test) == len(LABELS) for s in splits)


def test_each_class_is_unknown_once_per_seed(data):
    for name, seeds in (("unknown, all data", 2), ("unknown, 5 per class", 5)):
        left_out = []
        for split in PROTOCOLS[name](data, FULL):
            (missing,) = set(LABELS) - set(data.labels[split.train])
            assert set(np.flatnonzero(data.labels == missing)) <= set(split.test)
            left_out.append(missing)
        assert sorted(left_out) == sorted(["circle", "shake", "still"] * seeds)
    split = PROTOCOLS["unknown, all data"](data, FULL)[0]
    known = data.labels[split.test] != "circle"
    assert known.sum() == 11  # a fifth of 30 and 25


def test_a_recording_of_any_length_becomes_fifty_samples():
    ramp = np.stack([np.linspace(-3000, 3000, 99)] * 3, axis=1)
    window = time_normalised(ramp)
    assert window.shape == (50, 3) and window.dtype == np.int16
    assert window[0].tolist() == [-2040] * 3 and window[-1].tolist() == [2040] * 3
    same = np.arange(150).reshape(50, 3)
    assert np.array_equal(time_normalised(same), same)


def test_auroc_worked_by_hand():
    # 6 pairs: 5 > 1, 5 > 4, 4 > 1, 4 = 4 (half), 2 > 1, 2 < 4
    assert auroc(np.array([5, 4, 2]), np.array([1, 4])) == pytest.approx(4.5 / 6)
    assert auroc(np.arange(5) + 10, np.arange(5)) == 1.0
    assert auroc(np.zeros(5), np.zeros(3)) == 0.5


def test_accepted_in_hindsight_worked_by_hand():
    known = np.arange(20)  # 19 of 20 are 1 or more
    assert accepted_at(known, np.array([-1, 0, 1, 2])) == 0.5
    assert accepted_at(known, np.array([-1, 0, 1, 2]), fraction=1.0) == 0.75


def test_accuracy_counts_recordings_not_splits(data):
    one = Split(np.arange(70), np.array([0]), 0)
    three = Split(np.arange(70), np.array([20, 50, 51]), 0)
    answers = [
        Answer(np.array(["circle"]), np.array([1.0]), np.array([True])),
        Answer(np.array(["circle"] * 3), np.array([1.0, 2.0, 3.0]), np.array([False] * 3)),
    ]
    assert accuracy(data, [one, three], answers) == (0.25, 0.25)
    without = [Answer(a.best, a.confidence) for a in answers]
    assert accuracy(data, [one, three], without) == (0.25, None)


def test_unknown_are_the_labels_that_were_not_in_training(data):
    split = Split(np.flatnonzero(LABELS != "still")[:-2], np.array([48, 49, 50, 51, 52, 53]), 0)
    confidence = np.array([3.0, 1.0, 0.0, 2.0, 0.0, 0.0])
    answer = Answer(np.full(6, "shake"), confidence, confidence > 0.5)
    found = unknown(data, [split], [answer])
    assert (found.auroc, found.false_accept_rate, found.known_accept_rate) == (7 / 8, 0.25, 1.0)
    assert found.at_95 == 0.25
    without = unknown(data, [split], [Answer(answer.best, confidence)])
    assert (without.false_accept_rate, without.known_accept_rate) == (None, None)


def test_createais_features_of_a_simple_signal():
    x = np.zeros((1, 50, 3), dtype=np.int16)
    x[0, ::2, 0], x[0, 1::2, 0] = 500, -500
    x[0, :, 1] = 200
    features = dict(
        zip(("max", "mean", "min", "deviation", "peaks", "change", "crossings", "rms"),
            createai_features(x).reshape(8, 3))
    )  # fmt: skip
    expected = {"max": 0.5, "mean": 0, "min": -0.5, "deviation": 0.5, "change": 50, "crossings": 1,
                "rms": 0.5}  # fmt: skip
    for name, value in expected.items():
        assert features[name][0] == pytest.approx(value), name
    assert [features["mean"][1], features["rms"][1]] == pytest.approx([0.2, 0.2])
    assert features["peaks"].tolist() == [0, 0, 0]


def test_peaks_are_counted_upwards_and_once():
    x = np.zeros((3, 40, 1))
    x[0, 10:13] = 1.0  # one, three samples long
    x[0, 30] = 1.0  # and another
    x[1, 20] = -1.0  # downwards: none, but the way back up ...
    x[2, 20] = 0.09  # too small
    assert peaks(x)[[0, 2], 0].tolist() == [2, 0]
    assert peaks(-x)[1, 0] == 1


def test_createais_network_learns_an_easy_task():
    rng = np.random.default_rng(0)
    targets = np.arange(60) % 3
    x = rng.normal(0, 0.3, (60, 24)) + np.eye(3, 24)[targets] * 3
    network = CreateAINetwork(24, 3, rng).fit(x, targets, rng)
    p = network.probabilities(x)
    assert np.allclose(p.sum(axis=1), 1)
    assert (p.argmax(axis=1) == targets).all()
    assert p.max(axis=1).mean() > 0.9
