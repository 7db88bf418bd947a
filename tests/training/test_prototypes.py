"""k-means and the gradient of prototypes, by hand and numerically."""

import numpy as np
import pytest

from microbit_ml.training.prototypes import (
    NEAR,
    fit_prototypes,
    k_means,
    loss_and_gradient,
    squared_distances,
)


def test_squared_distances_by_hand():
    rows, others = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[3.0, 0.0]])
    assert squared_distances(rows, others).tolist() == [[9.0], [16.0]]


def test_k_means_finds_two_groups():
    rows = np.array([[0.0, 0.0], [0.0, 2.0], [10.0, 0.0], [12.0, 0.0]])
    for seed in range(5):
        found = k_means(rows, 2, np.random.default_rng(seed))
        assert sorted(found.tolist()) == [[0.0, 1.0], [11.0, 0.0]]


def test_k_means_of_a_single_group_is_its_mean():
    rows = np.array([[1.0], [2.0], [6.0]])
    assert k_means(rows, 1, np.random.default_rng(0)).tolist() == [[3.0]]


def test_equal_rows_need_only_one_prototype():
    assert k_means(np.ones((5, 2)), 3, np.random.default_rng(0)).tolist() == [[1.0, 1.0]]
    two = k_means(np.array([[0.0], [0.0], [7.0]]), 3, np.random.default_rng(0))
    assert sorted(two.ravel().tolist()) == [0.0, 7.0]


def test_the_loss_by_hand():
    # Squared distances 1 and 9, so scores -2 log2(1.64) = -1.427 and -2 log2(9.64) = -6.538:
    # the right label has the probability 1 / (1 + e^-5.111) = 0.994.
    prototypes, rows = np.array([[0.0], [4.0]]), np.array([[1.0]])
    loss, _ = loss_and_gradient(prototypes, np.array([0, 1]), rows, np.array([0]))
    assert NEAR == 0.64
    assert loss == pytest.approx(np.log(1 + np.exp(-5.111)), rel=1e-3)


def test_the_gradient_is_the_numerical_one():
    rng = np.random.default_rng(0)
    prototypes, first = rng.normal(size=(5, 3)), np.array([0, 2, 3])
    rows, targets = rng.normal(size=(20, 3)), rng.integers(0, 3, 20)
    _, gradient = loss_and_gradient(prototypes, first, rows, targets)
    for index in np.ndindex(prototypes.shape):
        step = np.zeros_like(prototypes)
        step[index] = 1e-6
        above, _ = loss_and_gradient(prototypes + step, first, rows, targets)
        below, _ = loss_and_gradient(prototypes - step, first, rows, targets)
        assert gradient[index] == pytest.approx((above - below) / 2e-6, abs=1e-6)


def test_gradient_descent_makes_better_prototypes_than_k_means():
    """Two labels that lie along the same line, with a narrow gap between them."""
    rng = np.random.default_rng(1)
    targets = np.repeat([0, 1], 200)
    rows = rng.uniform(-3, 3, (400, 2))
    rows[:, 1] = rng.uniform(0.05, 0.5, 400) * np.where(targets, 1, -1) + np.sin(rows[:, 0])
    fitted, owners = fit_prototypes(rows, targets, 3, np.random.default_rng(0))
    assert owners.tolist() == [0, 0, 0, 1, 1, 1]

    def right(prototypes):
        return (owners[squared_distances(rows, prototypes).argmin(axis=1)] == targets).mean()

    generators = [np.random.default_rng(0), np.random.default_rng(0)]
    begun = [k_means(rows[targets == c], 3, one) for c, one in enumerate(generators)]
    assert right(fitted) > right(np.concatenate(begun))
    again, _ = fit_prototypes(rows, targets, 3, np.random.default_rng(0))
    assert np.array_equal(fitted, again)
