"""Backpropagation against finite differences, losses and optimizers against numbers by hand."""

import numpy as np
import pytest

from microbit_ml.network import (
    OPTIMIZERS,
    SGD,
    Adam,
    BalancedBatches,
    Dense,
    Dropout,
    MaxPool,
    Network,
    RMSProp,
    cross_entropy,
    fit,
    schedule,
    softmax,
)
from microbit_ml.network.losses import mean_loss, score_gradient


def numerical_slope(loss, parameter, index, epsilon=1e-6):
    """(loss(p + e) - loss(p - e)) / 2e for one number of the parameter."""
    kept = parameter[index]
    parameter[index] = kept + epsilon
    above = loss()
    parameter[index] = kept - epsilon
    below = loss()
    parameter[index] = kept
    return (above - below) / (2 * epsilon)


ARCHITECTURES = [("", 3), ("5", 4), ("7-4-6", 5), ("cnn", 150), ("conv3x4s3-pool2-conv2x3-5", 75)]
ARCHITECTURES += [("pool3-4", 30)]  # the first layer has no weights


@pytest.mark.parametrize("models", [None, 3])
@pytest.mark.parametrize(("architecture", "n_inputs"), ARCHITECTURES)
def test_every_gradient_is_the_slope_of_the_loss(architecture, n_inputs, models):
    rng = np.random.default_rng(1)
    network = Network(architecture, n_inputs, 3, rng, models=models)
    network.parameters += rng.normal(0, 0.1, network.parameters.shape)
    shape = (6,) if models is None else (models, 6)
    x, targets = rng.normal(0, 1, (*shape, n_inputs)), rng.integers(0, 3, shape)

    def loss():
        return np.sum(cross_entropy(network.forward(x), targets)[0])

    _, gradient = cross_entropy(network.forward(x), targets)
    network.backward(gradient)
    input_gradient = gradient  # which training does not need, so the network leaves it out
    for layer in reversed(network.layers):
        input_gradient = layer.backward(input_gradient)
    some = [tuple(rng.integers(0, n) for n in network.parameters.shape) for _ in range(80)]
    for index in some:
        slope = numerical_slope(loss, network.parameters, index)
        assert slope == pytest.approx(network.gradient[index], abs=1e-7)
    for index in [tuple(rng.integers(0, n) for n in x.shape) for _ in range(40)]:
        assert numerical_slope(loss, x, index) == pytest.approx(input_gradient[index], abs=1e-7)


def test_networks_trained_together_are_trained_as_each_alone():
    x, targets = np.random.default_rng(4).normal(0, 1, (30, 6)), np.arange(30) % 3
    together = Network("5", 6, 3, np.random.default_rng(0), models=2)
    alone = [together.one(i) for i in range(2)]
    adam, adams = Adam(), [Adam(), Adam()]
    for _ in range(20):
        _, gradient = cross_entropy(together.forward(np.stack([x, -x])), np.stack([targets] * 2))
        together.backward(gradient)
        adam.step(together.parameters, together.gradient)
        for network, optimizer, rows in zip(alone, adams, (x, -x), strict=True):
            network.backward(cross_entropy(network.forward(rows), targets)[1])
            optimizer.step(network.parameters, network.gradient)
    for i in range(2):
        np.testing.assert_allclose(together.parameters[i], alone[i].parameters, rtol=1e-9)


def test_a_two_two_two_network_by_hand():
    network = Network("2", 2, 2, np.random.default_rng(0))
    first, second = network.trainable_layers
    first.weights[:], first.bias[:] = [[1.0, -1.0], [2.0, 0.5]], [0.0, 0.5]
    second.weights[:], second.bias[:] = [[1.0, 0.0], [0.0, 1.0]], [0.0, 1.0]
    x = np.array([[1.0, 1.0]])
    # hidden: 1 + 2 = 3 and -1 + 0.5 + 0.5 = 0, of which ReLU leaves 3 and 0; scores 3 and 0 + 1
    assert network.forward(x).tolist() == [[3.0, 1.0]]
    assert network.hidden(x).tolist() == [[3.0, 0.0]]
    loss, gradient = cross_entropy(network.forward(x), np.array([0]))
    p = 1 / (1 + np.exp(-2.0))  # softmax of 3 and 1
    assert loss == pytest.approx(-np.log(p))
    assert gradient[0].tolist() == pytest.approx([p - 1, 1 - p])
    network.backward(gradient)
    expected = np.array([[3 * (p - 1), 3 * (1 - p)], [0, 0]])
    assert second.weight_gradient == pytest.approx(expected)
    assert first.weight_gradient == pytest.approx(np.array([[p - 1, 0], [p - 1, 0]]))  # 2nd is off


def test_a_convolution_by_hand():
    # two time steps of x y z; a filter over one time step that takes x - z; stride 1: two outputs
    network = Network("conv1x1-1", 6, 2, np.random.default_rng(0))
    convolution = network.trainable_layers[0]
    convolution.weights[:, 0], convolution.bias[:] = [1.0, 0.0, -1.0], 0.5
    x = np.array([[5.0, 7.0, 2.0, 1.0, 7.0, 3.0]])
    assert convolution.forward(x).tolist() == [[3.5, -1.5]]


def test_pooling_takes_the_largest_of_each_channel():
    pool = MaxPool(5, 2, 2)  # the fifth time step does not fill a pool
    x = np.array([[1.0, 9.0, 4.0, 8.0, 0.0, 0.0, -1.0, 3.0, 99.0, 99.0]])
    assert pool.forward(x).tolist() == [[4.0, 9.0, 0.0, 3.0]]
    back = pool.backward(np.array([[1.0, 2.0, 3.0, 4.0]]))
    assert back.tolist() == [[0, 2, 1, 0, 3, 0, 0, 4, 0, 0]]


def test_dropout_leaves_a_fraction_out_only_during_training():
    dropout = Dropout(1000, 0.25, np.random.default_rng(0))
    x = np.ones((20, 1000), dtype=np.float32)
    assert dropout.forward(x) is x
    dropout.training = True
    y = dropout.forward(x)
    assert 0.24 < (y == 0).mean() < 0.26
    assert y.mean() == pytest.approx(1.0, abs=0.02)  # those that stay are enlarged
    assert (dropout.backward(x) == y).all()


def test_softmax_and_cross_entropy():
    assert softmax(np.array([[0.0, np.log(3.0)]]))[0].tolist() == pytest.approx([0.25, 0.75])
    assert softmax(np.array([[1000.0, 0.0]]))[0].tolist() == [1.0, 0.0]  # no overflow
    loss, _ = cross_entropy(np.array([[0.0, 0.0], [0.0, np.log(3.0)]]), np.array([0, 1]))
    assert loss == pytest.approx((np.log(2) - np.log(0.75)) / 2)
    assert np.isfinite(cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))[0])


def test_softmax_of_any_shape():
    scores = np.random.default_rng(0).normal(0, 3, (2, 5, 4))
    expected = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    for some in (np.s_[:], np.s_[0], np.s_[1, 2]):  # several networks, one, a single row
        np.testing.assert_allclose(softmax(scores[some]), expected[some], rtol=1e-12)
    assert softmax(scores.astype(np.float32)).dtype == np.float32


def test_loss_and_gradient_of_probabilities_by_hand():
    probabilities = np.array([[0.5, 0.25, 0.25], [0.0, 0.125, 0.875]])
    target = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert mean_loss(probabilities, target) == pytest.approx((np.log(4) + np.log(8 / 7)) / 2)
    gradient = score_gradient(probabilities, target)
    assert gradient.tolist() == [[0.25, -0.375, 0.125], [0.0, 0.0625, -0.0625]]
    together = score_gradient(np.stack([probabilities] * 3), np.stack([target] * 3))
    assert (together == gradient).all()  # divided by the rows of a batch, not by the networks
    assert mean_loss(np.stack([probabilities, target]), np.stack([target] * 2))[1] == 0.0


def test_training_leaves_out_the_gradient_of_the_inputs(monkeypatch):
    network = Network("5-4", 3, 2, np.random.default_rng(0))
    calls, backward = [], Dense.backward

    def noted(layer, gradient):
        calls.append(layer)
        return backward(layer, gradient)

    monkeypatch.setattr(Dense, "backward", noted)
    _, gradient = cross_entropy(network.forward(np.ones((5, 3))), np.array([0, 1, 0, 1, 1]))
    network.backward(gradient)
    assert calls == [network.trainable_layers[2], network.trainable_layers[1]]
    assert all(layer.weight_gradient.any() for layer in network.trainable_layers)


def test_optimizers_by_hand():
    p = np.array([1.0])
    sgd = SGD(learning_rate=0.1, momentum=0.9)
    sgd.step(p, np.array([2.0]))
    assert p[0] == pytest.approx(0.8)  # v = -0.2
    sgd.step(p, np.array([0.0]))
    assert p[0] == pytest.approx(0.62)  # v = -0.18: it rolls on

    p = np.array([1.0])
    RMSProp(learning_rate=0.1, decay=0.9).step(p, np.array([2.0]))
    assert p[0] == pytest.approx(1 - 0.1 * 2 / np.sqrt(0.1 * 4))

    p = np.array([1.0])
    adam = Adam(learning_rate=0.1)
    adam.step(p, np.array([2.0]))
    assert p[0] == pytest.approx(0.9)  # the first step is the learning rate, whatever g
    adam.step(p, np.array([-2.0]))
    mean = (0.9 * 0.2 - 0.2) / (1 - 0.81)
    square = (0.999 * 0.004 + 0.004) / (1 - 0.999**2)
    assert p[0] == pytest.approx(0.9 - 0.1 * mean / np.sqrt(square))


XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float) * 2 - 1
XOR_TARGETS = np.array([0, 1, 1, 0])


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_each_optimizer_learns_xor(name):
    rng = np.random.default_rng(0)
    network = Network("8", 2, 2, rng)
    batches = BalancedBatches(XOR, XOR_TARGETS, 64, rng)

    def validate():
        return float(cross_entropy(network.forward(XOR), XOR_TARGETS)[0])

    history = fit(
        network, batches, OPTIMIZERS[name](), steps=300, weight_decay=0.0, validate=validate
    )
    assert network.forward(XOR).argmax(axis=1).tolist() == XOR_TARGETS.tolist()
    assert history.training[-1] < 0.1 < history.training[0]
    assert len(history.validation) == len(history.step) == len(history.training)
    assert history.stopped_at == 300


def test_a_network_may_have_more_scores_than_there_are_classes():
    rng = np.random.default_rng(0)
    network = Network("8", 2, 4, rng)
    fit(network, BalancedBatches(XOR, XOR_TARGETS, 64, rng), Adam(), steps=200, weight_decay=0.0)
    assert network.forward(XOR).argmax(axis=1).tolist() == XOR_TARGETS.tolist()


def test_early_stopping_keeps_the_network_that_did_best():
    rng = np.random.default_rng(0)
    network = Network("8", 2, 2, rng)
    losses = iter([3.0, 1.0, 2.0, *[5.0] * 60])
    kept = []

    def validate():
        kept.append(network.parameters.copy())
        return next(losses)

    history = fit(
        network, BalancedBatches(XOR, XOR_TARGETS, 64, rng), Adam(),
        steps=100, validate=validate, early_stopping=True,
    )  # fmt: skip
    assert history.stopped_at == history.step[1] + 1
    assert (network.parameters == kept[1]).all()
    assert not (network.parameters == kept[-1]).all()


def test_weight_decay_pulls_weights_and_not_biases():
    rng = np.random.default_rng(0)
    network = Network("4", 2, 2, rng)
    for layer in network.trainable_layers:
        layer.bias[:] = 1.0
    before = network.parameters.copy()
    nothing = np.zeros((4, 2))
    fit(network, BalancedBatches(nothing, XOR_TARGETS, 8, rng), SGD(0.1, 0.0), steps=2,
        weight_decay=0.5)  # fmt: skip
    first = network.trainable_layers[0]
    # inputs of 0 give the first weights no gradient: only decay moves them, by 0.1 * 0.5 of a step
    ratio = first.weights.ravel() / before[: first.weights.size]
    assert ratio == pytest.approx(np.full(8, ratio[0]))
    assert 0.9 < ratio[0] < 1.0
    assert network.is_weight.sum() == 8 + 8


def test_training_repeats_exactly_and_reports():
    def run(seed):
        rng = np.random.default_rng(seed)
        network, seen = Network("4", 3, 2, rng), []
        x = np.random.default_rng(9).normal(0, 1, (10, 3))
        batches = BalancedBatches(x, np.arange(10) % 2, 64, rng)
        fit(network, batches, Adam(), steps=60, progress=lambda *call: seen.append(call))
        return network.parameters.tobytes(), seen

    assert run(3) == run(3)
    assert run(3)[0] != run(4)[0]
    step, steps, loss, validation = run(3)[1][-1]
    assert (step, steps, validation) == (60, 60, None)
    assert loss > 0


def test_batches_are_balanced():
    targets = np.repeat([0, 1], [2, 98])
    x = np.arange(100.0)[:, None]
    rows, classes = BalancedBatches(x, targets, 4000, np.random.default_rng(0)).draw()
    assert 0.46 < (classes == 0).mean() < 0.54
    assert set(rows[:, 0].astype(int)) == set(range(100))
    assert (targets[rows[:, 0].astype(int)] == classes).all()


def test_each_network_draws_only_from_its_training_set():
    targets = np.arange(60) % 3
    allowed = np.stack([np.arange(60) < 30, np.arange(60) >= 30])
    x = np.arange(60.0)[:, None]
    batches = BalancedBatches(
        x, targets, 500, np.random.default_rng(0), allowed=allowed, weights=[1, 1, 0.5]
    )
    rows, classes = batches.draw()
    assert rows.shape == (2, 500, 1)
    assert set(rows[0, :, 0]) == set(range(30)) and set(rows[1, :, 0]) == set(range(30, 60))
    assert 0.15 < (classes == 2).mean() < 0.25  # half as often as the other two: a fifth
    for network in range(2):
        assert (targets[rows[network, :, 0].astype(int)] == classes[network]).all()
    own = np.stack([x, -x])  # each network has its own rows
    again = BalancedBatches(
        own, targets, 500, np.random.default_rng(0), allowed=allowed, weights=[1, 1, 0.5]
    ).draw()
    assert (again[0] == rows * np.array([1, -1])[:, None, None]).all()
    assert (again[1] == classes).all()
    with pytest.raises(ValueError, match="no row of some class"):
        BalancedBatches(x, targets, 5, np.random.default_rng(0), allowed=targets[None] > 0)


def test_steps_grow_and_shrink():
    lengths = [schedule(step, 100) for step in range(100)]
    assert lengths[0] == 0.0
    assert lengths[5] == pytest.approx(0.5)
    assert max(lengths) == lengths[10] == 1.0
    assert lengths[55] == pytest.approx(0.5)
    assert 0 < lengths[99] < 0.001
