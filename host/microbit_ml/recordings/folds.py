"""Folds for cross-validation: which recordings are held out together, grouped by person."""

from __future__ import annotations

import numpy as np

MAX_FOLDS = 10


def assign_folds(
    targets: np.ndarray,
    people: np.ndarray,
    rng: np.random.Generator,
    folds: int = MAX_FOLDS,
    *,
    least_people: int = 2,
    least_of_label: int = 2,
) -> tuple[np.ndarray, str]:
    """Split recordings into at most ``folds`` folds: whole people, where people are known.

    A network trained on Ann's first four waves knows something about her fifth (data leakage): a
    score that holds for a new person needs all of Ann's recordings held out together.

    targets: (n,) the label numbers; people: (n,) who made each recording, "" for unknown. Returns
    the fold of each recording (n,), 0.., and "person" or "recording". Whole people are held out
    when all are known, there are at least ``least_people``, every label has ``least_of_label``
    recordings, and every fold's training set keeps all labels; else the folds are stratified by
    label.
    """
    known = np.unique(people)
    rarest = np.unique(targets, return_counts=True)[1].min()
    if len(known) >= least_people and "" not in known and rarest >= least_of_label:
        fold = folds_of_people(targets, people, rng, folds)
        n_labels = len(np.unique(targets))
        if all(len(np.unique(targets[fold != k])) == n_labels for k in range(fold.max() + 1)):
            return fold, "person"
    return stratified_folds(targets, folds, rng), "recording"


def folds_of_people(
    targets: np.ndarray, people: np.ndarray, rng: np.random.Generator, folds: int
) -> np.ndarray:
    """Assign whole people to folds, each fold with about as much of each label.

    Greedy: those with most recordings come first, and each joins the fold where the sum of
    squared label fractions grows least. Returns fold numbers (n,), 0..
    """
    known, person = np.unique(people, return_inverse=True)
    labels, label = np.unique(targets, return_inverse=True)
    fraction = np.zeros((len(known), len(labels)))
    np.add.at(fraction, (person, label), 1.0 / np.bincount(label)[label])
    filled = np.zeros((min(folds, len(known)), len(labels)))
    fold_of = np.zeros(len(known), dtype=np.intp)
    shuffled = rng.permutation(len(known))
    for one in shuffled[np.argsort(-fraction[shuffled].sum(axis=1), kind="stable")]:
        growth = ((filled + fraction[one]) ** 2 - filled**2).sum(axis=1)
        fold_of[one] = growth.argmin()
        filled[fold_of[one]] += fraction[one]
    return fold_of[person]


def stratified_folds(targets: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Assign each label's recordings, shuffled, to the folds in turn: (n,) fold numbers, 0.."""
    result = np.zeros(len(targets), dtype=np.intp)
    next_fold = 0
    for target in np.unique(targets):
        rows = rng.permutation(np.flatnonzero(targets == target))
        result[rows] = (next_fold + np.arange(len(rows))) % folds
        next_fold = (next_fold + len(rows)) % folds
    return result
