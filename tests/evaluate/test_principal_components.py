"""Principal components by Jacobi rotations, against numpy.linalg and numbers worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from microbit_ml.errors import DataError
from microbit_ml.evaluate.principal_components import (
    jacobi_eigen,
    jacobi_rotation,
    principal_components,
    standardized,
)


def check_eigen(matrix):
    """Eigenvalues as numpy.linalg.eigh finds them, and eigenvectors with the right properties."""
    values, vectors = jacobi_eigen(matrix)
    size = max(np.abs(matrix).max(), 1e-300)
    assert np.allclose(values, np.linalg.eigvalsh(matrix)[::-1], rtol=0, atol=1e-12 * size)
    assert np.allclose(matrix @ vectors, vectors * values, rtol=0, atol=1e-12 * size)
    assert np.allclose(vectors.T @ vectors, np.eye(len(matrix)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3, 10, 54])
def test_against_numpy(d):
    rng = np.random.default_rng(d)
    half = rng.normal(size=(d, d)) * np.logspace(0, 3, d)
    check_eigen(half @ half.T)
    check_eigen(half + half.T)  # with values below 0 too


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((3, 3)),
        np.ones((4, 4)),
        np.eye(5),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.array([[1e-200, 1e-201], [1e-201, 2e-200]]),
        np.diag([3.0, 1.0, 2.0]),
        np.array([[1.0, 1e-9], [1e-9, 1.0]]),
    ],
)
def test_degenerate_matrices(matrix):
    check_eigen(matrix)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (4, 4), elements=st.floats(-1e3, 1e3)))
def test_any_symmetric_matrix(half):
    check_eigen(half + half.T)


def test_one_rotation_by_hand():
    """m = [[2, 1], [1, 2]]: a rotation by 45 degrees makes it [[1, 0], [0, 3]]."""
    cos, sin = jacobi_rotation(2.0, 2.0, 1.0)
    assert cos == pytest.approx(np.sqrt(0.5)) and sin == pytest.approx(np.sqrt(0.5))
    values, vectors = jacobi_eigen(np.array([[2.0, 1.0], [1.0, 2.0]]))
    assert values == pytest.approx([3, 1])
    assert np.abs(vectors) == pytest.approx(np.full((2, 2), np.sqrt(0.5)))
    assert jacobi_rotation(1.0, 5.0, 0.0) == (1.0, 0.0)


def test_a_rotation_leaves_no_covariance_between_the_two_axes():
    rng = np.random.default_rng(0)
    for m_ii, m_jj, m_ij in rng.normal(size=(50, 3)):
        cos, sin = jacobi_rotation(m_ii, m_jj, m_ij)
        left = (cos**2 - sin**2) * m_ij + cos * sin * (m_ii - m_jj)
        assert left == pytest.approx(0, abs=1e-12)
        assert abs(sin) <= abs(cos) + 1e-12  # the smaller of the two angles


def test_points_on_a_line():
    found = principal_components(np.array([[1, 1], [2, 2], [3, 3]]))
    assert found.directions[:, 0] == pytest.approx([np.sqrt(0.5)] * 2)
    assert found.explained_variance_ratio == pytest.approx([1, 0])
    assert found.project(np.array([[2, 2], [3, 3]])) == pytest.approx(
        np.array([[0, 0], [np.sqrt(2), 0]])
    )


def test_what_a_projection_keeps():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(40, 6)) * [5, 3, 1, 1, 1, 0]
    found = principal_components(rows, 6)
    points = found.project(rows)
    assert points.mean(axis=0) == pytest.approx(np.zeros(6), abs=1e-12)
    assert points.var(axis=0) == pytest.approx(found.variances, abs=1e-12)
    assert np.all(np.diff(found.variances) <= 0) and found.variances[-1] >= 0
    assert found.explained_variance_ratio.sum() == pytest.approx(1)
    apart = np.linalg.norm(rows[:, None] - rows, axis=2)
    assert np.linalg.norm(points[:, None] - points, axis=2) == pytest.approx(apart, abs=1e-9)
    few = principal_components(rows, 2)
    assert few.total == pytest.approx(found.total) and few.explained_variance_ratio.sum() < 1


@pytest.mark.parametrize("seed", range(6))
def test_the_same_picture_whichever_way_round(seed):
    rows = np.random.default_rng(seed).normal(size=(20, 5))
    again = principal_components(-rows[::-1])
    assert np.allclose(principal_components(rows).directions, again.directions)
    assert np.all(again.directions[np.abs(again.directions).argmax(axis=0), [0, 1]] > 0)


def test_more_features_than_points():
    rng = np.random.default_rng(3)
    found = principal_components(rng.normal(size=(3, 54)), 54)
    assert found.explained_variance_ratio[2:] == pytest.approx(np.zeros(52), abs=1e-12)
    assert np.all(found.variances >= 0)  # rounding alone would leave less
    assert found.explained_variance_ratio[:2].sum() == pytest.approx(1)


def test_equal_points_have_no_variance():
    found = principal_components(np.ones((4, 3)))
    assert found.total == 0 and found.explained_variance_ratio.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("rows", "n"), [(np.zeros((1, 3)), 2), (np.zeros((5, 1)), 2), (np.zeros(3), 1)]
)
def test_too_few_points_for_a_picture(rows, n):
    with pytest.raises(DataError, match="Give two or more rows"):
        principal_components(rows, n)


def test_standardized():
    rows = standardized([[1, 10, 7], [3, 30, 7]])
    assert rows.tolist() == [[-1, -1, 0], [1, 1, 0]]
