"""Architectures by name: their layers, and which names are refused."""

import numpy as np
import pytest

from microbit_ml.errors import DataError
from microbit_ml.network import Conv1D, Dense, MaxPool, Network, check_architecture
from microbit_ml.network.whitening import whitening_matrix


def shape(architecture, n_inputs):
    network = Network(architecture, n_inputs, 4, np.random.default_rng(0))
    return [(type(layer), layer.n_inputs, layer.n_outputs) for layer in network.stages]


def test_dense_networks():
    assert shape("", 54) == [(Dense, 54, 4)]
    assert shape("32-16", 54) == [(Dense, 54, 32), (Dense, 32, 16), (Dense, 16, 4)]


def test_a_convolutional_network():
    # 50 time steps of x y z; 8 filters over 5 steps, stride 2: (50 - 5) // 2 + 1 = 23 steps of 8
    assert shape("cnn", 150) == [
        (Conv1D, 150, 23 * 8),
        (Conv1D, 23 * 8, 10 * 12),
        (MaxPool, 10 * 12, 5 * 12),
        (Dense, 60, 16),
        (Dense, 16, 4),
    ]
    assert check_architecture("cnn") == "conv8x5s2-conv12x5s2-pool2-16"
    shape("cnn", 3 * 25)  # the shortest window


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sixteen", "not an architecture. Write for example"),
        ("16-", "not an architecture"),
        ("0", "1 to 255"),
        ("256", "1 to 255"),
        ("4-4-4-4-4-4-4", "at most 6"),
        ("16-conv8x5", "after a dense layer"),
        ("conv8x5", "does not end with a dense layer"),
        ("conv8x0-4", "has a 0 in 'conv8x0'. Use 1 or more"),
        ("pool0-4", "has a 0 in 'pool0'. Use 1 or more"),
    ],
)
def test_an_invalid_architecture_is_explained(text, words):
    with pytest.raises(DataError, match=words):
        check_architecture(text)


@pytest.mark.parametrize(
    ("text", "words"), [("conv4x60-4", "longer window"), ("conv40x5-conv4x9-4", "more than 255")]
)
def test_what_does_not_fit_the_window_is_explained(text, words):
    with pytest.raises(DataError, match=words):
        Network(text, 150, 4, np.random.default_rng(0))


def test_whitening_gives_all_directions_the_same_variance():
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(5000, 3)) @ np.array([[2.0, 1.9, 0], [0, 0.3, 0], [0, 0, 1.0]])
    covariance = mixed.T @ mixed / len(mixed)
    matrix = whitening_matrix(covariance)
    after = matrix.T @ (0.2 * covariance + 0.8 * np.trace(covariance) / 3 * np.eye(3)) @ matrix
    np.testing.assert_allclose(after, np.eye(3) * np.trace(covariance) / 3, atol=1e-9)
    np.testing.assert_allclose(whitening_matrix(5.0 * np.eye(4)), np.eye(4), atol=1e-12)
