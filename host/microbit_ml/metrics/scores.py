"""Classification metrics: accuracy, precision, recall and F1.

Everything here is counted from one table, the **confusion matrix** C. A row is the true label, and
a column the predicted one: C[i, j] recordings are truly of class i and were predicted as j.
For one class i, read off the table:

    TP = C[i, i]                 true positives: are i and were predicted as i
    FN = sum of row i - TP       false negatives: are i but were predicted as something else
    FP = sum of column i - TP    false positives: were predicted as i but are something else

and from these three counts:

    recall    R = TP / (TP + FN)   of all recordings of i, the fraction that was found
    precision P = TP / (TP + FP)   of all recordings predicted as i, the fraction that really is i
    F1          = 2 P R / (P + R) = 2 TP / (2 TP + FP + FN)   the harmonic mean of both

    accuracy          = sum of all TP / number of recordings
    balanced accuracy = mean recall of the classes that occur
    macro P, R, F1    = plain mean over the classes that occur, each counting the same

0/0 is defined as 0: a class that is never predicted has precision 0, and a class without recordings
has recall 0. The model is not to blame for a class without recordings, so the means are taken over
the classes that have at least one.

A prediction may also be "unknown" (``None``). It has its own column, and counts as wrong (a false
negative of the true class), but not as a false positive of any class.

The definitions are those of C. J. van Rijsbergen, *Information Retrieval* (2nd ed. 1979,
chapter 7: precision, recall and F), taken for each class against the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import DataError


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 (0 to 1) of one class; ``support`` recordings truly are of it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, eq=False)
class Scores:
    """All metrics of one set of predictions.

    ``confusion``: int (n_labels, n_labels + 1); rows are ``labels`` in their order, columns the
    same and then "unknown". ``classes`` holds one :class:`ClassScores` for each label.
    ``unknown`` is a count; the other numbers are fractions from 0 to 1.
    """

    labels: tuple[str, ...]
    confusion: np.ndarray
    classes: tuple[ClassScores, ...]
    accuracy: float
    balanced_accuracy: float
    macro_precision: float
    macro_recall: float
    macro_f1: float
    unknown: int

    __repr__ = short_repr

    @property
    def recordings(self) -> int:
        """The number of recordings."""
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        """The number of recordings predicted correctly."""
        return int(np.trace(self.confusion))

    def as_json(self) -> dict[str, object]:
        """The same numbers as plain lists and dictionaries for ``json.dumps``."""
        return {
            "labels": list(self.labels),
            "confusion": self.confusion.tolist(),
            "recordings": self.recordings,
            "accuracy": self.accuracy,
            "balanced_accuracy": self.balanced_accuracy,
            "macro": {
                "precision": self.macro_precision,
                "recall": self.macro_recall,
                "f1": self.macro_f1,
            },
            "classes": {
                one.label: {
                    "precision": one.precision,
                    "recall": one.recall,
                    "f1": one.f1,
                    "recordings": one.support,
                }
                for one in self.classes
            },
            "unknown": self.unknown,
        }


def most_frequent(truth: Sequence[str]) -> tuple[str, int]:
    """The most frequent label, and how often: what always guessing it would get right.

    Of labels that are equally frequent, the first by name. Raises ValueError without labels.
    """
    counts = Counter(truth)
    label = min(counts, key=lambda one: (-counts[one], one))
    return label, counts[label]


def confusion_matrix(
    truth: Sequence[str], predicted: Sequence[str | None], labels: Sequence[str]
) -> np.ndarray:
    """Count how often each true label (row) was predicted as each label (column) or unknown (last).

    ``truth`` and ``predicted`` have one entry for each recording; ``None`` is "unknown".
    Returns int64 (n_labels, n_labels + 1). Raises DataError when the lengths differ or when a
    label is not among ``labels``.
    """
    if len(truth) != len(predicted):
        raise DataError(
            f"There are {len(truth)} true labels but {len(predicted)} predictions. "
            "Give one prediction for each recording."
        )
    index: dict[str | None, int] = {label: i for i, label in enumerate(labels)}
    unlisted = sorted({*truth, *(one for one in predicted if one is not None)} - set(labels))
    if unlisted:
        raise DataError(
            f'The label "{unlisted[0]}" is not one of the labels to count: {", ".join(labels)}. '
            "Add it to them, or leave its recordings out."
        )
    index[None] = len(labels)
    counts = np.zeros((len(labels), len(labels) + 1), dtype=np.int64)
    for true_label, prediction in zip(truth, predicted, strict=True):
        counts[index[true_label], index[prediction]] += 1
    return counts


def score(
    truth: Sequence[str], predicted: Sequence[str | None], labels: Sequence[str] | None = None
) -> Scores:
    """Compute every metric of this module for ``predicted`` against ``truth``.

    ``labels`` fixes the order of the classes; by default all that occur, sorted.
    Raises DataError when there are no recordings, and as :func:`confusion_matrix` does.
    """
    if not len(truth):
        raise DataError("There is no recording with a label to score. Give at least one.")
    if labels is None:
        labels = sorted(
            {
                *truth,
                *(one for one in predicted if one is not None),
            }
        )
    counts = confusion_matrix(truth, predicted, labels)
    n_labels = len(labels)
    true_positives = np.diagonal(counts)  # (n_labels,)
    support = counts.sum(axis=1)  # TP + FN of each class
    predicted_counts = counts.sum(axis=0)[:n_labels]  # TP + FP of each class
    precision = _ratio(true_positives, predicted_counts)
    recall = _ratio(true_positives, support)
    # 2 TP + FN + FP = support + predicted_counts
    f1 = _ratio(2 * true_positives, support + predicted_counts)
    occurs = support > 0
    return Scores(
        labels=tuple(labels),
        confusion=counts,
        classes=tuple(
            ClassScores(label, float(p), float(r), float(f), int(n))
            for label, p, r, f, n in zip(labels, precision, recall, f1, support, strict=True)
        ),
        accuracy=float(true_positives.sum() / counts.sum()),
        balanced_accuracy=float(recall[occurs].mean()),
        macro_precision=float(precision[occurs].mean()),
        macro_recall=float(recall[occurs].mean()),
        macro_f1=float(f1[occurs].mean()),
        unknown=int(counts[:, n_labels].sum()),
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """``part / whole`` for each class, 0 where ``whole`` is 0."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
