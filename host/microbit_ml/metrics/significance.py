"""Statistical significance: how much of a score, or of a difference between models, may be luck?

**Bootstrap confidence interval** (B. Efron, *Annals of Statistics* 7, 1979). We cannot record the
gestures of all pupils in the world, so our recordings stand in for them: draw the same number of
recordings again, with replacement, so that some come twice and some not at all, and compute the
score again. After many draws, the middle 95 % of these scores, from the 2.5th to the 97.5th
percentile, are the interval.

    16 of 20 right: accuracy 0.80; one draw has 14 right, the next 17, ...; 95 % of the draws have
    12 to 19 right: the interval is 0.60 to 0.95. Twenty recordings are not many.

Each label keeps its number of recordings (stratified resampling). Where at least
:data:`LEAST_PEOPLE` people are known, whole people are drawn instead (a cluster bootstrap):
recordings of one person are alike, and the question is how well it works for the next person.

**McNemar's test** (Q. McNemar, *Psychometrika* 12, 1947) compares two models on the same
recordings. Recordings that both get right or both get wrong make no difference. That leaves b
recordings that only the first gets right and c that only the second gets right. If both models
were equally good, each of these n = b + c would be a coin toss. The probability p of a result at
least as uneven, either way round, is

    p = 2 (C(n, 0) + C(n, 1) + ... + C(n, min(b, c))) / 2^n,     at most 1

    b = 1, c = 5: n = 6, p = 2 (1 + 6) / 64 = 0.21875: may well be luck.
    b = 0, c = 6:        p = 2 * 1 / 64 = 0.03125: below 0.05, probably not luck.

For many recordings the same is estimated with (|b - c| - 1)^2 / (b + c), which is distributed as
chi-square with one degree of freedom (A. L. Edwards, *Psychometrika* 13, 1948, for the 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, erfc, sqrt

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import DataError
from microbit_ml.metrics.scores import confusion_matrix

REPEATS = 2000  # draws of the bootstrap
CONFIDENCE_LEVEL = 0.95  # the fraction of the draws inside the interval
LEAST_PEOPLE = 5  # fewer are too few to resample
SIGNIFICANT = 0.05  # by convention, a p below it is called significant


@dataclass(frozen=True)
class Interval:
    """From ``low`` to ``high``."""

    low: float
    high: float

    def as_json(self) -> list[float]:
        """``[low, high]``."""
        return [self.low, self.high]


@dataclass(frozen=True)
class Intervals:
    """Bootstrap intervals of accuracy and macro F1; drawn: the unit resampled, e.g. "person"."""

    accuracy: Interval
    macro_f1: Interval
    drawn: str

    __repr__ = short_repr

    def as_json(self) -> dict[str, object]:
        """The same for ``json.dumps``."""
        return {
            "accuracy": self.accuracy.as_json(),
            "macro_f1": self.macro_f1.as_json(),
            "confidence_level": CONFIDENCE_LEVEL,
            "drawn": self.drawn,
        }


@dataclass(frozen=True)
class McNemar:
    """Two models on the same recordings.

    only_first: b, the number that only the first got right; only_second: c; p: of the exact test;
    chi_square and p_chi_square: of the corrected chi-square test.
    """

    only_first: int
    only_second: int
    p: float
    chi_square: float
    p_chi_square: float

    @property
    def significant(self) -> bool:
        """Whether the exact p is below 0.05."""
        return self.p < SIGNIFICANT

    def as_json(self) -> dict[str, object]:
        """The same for ``json.dumps``."""
        return {
            "only_first_right": self.only_first,
            "only_second_right": self.only_second,
            "p": self.p,
            "chi_square": self.chi_square,
            "p_chi_square": self.p_chi_square,
            "significant": self.significant,
        }


def bootstrap(
    truth: Sequence[str],
    predicted: Sequence[str | None],
    subjects: Sequence[str] = (),
    *,
    kind: str = "person",
    repeats: int = REPEATS,
    seed: int = 0,
) -> Intervals:
    """Intervals with 95 % of the scores of ``repeats`` draws; the same seed gives the same ones.

    truth, predicted: a label for each recording, ``None`` for "unknown"; subjects: who made each,
    "" for unknown; kind: what the subjects are.
    Raises DataError when there are no recordings, or when the lengths differ.
    """
    if not len(truth):
        raise DataError("There is no recording with a label to score. Give at least one.")
    if len(subjects) not in (0, len(truth)):
        raise DataError(
            f"There are {len(truth)} true labels but {len(subjects)} subjects. Give one for each, "
            "or none."
        )
    labels = sorted({*truth, *(label for label in predicted if label is not None)})
    people = sorted(set(subjects))
    rng = np.random.default_rng(seed)
    if "" in people or len(people) < LEAST_PEOPLE:
        tables = draw_recordings(confusion_matrix(truth, predicted, labels), repeats, rng)
        drawn = "recording"
    else:
        whose = np.array(subjects)
        rows = [np.flatnonzero(whose == person).tolist() for person in people]
        each = [
            confusion_matrix([truth[i] for i in own], [predicted[i] for i in own], labels)
            for own in rows
        ]
        tables = draw_people(np.stack(each), repeats, rng)
        drawn = kind
    return Intervals(_interval(accuracies(tables)), _interval(macro_f1s(tables)), drawn)


def least_accuracy(n: int) -> float:
    """The end of the 95 % interval when all n recordings are right, after Clopper and Pearson.

    The bootstrap shows no variation then. With an accuracy of 0.025 ** (1 / n), the chance of n
    right out of n is 2.5 %. Source: C. Clopper and E. Pearson, *Biometrika* 26, 1934.
    """
    return float(((1 - CONFIDENCE_LEVEL) / 2) ** (1 / n))


def draw_recordings(table: np.ndarray, repeats: int, rng: np.random.Generator) -> np.ndarray:
    """Confusion matrices (repeats, n_labels, n_labels + 1) of recordings resampled per label.

    A random recording of label i was predicted as j with the probability C[i, j] / sum of row i;
    so instead of recordings, counts are drawn (from a multinomial distribution).
    """
    drawn = np.zeros((repeats, *table.shape), dtype=np.int64)
    for i, row in enumerate(table):
        if row.sum():
            drawn[:, i] = rng.multinomial(row.sum(), row / row.sum(), repeats)
    return drawn


def draw_people(tables: np.ndarray, repeats: int, rng: np.random.Generator) -> np.ndarray:
    """The same with people resampled; tables: (n_people, n_labels, n_labels + 1)."""
    n_people = len(tables)
    times = rng.multinomial(n_people, np.full(n_people, 1.0 / n_people), repeats)
    return np.einsum("rp,pij->rij", times, tables)


def accuracies(tables: np.ndarray) -> np.ndarray:
    """Accuracy of each confusion matrix: (repeats, n_labels, n_labels + 1) -> (repeats,)."""
    return np.trace(tables, axis1=1, axis2=2) / tables.sum(axis=(1, 2))


def macro_f1s(tables: np.ndarray) -> np.ndarray:
    """Macro F1 of each confusion matrix, the mean over the labels that occur in it: (repeats,)."""
    right = np.diagonal(tables, axis1=1, axis2=2)
    support = tables.sum(axis=2)
    predicted = tables.sum(axis=1)[:, :-1]
    f1 = 2 * right / np.maximum(support + predicted, 1)
    return (f1 * (support > 0)).sum(axis=1) / (support > 0).sum(axis=1)


def mcnemar(
    truth: Sequence[str], first: Sequence[str | None], second: Sequence[str | None]
) -> McNemar:
    """McNemar's test of two models' predictions for the same recordings.

    Raises DataError when the lengths differ.
    """
    if not len(truth) == len(first) == len(second):
        raise DataError(
            f"There are {len(truth)} true labels but {len(first)} and {len(second)} predictions. "
            "Give one prediction of each model for each recording."
        )
    b = sum(one == t != other for t, one, other in zip(truth, first, second, strict=True))
    c = sum(other == t != one for t, one, other in zip(truth, first, second, strict=True))
    chi_square, p_chi_square = mcnemar_chi_square(b, c)
    return McNemar(b, c, mcnemar_exact(b, c), chi_square, p_chi_square)


def mcnemar_exact(b: int, c: int) -> float:
    """p of McNemar's exact test, two-sided.

    b: recordings that only the first model gets right; c: only the second. If both are 0, p is 1.
    Raises DataError for a count below 0.
    """
    _check_counts(b, c)
    n = b + c
    ways = sum(comb(n, k) for k in range(min(b, c) + 1))
    return min(1.0, 2 * ways / 2**n)


def mcnemar_chi_square(b: int, c: int) -> tuple[float, float]:
    """McNemar's statistic with Edwards' correction, and its p.

    Chi-square with one degree of freedom is the square of one normally distributed number, so it
    exceeds x with the probability erfc(sqrt(x / 2)).
    """
    _check_counts(b, c)
    if b == c:
        return 0.0, 1.0
    chi_square = (abs(b - c) - 1) ** 2 / (b + c)
    return chi_square, erfc(sqrt(chi_square / 2))


def _check_counts(b: int, c: int) -> None:
    if min(b, c) < 0:
        raise DataError(f"McNemar's test takes counts of 0 or more, not {b} and {c}.")


def _interval(values: np.ndarray) -> Interval:
    """The middle 95 % of the values, between two percentiles."""
    low, high = np.quantile(values, [(1 - CONFIDENCE_LEVEL) / 2, (1 + CONFIDENCE_LEVEL) / 2])
    return Interval(float(low), float(high))
