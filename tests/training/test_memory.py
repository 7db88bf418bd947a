"""Training on many recordings takes little memory for each, and pieces change nothing."""

import tracemalloc

import numpy as np

import microbit_ml as mb
from microbit_ml.features import compute_features, integer
from microbit_ml.network import Network
from microbit_ml.network import network as network_module
from microbit_ml.recordings import augment as augment_module
from microbit_ml.recordings import make_window
from microbit_ml.recordings.augment import augment

MOST_KB = 40  # a recording, at the most; before, it was 150


def test_a_recording_takes_little_memory():
    """Measured as the difference between two sizes, so that what is always there does not count."""
    most = []
    for people in (20, 60):
        data = mb.simulate(["shake", "wave", "twist", "lift", "tap"], people=people, repeats=5)
        tracemalloc.start()
        mb.train(data, seed=0, steps=20)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (most[1] - most[0]) / (40 * 5 * 5) < MOST_KB * 1024


def test_features_and_samples_in_pieces_are_the_same(monkeypatch):
    data = mb.simulate(["shake", "wave"], people=4, repeats=5, seed=4)
    windows = np.stack([make_window(one) for one in data])
    features = compute_features(windows)
    samples = augment(windows, 3, np.random.default_rng(5))
    monkeypatch.setattr(integer, "AT_ONCE", 7)
    monkeypatch.setattr(augment_module, "AT_ONCE", 11)
    assert np.array_equal(compute_features(windows), features)
    assert np.array_equal(augment(windows, 3, np.random.default_rng(5)), samples)
    assert compute_features(windows[:0]).shape == (0, features.shape[1])


def test_an_evaluated_network_remembers_nothing(monkeypatch):
    network = Network("8-4", 6, 3, np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(20, 6))
    scores, hidden = network.forward(x), network.hidden(x)
    monkeypatch.setattr(network_module, "EVALUATED_AT_ONCE", 7)
    found = network.evaluate(x)
    assert np.allclose(found[0], scores) and np.allclose(found[1], hidden)
    assert all(len(layer._x) == 0 for layer in network.trainable_layers)
