"""How ``evaluate`` shows scores: tables, and a sentence for what a table cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from microbit_ml.console.screen import print_table
from microbit_ml.metrics import Calibration, Intervals, McNemar, Scores, UnknownScores

BEST = "best known class"
WITH_UNKNOWN = "with unknown"
BAR = 20  # characters of a whole bar


def shares(*values: float) -> list[str]:
    """Numbers from 0 to 1 with three digits."""
    return [f"{value:.3f}" for value in values]


def bar(fraction: float, mark: float | None = None) -> str:
    """A share as a bar of at most 20 characters; ``|`` marks how long it should be."""
    text = "#" * round(BAR * fraction)
    if mark is None:
        return text
    place = min(round(BAR * mark), BAR)
    return text[:place].ljust(place) + "|" + text[place:]


def print_scores(scores: Scores, others: Mapping[str, Sequence[int]]) -> None:
    """The confusion matrix, with a row for each label in ``others``, and each label's scores."""
    with_unknown = bool(scores.unknown or any(row[-1] for row in others.values()))
    rows = [
        *zip(scores.labels, scores.confusion.tolist(), strict=True),
        *((f"{label} (not known)", row) for label, row in others.items()),
    ]
    end = None if with_unknown else -1
    print_table(
        ["is \\ was called", *scores.labels, *(["unknown"] if with_unknown else [])],
        [[label, *row[:end]] for label, row in rows],
    )
    print()
    print_table(
        ["label", "precision", "recall", "F1", "recordings"],
        [
            *(
                [one.label, *shares(one.precision, one.recall, one.f1), one.support]
                for one in scores.classes
            ),
            [
                "mean of the labels (macro)",
                *shares(scores.macro_precision, scores.macro_recall, scores.macro_f1),
                scores.recordings,
            ],
        ],
    )


def print_comparison(rows: Sequence[tuple[str, Scores]]) -> None:
    """Models, or ways to ask one model, beside each other."""
    print_table(
        ["", "accuracy", "balanced", "macro F1", "right", "unknown"],
        [
            [
                name,
                *shares(one.accuracy, one.balanced_accuracy, one.macro_f1),
                f"{one.right}/{one.recordings}",
                one.unknown,
            ]
            for name, one in rows
        ],
    )


def print_intervals(intervals: Intervals, n: int) -> None:
    """What part of the scores of n recordings may be luck.

    Where all are right, drawing them anew says nothing. Then the bound is exact (Clopper and
    Pearson): with an accuracy below 0.025 ** (1 / n), n of n would be right by a chance of 2.5 %.
    """
    accuracy, macro_f1 = intervals.accuracy, intervals.macro_f1
    print(
        f"Integers, {BEST}, 95 % intervals (bootstrap, by {intervals.drawn}): accuracy "
        f"{accuracy.low:.3f} to {accuracy.high:.3f}, macro F1 "
        f"{macro_f1.low:.3f} to {macro_f1.high:.3f}."
    )
    if accuracy.low == accuracy.high == 1.0:
        print(
            f"No mistake among {n} does not mean that there are none: by chance alone the accuracy "
            f"may be as low as {0.025 ** (1 / n):.3f}."
        )


def print_calibration(integer: Calibration, real: Calibration) -> None:
    """The reliability diagram of the integer model, as a table with bars."""
    print(
        "Is it right as often as it is sure? Expected calibration error: integers "
        f"{integer.error:.3f}, float {real.error:.3f} (0 is best).\n"
    )
    rows = [one for one in integer.bins if one.n]
    print_table(
        ["says", "right #, should reach |", "sure", "right", "recordings"],
        [
            [
                f"{one.low:.1f} to {one.high:.1f}",
                bar(one.accuracy, one.confidence),
                *shares(one.confidence, one.accuracy),
                one.n,
            ]
            for one in rows
        ],
        left=2,
    )


def print_unknown(parts: Sequence[tuple[str, UnknownScores]]) -> None:
    """Known against unknown, a row for each part."""
    fraction = f"at {parts[0][1].fraction:.0%} known"
    print_table(
        ["not known", "AUROC", "known accepted", "false accepts", fraction, "known", "unknown"],
        [
            [
                name,
                *shares(one.auroc, one.known_accept_rate, one.false_accept_rate),
                *shares(one.false_accept_rate_at_fraction),
                one.known,
                one.unknown,
            ]
            for name, one in parts
        ],
    )


def print_mcnemar(test: McNemar, first: str, second: str) -> None:
    """Whether two models differ by more than luck."""
    verdict = "the difference is hardly luck" if test.significant else "it may well be luck"
    print(
        f"Only {first} is right: {test.only_first}; only {second}: {test.only_second}. "
        f"McNemar's exact test: p = {test.p:.3g}, {verdict}. "
        f"(Chi-square {test.chi_square:.2f}, p = {test.p_chi_square:.3g}.)"
    )
