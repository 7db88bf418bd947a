"""Principal component analysis (PCA): recordings with 54 numbers each, on a flat picture.

A recording is a point with 54 coordinates, one for each feature. We can't draw that, but we can
look at the cloud of points from the side where it is widest, just as you photograph a ship from
the side and not from the front. The direction in which the points vary most is the first
principal component. The second is the direction, at right angles to the first, with most of the
remaining variance, and so on. Two of them make a picture.

The *variance* measures how wide a cloud is in a direction: it is the mean of the squared distances
from the mean. The *covariance* measures how two features vary together: the mean of the products of
their differences from the mean. It is above 0 if one is large when the other is, below 0 if one is
large when the other is small, and 0 if they are unrelated. All of them make a square table, the
covariance matrix, with the variances on its diagonal.

The idea: rotate the axes until no two features vary together any more. Then the matrix has zeros
everywhere except on its diagonal, the rotated axes are the principal components, and the diagonal
holds their variances. A rotation does not change distances, so nothing is bent: only the point of
view changes. The rotated axes are the eigenvectors of the matrix, the variances its eigenvalues.
Source: K. Pearson, 1901; the rotations are C. G. J. Jacobi's, 1846.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import DataError

MOST_SWEEPS = 60  # each covers all pairs of axes once; about eight are needed
SMALL = 1e-15  # rounding errors, relative to the largest number of the matrix


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """The directions of greatest variance, the greatest first.

    mean: (n_features,), of the points; directions: (n_features, n_components), each column of
    length 1 and at right angles to the others; variances: (n_components,); total: the variance of
    all directions together, in the features' unit squared.
    """

    mean: np.ndarray
    directions: np.ndarray
    variances: np.ndarray
    total: float

    __repr__ = short_repr

    @property
    def explained_variance_ratio(self) -> np.ndarray:
        """The fraction of the variance that each component explains, 0 to 1: (n_components,)."""
        return self.variances / self.total if self.total > 0 else np.zeros_like(self.variances)

    def project(self, rows: np.ndarray) -> np.ndarray:
        """Project points onto the components: (n, n_features) -> (n, n_components).

        Each coordinate is the dot product of a direction with the difference from the mean: how far
        the point is from the mean along that direction.
        """
        return (np.asarray(rows, dtype=np.float64) - self.mean) @ self.directions


def principal_components(rows: np.ndarray, n_components: int = 2) -> PrincipalComponents:
    """The first principal components of a cloud of points.

    rows: (n, n_features), one point each; standardize the features first (:func:`standardized`), or
    the one with the largest numbers decides alone. n_components: at most n_features. A direction
    may point either way: here its largest entry is above 0, so the same data always give the same
    picture.
    Example: the points (1, 1), (2, 2), (3, 3) lie on a line, so the first direction is
    (0.71, 0.71), which explains all of the variance, and the second explains nothing.
    Raises DataError for fewer than two points or another shape.
    """
    rows = np.asarray(rows, dtype=np.float64)
    if rows.ndim != 2 or len(rows) < 2 or not 1 <= n_components <= rows.shape[1]:
        raise DataError(
            f"Points of shape {rows.shape} don't have {n_components} principal components. "
            "Give two or more rows, and ask for no more components than columns."
        )
    mean = rows.mean(axis=0)
    centred = rows - mean
    variances, directions = jacobi_eigen(centred.T @ centred / len(rows))
    variances = np.maximum(variances, 0.0)  # rounding may leave them slightly negative
    largest = directions[np.abs(directions).argmax(axis=0), np.arange(len(directions))]
    directions = directions * np.where(largest < 0, -1.0, 1.0)
    chosen = slice(n_components)
    return PrincipalComponents(
        mean, directions[:, chosen], variances[chosen], float(variances.sum())
    )


def jacobi_eigen(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, largest first, and eigenvectors of a symmetric matrix, by Jacobi rotations.

    matrix: (d, d), equal to its transpose. Returns (d,) and (d, d), one eigenvector per column:
    ``matrix @ vectors == vectors * values``, up to rounding.

    One rotation changes only two axes, i and j: the new axes are ``cos * i - sin * j`` and
    ``sin * i + cos * j``. The angle is chosen such that the two no longer vary together, m_ij = 0
    (:func:`jacobi_rotation`). A later rotation makes that zero a little different again, but each
    one takes 2 m_ij^2 from the sum of the squares off the diagonal, which goes to 0: after some
    sweeps over all pairs only rounding errors are left.
    """
    m = np.array(matrix, dtype=np.float64)
    vectors = np.eye(len(m))
    tolerance = SMALL * float(np.abs(m).max(initial=0.0))
    for _ in range(MOST_SWEEPS):
        pairs = np.argwhere(np.triu(np.abs(m) > tolerance, k=1))
        if not len(pairs):
            break
        for i, j in pairs:
            cos, sin = jacobi_rotation(m[i, i], m[j, j], m[i, j])
            rotation = np.array([[cos, sin], [-sin, cos]])
            m[:, [i, j]] = m[:, [i, j]] @ rotation
            m[[i, j]] = rotation.T @ m[[i, j]]
            vectors[:, [i, j]] = vectors[:, [i, j]] @ rotation
    values = m.diagonal()
    order = np.argsort(-values, kind="stable")
    return values[order], vectors[:, order]


def jacobi_rotation(m_ii: float, m_jj: float, m_ij: float) -> tuple[float, float]:
    """Cosine and sine of the angle by which axes i and j are rotated to make m_ij zero.

    The rotated m_ij is (cos^2 - sin^2) m_ij + cos sin (m_ii - m_jj). With t = sin / cos it is zero
    where t^2 + 2 r t - 1 = 0, with r = (m_jj - m_ii) / (2 m_ij). Of the two solutions, the smaller
    angle is taken, t = 1 / (r + sqrt(r^2 + 1)) for r >= 0, because it changes the other axes least.
    """
    if m_ij == 0.0:
        return 1.0, 0.0
    r = (m_jj - m_ii) / (2.0 * m_ij)
    t = (1.0 if r >= 0 else -1.0) / (abs(r) + float(np.hypot(r, 1.0)))
    cos = 1.0 / float(np.hypot(t, 1.0))
    return cos, t * cos


def standardized(rows: np.ndarray) -> np.ndarray:
    """Each feature minus its mean, in units of its standard deviation: (n, d) -> (n, d).

    So features in different units have equal weight. A feature that never changes becomes 0.
    """
    rows = np.asarray(rows, dtype=np.float64)
    std = rows.std(axis=0)
    return (rows - rows.mean(axis=0)) / np.where(std > 0, std, 1.0)
