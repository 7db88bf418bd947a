"""Fine-tuning: a model learns new gestures and keeps the old ones."""

import numpy as np
import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.errors import DataError


def of(labels, **settings):
    return mb.simulate(labels=labels, **settings)


@pytest.fixture(scope="module")
def class_model(gestures):
    return mb.train(of(gestures[:5], people=6, repeats=3, seed=1), seed=2)


@pytest.fixture(scope="module")
def gestures():
    return sorted({recording.label for recording in mb.simulate(people=1, repeats=1, seed=0)})


def right(model, data, labels):
    chosen = [r for r in data if r.label in labels]
    best = model.predict(chosen).best
    return np.mean([a == r.label for a, r in zip(best, chosen, strict=True)])


@pytest.mark.parametrize("choices", tiers([[3, 6, 9]], slow=[range(10)]))
def test_new_gestures_are_learned_from_three_recordings_and_old_ones_kept(gestures, choices):
    """Over some choices of old and new gestures: accuracy on old ones drops by a point at most."""
    lost, learned = [], []
    for seed in choices:
        names = np.random.default_rng(seed).permutation(gestures).tolist()
        old, new = names[:5], names[5:7]
        base = mb.train(of(old, people=6, repeats=3, seed=1 + seed), seed=2)
        three = of(new, people=3, repeats=1, seed=30 + seed)
        assert len(three) == 6
        model = mb.train(three, start=mb.Model.from_bytes(base.to_bytes()), seed=3)
        assert model.labels == sorted(old + new)
        assert model.provenance["counts"] == {
            name: 18 if name in old else 3 for name in sorted(old + new)
        }
        unseen = of(old + new, people=12, repeats=3, seed=99)
        lost.append(right(base, unseen, old) - right(model, unseen, old))
        learned.append(right(model, unseen, new))
    assert np.mean(lost) <= 0.01
    assert np.mean(learned) >= 0.85


def test_it_can_be_fine_tuned_again_and_repeats_exactly(class_model, gestures):
    more = of(gestures[5:6], people=3, repeats=1, seed=31)
    first, again = (mb.train(more, start=class_model, seed=1) for _ in range(2))
    assert first.to_bytes() == again.to_bytes()
    third = mb.train(of(gestures[6:7], people=3, repeats=1, seed=32), start=first, seed=1)
    assert third.labels == sorted(gestures[:7])
    people = set(third.provenance["subjects"])
    assert set(class_model.provenance["subjects"]) <= people


def test_more_recordings_of_a_known_gesture_are_welcome(class_model, gestures):
    one = of(gestures[:1], people=1, repeats=1, seed=40)
    model = mb.train(one, start=class_model, seed=1)
    assert model.labels == class_model.labels
    assert model.provenance["counts"][gestures[0]] == 19


def test_a_recording_in_the_replay_buffer_is_not_counted_twice(class_model, gestures):
    """Otherwise a model would train on a held-out recording from the replay buffer."""
    same = of(gestures[:5], people=6, repeats=3, seed=1)
    again = mb.train(same, start=class_model, seed=1, steps=20)
    assert again.provenance["counts"] == class_model.provenance["counts"]
    assert sorted(again.replay.digests) == sorted(class_model.replay.digests)
    some = [recording for recording in same][:7]
    mixed = mb.train(some, start=class_model, seed=1, steps=20)
    assert sorted(mixed.replay.digests) == sorted(class_model.replay.digests)
    assert sum(mixed.provenance["counts"].values()) == 90
    rows = {bytes(row) for row in class_model.replay.rows}
    firsts = np.unique(mixed.replay.recording, return_index=True)[1]
    assert {
        bytes(mixed.replay.rows[i]) for i in firsts
    } <= rows  # each starts with the recording itself


def test_fold_models_have_not_seen_what_is_held_out():
    """Random labels: only a model that has seen a recording can know its label."""
    rng = np.random.default_rng(0)
    windows = list(rng.integers(-900, 900, (60, 50, 3)))
    labels = rng.permutation(["a", "b"] * 30).tolist()
    settings = {"copies": 0, "dropout": 0.0, "weight_decay": 0.0, "negatives": 30}
    base = mb.train(windows, labels=labels, seed=1, **settings)
    assert np.mean([a == b for a, b in zip(base.predict(windows).best, labels, strict=True)]) > 0.95
    again = mb.train(windows, labels=labels, start=base, seed=2, **settings)
    assert again.metrics["held_out_accuracy"] < 0.75


def test_a_convolutional_model_can_be_fine_tuned_too(gestures):
    base = mb.train(of(gestures[:2], people=2, repeats=2, seed=1), arch="cnn", steps=20)
    more = mb.train(of(gestures[2:3], people=2, repeats=2, seed=2), start=base, steps=20)
    assert more.labels == sorted(gestures[:3])
    assert more.float_model.network.architecture == base.float_model.network.architecture


def test_what_does_not_fit_the_model_is_refused(class_model, gestures):
    more = of(gestures[5:6], people=3, repeats=1, seed=31)
    with pytest.raises(DataError, match="has window 50, not 75"):
        mb.train(more, start=class_model, window=75)
    with pytest.raises(DataError, match="only one recording"):
        mb.train(of(gestures[5:6], people=1, repeats=1, seed=3), start=class_model)
    without_replay = mb.Model.from_bytes(class_model.to_bytes())
    without_replay.replay = type(without_replay.replay).none()
    with pytest.raises(DataError, match="replay buffer is empty"):
        mb.train(more, start=without_replay)
