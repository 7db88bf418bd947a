"""Linear classifiers: losses by hand, numerical gradients, minima as scikit-learn's."""

import math

import numpy as np
import pytest

from microbit_ml.errors import DataError
from microbit_ml.evaluate.linear import LinearSVM, LogisticRegression, gradient_descent

FIRST = np.array([[1.0, 0.0]])


def clouds(seed, n=80, n_features=6, n_labels=3, apart=1.0):
    rng = np.random.default_rng(seed)
    targets = np.arange(n) % n_labels
    centres = rng.normal(0, apart, (n_labels, n_features))
    names = np.array(["wave", "shake", "tap"])[targets]
    return centres[targets] + rng.normal(0, 1, (n, n_features)), names


def test_logistic_loss_by_hand():
    # scores 1 and 0: p = e / (e + 1) = 0.731; -ln p = 0.313; gradient p - 1, and p for the other
    loss, gradient = LogisticRegression()._loss(np.array([[1.0, 0.0]]), FIRST)
    assert loss == pytest.approx(0.3133, abs=1e-4)
    np.testing.assert_allclose(gradient, [[-0.2689, 0.2689]], atol=1e-4)
    assert loss == pytest.approx(-math.log(math.e / (math.e + 1)))


def test_logistic_loss_of_huge_scores_is_no_overflow():
    loss, gradient = LogisticRegression()._loss(np.array([[0.0, 5000.0]]), FIRST)
    assert loss == pytest.approx(5000)
    np.testing.assert_allclose(gradient, [[-1, 1]])


def test_svm_loss_by_hand():
    # the first label: a score of 0.4 falls 0.6 short of 1: 0.36; the second: -1.2 is beyond -1
    loss, gradient = LinearSVM()._loss(np.array([[0.4, -1.2]]), FIRST)
    assert loss == pytest.approx(0.36)
    np.testing.assert_allclose(gradient, [[-1.2, 0]])


@pytest.mark.parametrize("make", [LogisticRegression, LinearSVM])
def test_gradients_match_numerical_ones(make):
    rng = np.random.default_rng(3)
    scores, is_label = rng.normal(0, 1, (4, 3)), np.eye(3)[[0, 1, 2, 1]]
    loss = make()._loss
    gradient = loss(scores, is_label)[1]
    for i in np.ndindex(scores.shape):
        step = np.zeros_like(scores)
        step[i] = 1e-6
        difference = (loss(scores + step, is_label)[0] - loss(scores - step, is_label)[0]) / 2e-6
        assert gradient[i] == pytest.approx(difference, abs=1e-5)


def test_gradient_descent_finds_the_bottom_of_a_bowl():
    # (x - 3)^2 + 10 (y + 1)^2 is 0 at (3, -1); it curves by at most 20
    def bowl(at):
        away = at - [3.0, -1.0]
        return float((away**2 * [1, 10]).sum()), 2 * away * [1, 10]

    loss, lowest = gradient_descent(bowl, np.zeros(2), 1 / 20)
    np.testing.assert_allclose(lowest, [3, -1], atol=1e-3)
    assert loss == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("make", [LogisticRegression, LinearSVM])
def test_a_line_between_two_points_lies_in_the_middle(make):
    rows = np.array([[1.0, 0.0], [5.0, 0.0]])
    classifier = make(100.0).fit(rows, np.array(["a", "b"]))
    assert classifier.predict(np.array([[2.9, 7.0], [3.1, -7.0]])).tolist() == ["a", "b"]
    np.testing.assert_allclose(classifier.scores(np.array([[3.0, 0.0]])) @ [1, -1], 0, atol=1e-2)


@pytest.mark.parametrize("make", [LogisticRegression, LinearSVM])
def test_no_step_in_any_direction_makes_the_loss_smaller(make):
    rows, labels = clouds(1)
    classifier = make().fit(rows, labels)
    is_label = np.eye(3)[np.unique(labels, return_inverse=True)[1]]

    def loss(weights, bias):
        return 0.5 * (weights**2).sum() + classifier._loss(rows @ weights + bias, is_label)[0]

    least = loss(classifier.weights_, classifier.bias_)
    assert least == pytest.approx(classifier.loss_)
    rng = np.random.default_rng(0)
    for size in (1e-2, 1e-1):
        for _ in range(20):
            step = rng.normal(0, size, classifier.weights_.shape)
            assert loss(classifier.weights_ + step, classifier.bias_ + step[0]) > least


@pytest.mark.parametrize("make", [LogisticRegression, LinearSVM])
def test_impossible_input_is_explained(make):
    with pytest.raises(DataError, match="C is 0"):
        make(0)
    with pytest.raises(DataError, match="number of different labels to learn is 1"):
        make().fit(np.ones((2, 1)), np.array(["a", "a"]))


@pytest.mark.parametrize("C", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("seed", range(3))
def test_logistic_minimum_as_scikit_learn(seed, C):
    linear = pytest.importorskip("sklearn.linear_model", reason="compares with scikit-learn")
    (rows, labels), (others, _) = clouds(seed), clouds(seed + 50)
    theirs = linear.LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(rows, labels)
    ours = LogisticRegression(C).fit(rows, labels)
    targets = np.unique(labels, return_inverse=True)[1]
    is_label = np.eye(3)[targets]
    fit = ours._loss(rows @ theirs.coef_.T + theirs.intercept_, is_label)[0]
    assert ours.loss_ == pytest.approx(0.5 * (theirs.coef_**2).sum() + C * fit, abs=1e-4)
    np.testing.assert_allclose(ours.weights_.T, theirs.coef_, atol=2e-3)
    assert (ours.predict(others) == theirs.predict(others)).all()


@pytest.mark.parametrize("C", [0.1, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_svm_minimum_as_scikit_learn(seed, C):
    """Theirs also makes the bias small, but with this scaling hardly: 1e-6 times its square."""
    svm = pytest.importorskip("sklearn.svm", reason="compares with scikit-learn")
    (rows, labels), (others, _) = clouds(seed), clouds(seed + 50)
    theirs = svm.LinearSVC(
        C=C, dual=False, tol=1e-10, max_iter=100_000, intercept_scaling=1000.0
    ).fit(rows, labels)
    ours = LinearSVM(C).fit(rows, labels)
    is_label = np.eye(3)[np.unique(labels, return_inverse=True)[1]]
    fit = ours._loss(rows @ theirs.coef_.T + theirs.intercept_, is_label)[0]
    assert ours.loss_ == pytest.approx(0.5 * (theirs.coef_**2).sum() + C * fit, abs=1e-4)
    assert (ours.predict(others) == theirs.predict(others)).mean() > 0.98
