"""Whitening: before training, turn the space of the inputs so that a gesture's own variation is
alike in every direction.

Two features that always vary together (two neighbouring bands of the spectrum) say one thing twice,
and weight decay would let the network believe it twice. With R the covariance of the rows around
the mean of their label, ``x R^(-1/2)`` has the same variation in all directions. R is a symmetric
matrix, so it has perpendicular eigenvectors U and eigenvalues e: ``R = U diag(e) U^T``, and its
power -1/2 is ``U diag(e^(-1/2)) U^T``. From few recordings R is known badly; so most of it is a
round one (shrinkage, as of Ledoit and Wolf).

A matrix before the first layer is no work for the board: ``(x T) W = x (T W)``.
"""

from __future__ import annotations

import numpy as np

SHRINKAGE = 0.8  # how much of the covariance is a round one


def whitening_matrix(covariance: np.ndarray) -> np.ndarray:
    """T of a covariance (n_inputs, n_inputs), symmetric. Returns (n_inputs, n_inputs).

    It leaves the average variation as it is: a round covariance gives the identity.
    """
    average = max(float(np.trace(covariance)) / len(covariance), 1e-9)
    shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * average * np.eye(len(covariance))
    eigenvalues, eigenvectors = np.linalg.eigh(shrunk)
    powers = (eigenvalues / average) ** -0.5
    return (eigenvectors * powers) @ eigenvectors.T
