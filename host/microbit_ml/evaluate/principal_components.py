"""Principal components: a picture of recordings with 54 numbers each, on a flat page.

A recording is a point with 54 coordinates, one for each feature. Nobody can draw that, but we can
look at the cloud of points from the side where it is widest, as one photographs a ship from the
side and not from the front. The direction in which the points are spread most is the first
principal component. The second is the direction, at right angles to the first, in which they are
spread most of what is left; and so on. Two of them make a picture.

How wide a cloud is in a direction is its *variance* there: the mean of the squared distances from
the middle. How two features vary together is their *covariance*: the mean of the products of their
distances from the middle. It is above 0 if one is large when the other is, below 0 if one is large
when the other is small, and 0 if they have nothing to do with each other. All of them make a square
table, the covariance matrix, with the variances on its diagonal.

The idea: turn the axes until no two features vary together any more. Then the table has zeros
everywhere but on its diagonal, the turned axes are the principal components, and the diagonal holds
their variances. Turning does not change distances, so nothing is bent: only the point of view is
another. The turned axes are called eigenvectors of the matrix, the variances its eigenvalues.
Source: K. Pearson, 1901; the way of turning is C. G. J. Jacobi's, 1846.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import DataError

MOST_SWEEPS = 60  # each covers all pairs of axes once; about eight are needed
SMALL = 1e-15  # beside the largest number of the matrix: what rounding leaves


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """Directions in which points are spread most, the widest first.

    middle: (n_features,), the mean of the points; directions: (n_features, n_components), each
    column of length 1 and at right angles to the others; variances: (n_components,); total: the
    variance of all directions together, in the features' unit squared.
    """

    middle: np.ndarray
    directions: np.ndarray
    variances: np.ndarray
    total: float

    @property
    def shares(self) -> np.ndarray:
        """How much of the spread each component shows, 0 to 1: (n_components,)."""
        return self.variances / self.total if self.total > 0 else np.zeros_like(self.variances)

    def project(self, rows: np.ndarray) -> np.ndarray:
        """Where points lie in the picture: (n, n_features) -> (n, n_components).

        Each coordinate is the dot product of the way from the middle with a direction: how far the
        point is from the middle when it is seen along that direction.
        """
        return (np.asarray(rows, dtype=np.float64) - self.middle) @ self.directions


def principal_components(rows: np.ndarray, n_components: int = 2) -> PrincipalComponents:
    """The widest directions of a cloud of points.

    rows: (n, n_features), one point each; bring the features to one size first
    (:func:`standardized`), or the one with the largest unit decides alone. n_components: how many
    directions, at most n_features. A direction may point either way: here its largest entry is
    above 0, so that the same data always give the same picture.
    Example: the points (1, 1), (2, 2), (3, 3) lie on a line, so the first direction is
    (0.71, 0.71), which shows all of the spread, and the second shows nothing.
    Raises DataError for fewer than two points or another shape.
    """
    rows = np.asarray(rows, dtype=np.float64)
    if rows.ndim != 2 or len(rows) < 2 or not 1 <= n_components <= rows.shape[1]:
        raise DataError(
            f"{n_components} principal components of points of shape {rows.shape} cannot be found. "
            "Give two or more rows, and ask for no more components than there are columns."
        )
    middle = rows.mean(axis=0)
    ways = rows - middle
    variances, directions = turn_to_diagonal(ways.T @ ways / len(rows))
    variances = np.maximum(variances, 0.0)  # rounding may leave less than nothing
    largest = directions[np.abs(directions).argmax(axis=0), np.arange(len(directions))]
    directions = directions * np.where(largest < 0, -1.0, 1.0)
    chosen = slice(n_components)
    return PrincipalComponents(
        middle, directions[:, chosen], variances[chosen], float(variances.sum())
    )


def turn_to_diagonal(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, largest first, and eigenvectors of a symmetric matrix, by turning its axes.

    matrix: (d, d), equal to its transpose. Returns (d,) and (d, d), one eigenvector a column:
    ``matrix @ vectors == vectors * values``, but for rounding.

    One turn takes two axes i and j and leaves the others: the new axes are
    ``cos * i - sin * j`` and ``sin * i + cos * j``. The angle is chosen such that the two no longer
    vary together, m_ij = 0 (:func:`turn_of`). A later turn spoils that zero a little, but each
    turn takes 2 m_ij^2 from the sum of the squares beside the diagonal, so that it goes to 0; after
    some sweeps over all pairs only rounding errors are left.
    """
    m = np.array(matrix, dtype=np.float64)
    vectors = np.eye(len(m))
    limit = SMALL * float(np.abs(m).max(initial=0.0))
    for _ in range(MOST_SWEEPS):
        pairs = np.argwhere(np.triu(np.abs(m) > limit, k=1))
        if not len(pairs):
            break
        for i, j in pairs:
            cos, sin = turn_of(m[i, i], m[j, j], m[i, j])
            turn = np.array([[cos, sin], [-sin, cos]])
            m[:, [i, j]] = m[:, [i, j]] @ turn
            m[[i, j]] = turn.T @ m[[i, j]]
            vectors[:, [i, j]] = vectors[:, [i, j]] @ turn
    values = m.diagonal()
    order = np.argsort(-values, kind="stable")
    return values[order], vectors[:, order]


def turn_of(m_ii: float, m_jj: float, m_ij: float) -> tuple[float, float]:
    """Cosine and sine of the angle by which axes i and j are turned to make m_ij zero.

    The turned m_ij is (cos^2 - sin^2) m_ij + cos sin (m_ii - m_jj). With t = sin / cos it is zero
    where t^2 + 2 r t - 1 = 0, with r = (m_jj - m_ii) / (2 m_ij). Of the two solutions the one with
    the smaller angle is taken, t = 1 / (r + sqrt(r^2 + 1)) for r >= 0, because it spoils least.
    """
    if m_ij == 0.0:
        return 1.0, 0.0
    r = (m_jj - m_ii) / (2.0 * m_ij)
    t = (1.0 if r >= 0 else -1.0) / (abs(r) + float(np.hypot(r, 1.0)))
    cos = 1.0 / float(np.hypot(t, 1.0))
    return cos, t * cos


def standardized(rows: np.ndarray) -> np.ndarray:
    """Each feature less its mean, in units of its standard deviation: (n, d) -> (n, d).

    So a feature in counts and one in shares weigh the same. One that never changes becomes 0.
    """
    rows = np.asarray(rows, dtype=np.float64)
    spread = rows.std(axis=0)
    return (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
