"""Backpropagation against finite differences, losses and optimizers against numbers by hand."""

import numpy as np
import pytest

from microbit_ml.errors import ModelError
from microbit_ml.network import OPTIMIZERS, SGD, Adam, Network, RMSProp, cross_entropy, fit, softmax
from microbit_ml.network.fit import balanced_batch, cosine


def numerical_gradient(loss, parameter, epsilon=1e-6):
    """(loss(p + e) - loss(p - e)) / 2e for each number of the parameter."""
    gradient = np.zeros_like(parameter)
    for place in np.ndindex(parameter.shape):
        kept = parameter[place]
        parameter[place] = kept + epsilon
        above = loss()
        parameter[place] = kept - epsilon
        below = loss()
        parameter[place] = kept
        gradient[place] = (above - below) / (2 * epsilon)
    return gradient


@pytest.mark.parametrize("sizes", [[3, 2], [4, 5, 3], [5, 7, 4, 6, 3]])
def test_every_gradient_is_the_slope_of_the_loss(sizes):
    rng = np.random.default_rng(1)
    network = Network(sizes, rng)
    for layer in network.dense:
        layer.bias += rng.normal(0, 0.3, layer.bias.shape)
    x = rng.normal(0, 1, (8, sizes[0]))
    targets = rng.integers(0, sizes[-1], 8)

    def loss():
        return cross_entropy(network.forward(x), targets)[0]

    _, gradient = cross_entropy(network.forward(x), targets)
    input_gradient = network.backward(gradient)
    analytic = [g.copy() for g in network.gradients]
    for parameter, expected in zip(network.parameters, analytic, strict=True):
        np.testing.assert_allclose(numerical_gradient(loss, parameter), expected, atol=1e-8)
    np.testing.assert_allclose(numerical_gradient(loss, x), input_gradient, atol=1e-8)


def test_a_two_two_two_network_by_hand():
    network = Network([2, 2, 2], np.random.default_rng(0))
    first, second = network.dense
    first.weights, first.bias = np.array([[1.0, -1.0], [2.0, 0.5]]), np.array([0.0, 0.5])
    second.weights, second.bias = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, 1.0])
    x = np.array([[1.0, 1.0]])
    # hidden: 1 + 2 = 3 and -1 + 0.5 + 0.5 = 0, of which ReLU leaves 3 and 0; scores 3 and 0 + 1
    assert network.forward(x).tolist() == [[3.0, 1.0]]
    assert network.hidden(x).tolist() == [[3.0, 0.0]]
    loss, gradient = cross_entropy(network.forward(x), np.array([0]))
    p = 1 / (1 + np.exp(-2.0))  # softmax of 3 and 1
    assert loss == pytest.approx(-np.log(p))
    assert gradient[0].tolist() == pytest.approx([p - 1, 1 - p])
    network.backward(gradient)
    d_first, _, d_second, _ = network.gradients
    assert d_second == pytest.approx(np.array([[3 * (p - 1), 3 * (1 - p)], [0, 0]]))
    assert d_first == pytest.approx(np.array([[p - 1, 0], [p - 1, 0]]))  # the second unit is off


def test_softmax_and_cross_entropy():
    assert softmax(np.array([[0.0, np.log(3.0)]]))[0].tolist() == pytest.approx([0.25, 0.75])
    assert softmax(np.array([[1000.0, 0.0]]))[0].tolist() == [1.0, 0.0]  # no overflow
    loss, _ = cross_entropy(np.array([[0.0, 0.0], [0.0, np.log(3.0)]]), np.array([0, 1]))
    assert loss == pytest.approx((np.log(2) - np.log(0.75)) / 2)
    assert np.isfinite(cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))[0])


def test_optimizers_by_hand():
    p = [np.array([1.0])]
    sgd = SGD(learning_rate=0.1, momentum=0.9)
    sgd.step(p, [np.array([2.0])])
    assert p[0][0] == pytest.approx(0.8)  # v = -0.2
    sgd.step(p, [np.array([0.0])])
    assert p[0][0] == pytest.approx(0.62)  # v = -0.18: it rolls on

    p = [np.array([1.0])]
    RMSProp(learning_rate=0.1, decay=0.9).step(p, [np.array([2.0])])
    assert p[0][0] == pytest.approx(1 - 0.1 * 2 / np.sqrt(0.1 * 4))

    p = [np.array([1.0])]
    adam = Adam(learning_rate=0.1)
    adam.step(p, [np.array([2.0])])
    assert p[0][0] == pytest.approx(0.9)  # the first step is the learning rate, whatever g
    adam.step(p, [np.array([-2.0])])
    mean = (0.9 * 0.2 - 0.2) / (1 - 0.81)
    square = (0.999 * 0.004 + 0.004) / (1 - 0.999**2)
    assert p[0][0] == pytest.approx(0.9 - 0.1 * mean / np.sqrt(square))


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_each_optimizer_learns_xor(name):
    rng = np.random.default_rng(0)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float) * 2 - 1
    targets = np.array([0, 1, 1, 0])
    network = Network([2, 8, 2], rng)
    history = fit(
        network, x, targets, OPTIMIZERS[name](), rng, steps=300, weight_decay=0.0,
        validation=(x, targets),
    )  # fmt: skip
    assert network.forward(x).argmax(axis=1).tolist() == targets.tolist()
    assert history.training[-1] < 0.1 < history.training[0]
    assert len(history.validation) == len(history.step) == len(history.training)


def test_training_repeats_exactly_and_reports():
    def run(seed):
        rng = np.random.default_rng(seed)
        network, seen = Network([3, 4, 2], rng), []
        x = np.random.default_rng(9).normal(0, 1, (10, 3))
        fit(
            network, x, np.arange(10) % 2, Adam(), rng, steps=60,
            progress=lambda *call: seen.append(call),
        )  # fmt: skip
        return network.dense[0].weights.tobytes(), seen

    assert run(3) == run(3)
    assert run(3)[0] != run(4)[0]
    step, steps, loss, validation = run(3)[1][-1]
    assert (step, steps, validation) == (60, 60, None)
    assert loss > 0


def test_batches_are_balanced():
    rows_of = [np.arange(0, 2), np.arange(2, 100)]
    batch = balanced_batch(rows_of, 4000, np.random.default_rng(0))
    assert 0.46 < (batch < 2).mean() < 0.54
    assert set(range(100)) == set(batch.tolist())


def test_the_cosine():
    assert cosine(0, 100) == 1.0
    assert cosine(50, 100) == pytest.approx(0.5)
    assert 0 < cosine(99, 100) < 0.001


def test_a_network_without_outputs_is_refused():
    with pytest.raises(ModelError, match=r"\[24\]"):
        Network([24], np.random.default_rng(0))
