"""Prototypes: a few points that stand for all recordings, found in two steps.

*k-means* divides the rows of one label among k prototypes: each row goes to the nearest, each
prototype moves to the mean of its rows, again and again. So the prototypes are where the rows are.

Then gradient descent moves them, with the rows of all labels: what matters is where one label ends
and the next begins. The score of a label is ``-2 log2(d)``, with d the squared distance of its
nearest prototype, and the softmax of the scores gives probabilities, as in a network. The
cross-entropy falls when the nearest prototype of the right label comes closer to a row, and those
of other labels move away. This is learning vector quantization (T. Kohonen 1986), with the loss of
S. Seo and K. Obermayer, *Soft Learning Vector Quantization*, 2003.
"""

from __future__ import annotations

from math import log

import numpy as np

from microbit_ml.network import Adam, BalancedBatches, schedule, softmax

ROUNDS = 15  # of k-means, at most
BATCH_SIZE, STEPS, LEARNING_RATE = 96, 200, 0.005
NEAR = 0.64
"""Added to every squared distance, so one of 0 has a logarithm: 256 steps of 1/20, squared."""


def squared_distances(rows: np.ndarray, prototypes: np.ndarray) -> np.ndarray:
    """From each row to each prototype: (n, d) and (m, d) -> (n, m). (a - b)^2 = a^2 - 2ab + b^2."""
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ prototypes.T
    return np.maximum(squares + (prototypes**2).sum(axis=1), 0.0)


def k_means(rows: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """At most k prototypes of rows, (n, d) -> (k, d); fewer where fewer rows differ.

    The first is a row drawn at random, and each of the next ones is drawn with a chance that grows
    with the squared distance from those before: so they begin far apart (k-means++, D. Arthur and
    S. Vassilvitskii 2007).
    """
    prototypes = rows[[rng.integers(len(rows))]]
    while len(prototypes) < k:
        chance = squared_distances(rows, prototypes).min(axis=1)
        if not chance.max() > 1e-9:
            break
        drawn = np.searchsorted(chance.cumsum(), rng.random() * chance.sum(), side="right")
        prototypes = np.append(prototypes, rows[[min(drawn, len(rows) - 1)]], axis=0)
    for _ in range(ROUNDS):
        nearest = squared_distances(rows, prototypes).argmin(axis=1)
        belongs = nearest[:, None] == np.arange(len(prototypes))  # (n, k)
        counts = belongs.sum(axis=0)[:, None]
        before = prototypes
        prototypes = np.where(counts > 0, belongs.T @ rows / np.maximum(counts, 1), before)
        if np.array_equal(prototypes, before):
            break
    return prototypes


def loss_and_gradient(
    prototypes: np.ndarray, first: np.ndarray, rows: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of rows (n, d) with labels (n,), and its gradient: (m, d).

    first: (n_labels,), the index of each label's first prototype. Only the nearest prototype of a
    label has a gradient: of ``-2 log2(d)`` by d it is ``-2 / (d ln 2)``, and of d by the prototype
    2 (prototype - row).
    """
    n, distances = np.arange(len(rows)), squared_distances(rows, prototypes) + NEAR
    ends = [*first[1:], len(prototypes)]
    nearest = np.stack(
        [a + distances[:, a:b].argmin(axis=1) for a, b in zip(first, ends, strict=True)], axis=1
    )
    d = np.take_along_axis(distances, nearest, axis=1)
    error = softmax(-2 * np.log2(d))  # (n, n_labels), the probabilities
    loss = -float(np.log(np.maximum(error[n, targets], 1e-30)).mean())
    error[n, targets] -= 1.0
    by_distance = np.zeros_like(distances)
    np.put_along_axis(by_distance, nearest, -2 / log(2) * error / d / len(rows), axis=1)
    pulled = by_distance.sum(axis=0)[:, None] * prototypes - by_distance.T @ rows
    return loss, 2 * pulled


def fit_prototypes(
    rows: np.ndarray, targets: np.ndarray, per_label: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """At most ``per_label`` prototypes of each label, and the label of each, ascending.

    rows: normalised, (n, d); targets: (n,), labels from 0.
    """
    labels = range(int(targets.max()) + 1)
    of_label = [k_means(rows[targets == label], per_label, rng) for label in labels]
    owners = np.repeat(labels, [len(one) for one in of_label])
    prototypes, first = np.concatenate(of_label), np.searchsorted(owners, labels)
    batches, optimizer = BalancedBatches(rows, targets, BATCH_SIZE, rng), Adam(LEARNING_RATE)
    for step in range(STEPS):
        _, gradient = loss_and_gradient(prototypes, first, *batches.draw())
        optimizer.step(prototypes, gradient, schedule(step, STEPS))
    return prototypes, owners
