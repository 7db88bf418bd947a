"""Folds: which recordings are held out together, to check on them what others taught."""

from __future__ import annotations

import numpy as np

MAX_FOLDS = 5


def assign_folds(
    targets: np.ndarray, people: np.ndarray, rng: np.random.Generator, folds: int = MAX_FOLDS
) -> tuple[np.ndarray, str]:
    """Deal recordings into at most ``folds`` folds: whole people, where people are known.

    A network that has seen Ann's first four waves knows something of her fifth: a score that is to
    hold for a new person needs all of Ann held out at once.

    targets: (n,) the label numbers; people: (n,) who made each recording, "" for unknown. Returns
    the fold of each recording (n,), 0.., and "person" or "recording". People are used when all are
    known, there are at least two, and the others always leave something of every label to learn
    from; else each label's recordings are dealt out one by one.
    """
    known = sorted(set(people.tolist()) - {""})
    if len(known) >= 2 and "" not in people:
        n_folds = min(folds, len(known))
        fold_of = {
            known[person]: i % n_folds for i, person in enumerate(rng.permutation(len(known)))
        }
        by_person = np.array([fold_of[person] for person in people.tolist()])
        n_labels = len(np.unique(targets))
        if all(len(np.unique(targets[by_person != k])) == n_labels for k in range(n_folds)):
            return by_person, "person"
    return stratified_folds(targets, folds, rng), "recording"


def stratified_folds(targets: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Deal each label's recordings, shuffled, into the folds in turn: (n,) fold numbers, 0.."""
    result = np.zeros(len(targets), dtype=np.intp)
    next_fold = 0
    for target in np.unique(targets):
        rows = rng.permutation(np.flatnonzero(targets == target))
        result[rows] = (next_fold + np.arange(len(rows))) % folds
        next_fold = (next_fold + len(rows)) % folds
    return result
