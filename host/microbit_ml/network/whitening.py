"""Whitening: transform the inputs before training, such that the variation within a gesture is the
same in every direction.

Two features that always vary together (two neighbouring bands of the spectrum) carry the same
information, and weight decay would let it count twice. With R the within-class covariance,
``x R^(-1/2)`` has the same variance in all directions. R is a symmetric matrix, so it has
orthogonal eigenvectors U and eigenvalues e: ``R = U diag(e) U^T``, and its power -1/2 is
``U diag(e^(-1/2)) U^T``. Few recordings give a poor estimate of R, so it is shrunk strongly toward
a multiple of the identity (shrinkage, as by Ledoit and Wolf).

A matrix before the first layer is no extra work for the board: ``(x T) W = x (T W)``.
"""

from __future__ import annotations

import numpy as np

SHRINKAGE = 0.8  # the weight of the identity in the shrunk covariance


def whitening_matrix(covariance: np.ndarray) -> np.ndarray:
    """The matrix T for a covariance (n_inputs, n_inputs), symmetric. Returns (n_inputs, n_inputs).

    It keeps the average variance: a multiple of the identity gives the identity.
    """
    average = max(float(np.trace(covariance)) / len(covariance), 1e-9)
    shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * average * np.eye(len(covariance))
    eigenvalues, eigenvectors = np.linalg.eigh(shrunk)
    powers = (eigenvalues / average) ** -0.5
    return (eigenvectors * powers) @ eigenvectors.T
